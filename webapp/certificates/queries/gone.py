"""Certificates that what counts now does not bear out any more: by rank, or by the name of their holder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text

from webapp.certificates.queries.reached import entrants, reached
from webapp.certificates.rules import award as rules
from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.leaderboard.queries.finals import final_list, newest_final

# Valid, from another final list than the newest, and nobody has asked to revoke it.
_FROM_EARLIER = text(
    """
    SELECT c.serial, c.entry_id, c.award_code, p.number, CAST(c.facts->>'rank' AS bigint) AS rank
    FROM certificates c JOIN participations p ON p.id = c.participation_id
    WHERE c.stage_id = :stage_id AND c.snapshot_id <> :newest AND c.award_code = ANY(:awards)
      AND NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)
      AND NOT EXISTS (SELECT FROM certificate_revocation_requests q
                      WHERE q.certificate_id = c.id AND q.state = 'waiting')
    ORDER BY c.id
    """
)
# Names change by a confirmed correction only (accounts), so nobody else has to be looked at.
_RENAMED = """
    FROM person_changes x JOIN persons h ON h.id = x.person_id
    JOIN certificates c ON c.person_id = h.id AND c.facts->>'name' <> h.name
    JOIN participations p ON p.id = c.participation_id AND p.state = 'active'
    WHERE x.kind = 'name' AND x.state = 'confirmed' AND c.stage_id = ANY(:stages)
      AND NOT EXISTS (SELECT FROM certificate_revocations r WHERE r.certificate_id = c.id)
      AND NOT EXISTS (SELECT FROM certificate_revocation_requests q
                      WHERE q.certificate_id = c.id AND q.state = 'waiting')
    """
_RENAMED_HERE = text(f"SELECT DISTINCT c.id, c.serial, c.award_code, p.number {_RENAMED} ORDER BY c.id")
_RENAMED_COUNT = text(f"SELECT c.stage_id, count(DISTINCT c.id) AS many {_RENAMED} GROUP BY c.stage_id")
_WAITING = text(
    """
    SELECT count(*) FROM certificate_revocation_requests q JOIN certificates c ON c.id = q.certificate_id
    WHERE c.stage_id = :stage_id AND q.state = 'waiting' AND q.asked_by_account_id <> :account_id
    """
)


@dataclass(frozen=True)
class Gone:
    """A certificate whose ground has gone. number: of the contestant. is_given: the award holds, and only the rank
    is another, or the name (is_renamed): a new one can take its place."""

    serial: str
    award_code: str
    number: str
    is_given: bool
    is_renamed: bool = False

    @property
    def why(self) -> Message:
        """What does not fit."""
        if self.is_renamed:
            return Message(N_("the name is another now"))
        return Message(
            N_("the rank is another now") if self.is_given else N_("the list does not give it any more")
        )


def gone_ranks(stage: StageView) -> list[Gone]:
    """The certificates by rank of earlier final lists that the newest one would not issue, or with another rank."""
    newest = newest_final(stage.stage_id)
    awards = {one.code: one for one in rules.certificates(stage.profile, stage.code) if rules.needs_list(one)}
    if newest is None or not awards:
        return []
    values = {"stage_id": stage.stage_id, "newest": newest, "awards": list(awards)}
    rows = db.session.execute(_FROM_EARLIER, values).all()
    if not rows:
        return []
    places = {row.entry_id: row for row in final_list(newest).rows}
    takes_part = {
        one.entry_id: one.participation_id
        for one in entrants(stage.event_id, entry_ids=[row.entry_id for row in rows])
    }
    facts = reached(stage, list(takes_part.values()))

    def is_due(entry_id: int, code: str) -> bool:
        place = places.get(entry_id)
        if place is None or entry_id not in takes_part:
            return False
        known = replace(facts[takes_part[entry_id]], rank=place.rank, goes_on=place.goes_on)
        return rules.due(awards[code], known, stage.rules.quota)

    given = {row.serial: is_due(row.entry_id, row.award_code) for row in rows}
    return [
        Gone(row.serial, row.award_code, row.number, given[row.serial])
        for row in rows
        if not given[row.serial] or row.rank != places[row.entry_id].rank
    ]


def renamed(stage_id: int) -> list[Gone]:
    """The valid certificates of a stage, of whatever kind, whose holder has had the name corrected since."""
    rows = db.session.execute(_RENAMED_HERE, {"stages": [stage_id]})
    return [Gone(row.serial, row.award_code, row.number, is_given=True, is_renamed=True) for row in rows]


def renamed_counts(stage_ids: Sequence[int]) -> dict[int, int]:
    """How many these are in each of the stages that has any. One statement."""
    rows = db.session.execute(_RENAMED_COUNT, {"stages": list(stage_ids)})
    return {row.stage_id: row.many for row in rows}


def outdated(stage: StageView) -> list[Gone]:
    """All certificates of a stage that say something else than what counts now, each once."""
    by_rank = gone_ranks(stage)
    known = {one.serial for one in by_rank}
    return [*by_rank, *(one for one in renamed(stage.stage_id) if one.serial not in known)]


def others_ask(stage_id: int, account_id: int) -> int:
    """How many revocations of a stage wait for this person's word: those that somebody else asked for."""
    values = {"stage_id": stage_id, "account_id": account_id}
    return db.session.scalar(_WAITING, values) or 0
