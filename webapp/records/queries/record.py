"""The record of one person, put together from what every contest left. The number of statements does not grow with it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import text

from webapp.accounts import queries as people
from webapp.awards.queries.lists import own_awards
from webapp.certificates.queries import certificates
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.records.rules.record import Earlier, Given, Held, Level, Reached, Record, Taking

# A team is ranked by its leader's entry; its members are named with it.
_TAKINGS = text(
    """
    SELECT p.id, p.contest_id, c.title AS contest, p.event_id, e.title AS event, p.number, p.confirmed_at,
           coalesce(o.name, '') AS unit, n.id AS entry_id, m.entry_id AS team_id,
           (SELECT sum(x.points) FROM point_entries x
             WHERE x.contest_id = p.contest_id AND x.participation_id = p.id) AS points
    FROM participations p
    JOIN events e ON e.id = p.event_id
    JOIN contests c ON c.id = p.contest_id
    LEFT JOIN organisations o ON o.id = p.unit_id
    LEFT JOIN entries n ON n.participation_id = p.id
    LEFT JOIN team_members m ON m.participation_id = p.id
    WHERE p.person_id = :person_id AND p.state = 'active'
    ORDER BY p.confirmed_at DESC, p.id DESC
    """
)
# Of each stage the newest final list, and the person's row on it; what was live is nobody's result.
_STAGES = text(
    """
    SELECT st.event_id, st.title, x.entry_id, b.taken_at, jsonb_array_length(b.rows) AS of, r.row,
           a.state AS place
    FROM stages st
    JOIN unnest(CAST(:event_ids AS bigint[]), CAST(:entry_ids AS bigint[])) AS x(event_id, entry_id)
      ON x.event_id = st.event_id
    LEFT JOIN LATERAL (
        SELECT s.rows, s.taken_at FROM board_snapshots s
        WHERE s.stage_id = st.id AND s.kind = 'final' ORDER BY s.number DESC LIMIT 1) b ON true
    LEFT JOIN LATERAL (
        SELECT one.row FROM jsonb_array_elements(b.rows) AS one(row)
        WHERE CAST(one.row ->> 'entry_id' AS bigint) = x.entry_id LIMIT 1) r ON true
    LEFT JOIN stage_admissions a
      ON a.stage_id = st.id AND a.entry_id = x.entry_id AND a.state IN ('confirmed', 'admitted')
    WHERE r.row IS NOT NULL OR a.id IS NOT NULL
    ORDER BY st.event_id, st.position
    """
)
_CONTESTS = text(
    """
    SELECT st.id, e.contest_id FROM stages st JOIN events e ON e.id = st.event_id
    WHERE st.id = ANY(:stage_ids)
    """
)
_LEVELS = text(
    """
    SELECT s.trade, s.level, coalesce(s.held_since, CAST(s.recorded_at AT TIME ZONE 'Asia/Shanghai' AS date)) AS since,
           e.contest_id, c.title AS contest
    FROM skill_levels s
    LEFT JOIN award_lines n ON n.id = s.award_line_id
    LEFT JOIN award_lists l ON l.id = n.list_id
    LEFT JOIN stages st ON st.id = l.stage_id
    LEFT JOIN events e ON e.id = st.event_id
    LEFT JOIN contests c ON c.id = e.contest_id
    WHERE s.person_id = :person_id AND s.level <> 'none'
      AND NOT EXISTS (SELECT FROM skill_level_ends x WHERE x.level_id = s.id) AND (s.source = 'award' OR NOT EXISTS (
        SELECT FROM skill_levels later
        WHERE later.person_id = s.person_id AND later.trade = s.trade AND later.source = 'checked'
          AND later.id > s.id))
    ORDER BY since DESC, s.id DESC
    """
)
# The same result may stand in the registers of several contests. What nobody has matched counts only where
# the document number and the name are the same, as for the rules of entry.
_EARLIER = text(
    """
    SELECT DISTINCT w.year, w.earlier_contest AS contest, w.edition, w.trade, w.rank, w.prize
    FROM earlier_winners w JOIN persons p ON p.id = :person_id
    WHERE w.removed_at IS NULL AND (
        w.person_id = p.id
        OR (w.person_id IS NULL AND w.match_state = 'open' AND w.document_hash = p.document_hash
            AND w.name = p.name AND NOT w.not_persons @> to_jsonb(p.id)))
    ORDER BY w.year DESC, w.earlier_contest, w.trade, w.rank
    """
)


def record_of(person_id: int) -> Record:
    """Everything that is known of a person, with their present name. raise (NotFound): nobody."""
    takings = _takings(person_id)
    return Record(
        name=people.card(person_id).name,
        takings=takings,
        certificates=_certificates(person_id),
        awards=tuple(
            Given(
                contest_id=one.contest_id,
                title=one.title,
                contest=one.contest_title,
                event=one.event_title,
                rank=one.rank,
                given_on=_day(one.closed_at),
            )
            for one in own_awards(person_id)
        ),
        levels=tuple(Level(**row) for row in _rows(_LEVELS, person_id=person_id)),
        earlier=tuple(Earlier(**row) for row in _rows(_EARLIER, person_id=person_id)),
    )


def _takings(person_id: int) -> tuple[Taking, ...]:
    rows = list(_rows(_TAKINGS, person_id=person_id))
    entries = {row["id"]: row["team_id"] or row["entry_id"] for row in rows}
    stages = _stages({row["event_id"]: entries[row["id"]] for row in rows if entries[row["id"]]})
    return tuple(
        Taking(
            contest_id=row["contest_id"],
            contest=row["contest"],
            event=row["event"],
            year=_day(row["confirmed_at"]).year,
            number=row["number"],
            unit=row["unit"],
            stages=tuple(stages[row["event_id"]]),
            points=row["points"],
            in_team=row["team_id"] is not None,
        )
        for row in rows
    )


def _stages(entries: Mapping[int, int]) -> dict[int, list[Reached]]:
    """By event what was reached in its stages, in their order. entries: the person's entry of each event."""
    found: dict[int, list[Reached]] = defaultdict(list)
    if not entries:
        return found
    for row in _rows(_STAGES, event_ids=list(entries), entry_ids=list(entries.values())):
        found[row["event_id"]].append(_reached(row))
    return found


def _reached(row: Mapping[str, Any]) -> Reached:
    place = row["row"]
    if place is None:
        return Reached(row["title"])
    return Reached(
        row["title"],
        rank=place["rank"],
        of=row["of"],
        combined=place.get("combined"),
        goes_on=bool(place.get("promoted")),
        final_on=_day(row["taken_at"]),
    )


def _certificates(person_id: int) -> tuple[Held, ...]:
    found = certificates.of_person(person_id)
    rows = _rows(_CONTESTS, stage_ids=[one.stage_id for one in found]) if found else ()
    contests = {row["id"]: row["contest_id"] for row in rows}
    return tuple(
        Held(
            contest_id=contests[one.stage_id],
            serial=one.serial,
            title=dict(one.facts.award),
            event=dict(one.facts.event),
            issued_on=one.facts.issued_on,
            is_valid=one.is_valid,
        )
        for one in found
    )


def _rows(statement: Any, **values: Any) -> Any:
    return db.session.execute(statement, values).mappings()


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
