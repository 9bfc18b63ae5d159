"""What is decided about the awards of stages that have certificates, and what is not, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, text

from webapp.awards.queries.lists import awards_named
from webapp.certificates.rules.award import may_have_certificates
from webapp.certificates.service.grounds import GivenAward, GivenList, Title, Waiting
from webapp.contests.queries import StageView, rules_of, rules_of_version
from webapp.contests.rules.schema import Award, Contest
from webapp.core.db import db
from webapp.core.words import N_, Message

NO_FINAL = N_("They are derived from the final list, which is not there yet.")
NOT_DERIVED = N_("The final list is there; the awards have not been derived from it yet.")
TO_DECIDE = N_("They are being decided; candidates that wait for a decision: %(count)s.")
TO_CLOSE = N_("Every candidate is decided, but the list has not been closed yet.")
SECOND = N_("They are decided and wait for the second person.")
REOPENED = N_("The decided list was opened again and is not closed yet.")
SUPPLEMENT = N_(
    "Lines that cannot be decided yet: %(count)s. Once they are settled, they come on a supplementary list."
)
BEHIND = N_("The final list has been made anew since they were decided: derive the awards again.")

_LISTS = text(
    """
    SELECT st.id AS stage_id, l.id AS list_id, l.state, l.contest_version_id, l.reopens_list_id,
           f.id IS NOT NULL AS has_final, f.id IS DISTINCT FROM l.snapshot_id AS is_behind, n.award_code,
           count(n.id) FILTER (WHERE n.decision = 'granted') AS given,
           count(n.id) FILTER (WHERE n.decision = 'granted' AND p.id IS NOT NULL AND c.id IS NULL) AS due,
           count(n.id) FILTER (WHERE n.state = 'open') AS unsettled,
           count(n.id) FILTER (WHERE n.state = 'candidate' AND n.decision = '') AS to_decide
    FROM stages st
    LEFT JOIN award_lists l ON l.stage_id = st.id AND l.state NOT IN ('superseded', 'reopened')
    LEFT JOIN LATERAL (SELECT b.id FROM board_snapshots b WHERE b.stage_id = st.id AND b.kind = 'final'
                       ORDER BY b.number DESC LIMIT 1) f ON true
    LEFT JOIN award_lines n ON n.list_id = l.id
    LEFT JOIN entries e ON e.id = n.entry_id AND e.event_id = st.event_id
    LEFT JOIN participations p ON p.id = e.participation_id AND p.state = 'active'
    LEFT JOIN certificates c ON c.stage_id = st.id AND c.entry_id = n.entry_id AND c.award_code = n.award_code
         AND c.issue_number = 1
    WHERE st.id = ANY(:stages)
    GROUP BY st.id, l.id, f.id, n.award_code
    """
)


def given_lists(stages: Sequence[StageView]) -> dict[int, GivenList]:
    """What is decided, by stage; only awards that have certificates. Stages whose file names none are missing."""
    rows: dict[int, list[Row[Any]]] = {}
    for row in db.session.execute(_LISTS, {"stages": [one.stage_id for one in stages]}):
        rows.setdefault(row.stage_id, []).append(row)
    known: dict[int | None, Contest] = {}
    found = {}
    for stage in stages:
        mine = rows.get(stage.stage_id, [])
        contest = _rules(mine, stage, known)
        awards = [
            one for one in awards_named(contest, stage.event_code, stage.code) if may_have_certificates(one)
        ]
        if awards and mine:
            found[stage.stage_id] = _given_list(awards, mine)
    return found


def _rules(rows: Sequence[Row[Any]], stage: StageView, known: dict[int | None, Contest]) -> Contest:
    """The rules by which a list was derived; those that count now where there is none. The stages are of one contest."""
    version = rows[0].contest_version_id if rows else None
    if version not in known:
        known[version] = rules_of(stage.contest_id) if version is None else rules_of_version(version)
    return known[version]


def _given_list(awards: Sequence[Award], rows: Sequence[Row[Any]]) -> GivenList:
    head, by_code = rows[0], {row.award_code: row for row in rows}
    if head.state != "decided":
        return GivenList(waits=(Waiting(tuple(map(_title, awards)), _undecided(head, rows)),))
    waits = [
        Waiting((_title(one),), Message(SUPPLEMENT, {"count": by_code[one.code].unsettled}))
        for one in awards
        if one.code in by_code and by_code[one.code].unsettled
    ]
    if head.is_behind:
        waits.append(Waiting(tuple(map(_title, awards)), Message(BEHIND)))
    given = tuple(
        GivenAward(one.code, _title(one), by_code[one.code].given, by_code[one.code].due)
        for one in awards
        if one.code in by_code and by_code[one.code].given
    )
    return GivenList(head.list_id, given, tuple(waits))


def _undecided(head: Row[Any], rows: Sequence[Row[Any]]) -> Message:
    if head.list_id is None:
        return Message(NOT_DERIVED if head.has_final else NO_FINAL)
    if head.state == "waiting":
        return Message(SECOND)
    if head.reopens_list_id is not None:
        return Message(REOPENED)
    to_decide = sum(row.to_decide for row in rows)
    return Message(TO_DECIDE, {"count": to_decide}) if to_decide else Message(TO_CLOSE)


def _title(award: Award) -> Title:
    words: Mapping[str, str] = {"zh": award.title.zh, "en": award.title.en}
    return words
