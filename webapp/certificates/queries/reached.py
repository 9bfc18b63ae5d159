"""Who takes part, what each has reached, and which certificates there are already."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from webapp.certificates.rules.award import Reached
from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.exam.queries.scores import counting_scores
from webapp.learning.queries.points import NOTHING, balances

BATCH = 500

_ENTRANTS = """
    SELECT e.id AS entry_id, p.id AS participation_id, p.person_id, p.number, p.unit_id
    FROM entries e JOIN participations p ON p.id = e.participation_id
    WHERE e.event_id = :event_id AND p.state = 'active' AND {} = ANY(:ids)
    ORDER BY e.id
    """
_BY_ENTRY, _BY_PARTICIPATION = text(_ENTRANTS.format("e.id")), text(_ENTRANTS.format("p.id"))
_HELD = text(
    """
    SELECT c.entry_id, c.award_code, max(c.issue_number) AS last, bool_or(r.id IS NULL) AS is_valid
    FROM certificates c LEFT JOIN certificate_revocations r ON r.certificate_id = c.id
    WHERE c.stage_id = :stage_id AND c.entry_id = ANY(:entry_ids) AND c.award_code = :award_code
    GROUP BY c.entry_id, c.award_code
    """
)
# Ranked, with the points that finish learning, and no certificate of this award, ever. queries/due.py counts the same.
_OWED = text(
    """
    SELECT e.participation_id FROM standings s JOIN entries e ON e.id = s.entry_id
    JOIN participations p ON p.id = e.participation_id AND p.state = 'active'
    WHERE s.stage_id = :stage_id AND e.participation_id > :after
      AND coalesce(CAST(s.derivation #>> '{sources,learning,points}' AS numeric), :needed) >= :needed
      AND NOT EXISTS (SELECT FROM certificates c WHERE c.stage_id = s.stage_id AND c.entry_id = s.entry_id
                      AND c.award_code = :award_code)
    ORDER BY e.participation_id LIMIT :batch
    """
)
_STAGES = text(
    """
    SELECT st.id FROM stages st JOIN events e ON e.id = st.event_id
    WHERE NOT e.is_withdrawn AND EXISTS (SELECT FROM standings s WHERE s.stage_id = st.id) ORDER BY st.id
    """
)


@dataclass(frozen=True)
class Entrant:
    """One entry of an event whose person takes part."""

    entry_id: int
    participation_id: int
    person_id: int
    number: str
    unit_id: int | None


@dataclass(frozen=True)
class Held:
    """The certificates of one award that an entry has. last: the highest issue number."""

    last: int
    is_valid: bool


def entrants(
    event_id: int, entry_ids: Collection[int] = (), participation_ids: Collection[int] = ()
) -> list[Entrant]:
    """These entries, or those of these participations, as far as they belong to the event and are active."""
    query = _BY_ENTRY if entry_ids else _BY_PARTICIPATION
    values = {"event_id": event_id, "ids": list(entry_ids or participation_ids)}
    rows = db.session.execute(query, values).mappings()
    return [Entrant(**row) for row in rows]


def held(stage_id: int, award_code: str, entry_ids: Collection[int]) -> dict[int, Held]:
    """What each of these entries has of an award, by entry."""
    values = {"stage_id": stage_id, "entry_ids": list(entry_ids), "award_code": award_code}
    return {row.entry_id: Held(row.last, row.is_valid) for row in db.session.execute(_HELD, values)}


def reached(stage: StageView, participation_ids: Collection[int]) -> dict[int, Reached]:
    """Whether each has finished learning and sat the exam, from the ledger and the grades."""
    learning = stage.profile.learning
    needed = learning.finished_points if learning else None
    points = balances(stage.contest_id, participation_ids) if needed is not None else {}
    sat = {score.participation_id for score in counting_scores(stage.stage_id, participation_ids)}
    return {
        one: Reached(
            learning_finished=needed is not None and points.get(one, NOTHING).points >= Decimal(needed),
            exam_finished=one in sat,
        )
        for one in participation_ids
    }


def owed(stage_id: int, award_code: str, needed: int) -> Iterator[list[int]]:
    """Participations that have a standing and `needed` learning points and never had this certificate,
    by the batch."""
    after = 0
    while ids := owed_after(stage_id, award_code, needed, after):
        yield ids
        after = ids[-1]


def owed_after(stage_id: int, award_code: str, needed: int, after: int) -> list[int]:
    """The first batch of these with a greater id than `after`."""
    values = {
        "stage_id": stage_id,
        "award_code": award_code,
        "needed": needed,
        "batch": BATCH,
        "after": after,
    }
    return list(db.session.scalars(_OWED, values))


def stages_with_results() -> list[int]:
    """Stages in which somebody has a standing."""
    return list(db.session.scalars(_STAGES))
