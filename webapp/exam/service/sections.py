"""Going from section to section, and what is refused because its section is closed.

Leaving a section locks the sheet and gives it a new lease. A save that was judged just before carries the
old lease: its own guarded statement then finds no row, so nothing slips into a section that is closed."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.errors import SectionNotOpen
from webapp.exam.queries.layouts import Layout
from webapp.exam.queries.sections import Course, course
from webapp.exam.rules.saving import Item
from webapp.exam.rules.sections import Stand
from webapp.exam.service import refusals

_LOCK = text(
    """
    SELECT started_at FROM sheets
    WHERE attempt_id = :attempt_id AND person_id = :person_id AND state = 'open' AND lease = :lease
      AND :arrival < deadline_at
    FOR NO KEY UPDATE
    """
)
_LEASE = text("UPDATE sheets SET lease = :lease, lease_at = :arrival WHERE attempt_id = :attempt_id")
# The first section was entered with the start: it gets its row when it is left.
_LEAVE = text(
    """
    INSERT INTO section_visits (attempt_id, section, entered_at, left_at)
    VALUES (:attempt_id, :section, :entered_at, greatest(CAST(:arrival AS timestamptz), :entered_at))
    ON CONFLICT (attempt_id, section) DO UPDATE SET left_at = excluded.left_at
    WHERE section_visits.left_at IS NULL
    """
)
_ENTER = text(
    """
    INSERT INTO section_visits (attempt_id, section, entered_at) VALUES (:attempt_id, :section, :arrival)
    ON CONFLICT (attempt_id, section) DO UPDATE SET left_at = NULL
    """
)
_LOG = text(
    """
    INSERT INTO lease_events (attempt_id, kind, lease, reason, by_account_id)
    VALUES (:attempt_id, 'section', :lease, :reason, :account_id)
    """
)
_STORED = text(
    """
    SELECT sent.slot, sent.seq
    FROM unnest(CAST(:slots AS int[]), CAST(:seqs AS bigint[]), CAST(:answers AS text[]))
        AS sent(slot, seq, answer)
    WHERE EXISTS (SELECT FROM answer_events e
                  WHERE e.attempt_id = :attempt_id AND e.slot = sent.slot AND e.seq = sent.seq
                    AND e.answer = sent.answer AND e.outcome = 'saved')
    """
)
_KEEP = text(
    """
    INSERT INTO answer_events (exam_id, attempt_id, slot, seq, answer, lease, is_late, outcome, arrived_at)
    SELECT s.exam_id, s.attempt_id, sent.slot, sent.seq, sent.answer, CAST(:lease AS text),
           coalesce(:arrival >= s.deadline_at, false), 'refused-section', :arrival
    FROM sheets s,
         unnest(CAST(:slots AS int[]), CAST(:seqs AS bigint[]), CAST(:answers AS text[]))
             AS sent(slot, seq, answer)
    WHERE s.attempt_id = :attempt_id
      AND NOT EXISTS (SELECT FROM answer_events e
                      WHERE e.attempt_id = s.attempt_id AND e.slot = sent.slot AND e.seq = sent.seq
                        AND e.lease = CAST(:lease AS text) AND e.answer = sent.answer)
    """
)


def enter(
    attempt_id: int, person_id: int, account_id: int, lease: str, number: int, arrival: datetime
) -> None:
    """Go to section `number` (from 0) of a person's own running attempt, leaving the present one.

    A section that is left without a way back is closed from now on. Going where one is changes nothing.
    raise (SectionNotOpen): no such section, left for good, or its time is over. raise: as `hot.save`."""
    values = {"attempt_id": attempt_id, "arrival": arrival}
    locked = db.session.execute(_LOCK, values | {"person_id": person_id, "lease": lease}).one_or_none()
    if locked is None:
        raise refusals.reason(attempt_id, person_id, lease, arrival)
    way = course(attempt_id)
    found = way.at(arrival)
    if not 0 <= number < len(found):
        raise SectionNotOpen(part=number + 1)
    if found[number].stand is Stand.CURRENT:
        return
    if not found[number].may_enter:
        raise SectionNotOpen(part=number + 1)
    for left, visit in way.visits.items():
        if visit.left_at is None:
            db.session.execute(_LEAVE, values | {"section": left, "entered_at": visit.entered_at})
    db.session.execute(_ENTER, values | {"section": number})
    fresh = secrets.token_urlsafe(18)
    db.session.execute(_LEASE, values | {"lease": fresh})
    reason = f"entered section {way.sections[number].key}"
    db.session.execute(
        _LOG, {"attempt_id": attempt_id, "lease": fresh, "reason": reason, "account_id": account_id}
    )


def sift(
    frozen: Layout, way: Course, lease: str, items: Sequence[Item], arrival: datetime
) -> tuple[list[Item], list[Item], list[Item]]:
    """Items to store, items that were stored before, and items whose section is closed.

    The closed ones are kept as evidence, once per lease and change."""
    good = [item for item in items if way.takes(frozen.sections[item.slot], arrival)]
    closed = [item for item in items if item not in good]
    if not closed:
        return good, [], []
    known = {tuple(row) for row in db.session.execute(_STORED, _values(frozen, lease, closed, arrival))}
    stored = [item for item in closed if (item.slot, item.seq) in known]
    late = [item for item in closed if item not in stored]
    if late:
        db.session.execute(_KEEP, _values(frozen, lease, late, arrival))
    return good, stored, late


def _values(frozen: Layout, lease: str, items: Sequence[Item], arrival: datetime) -> dict[str, object]:
    return {
        "attempt_id": frozen.attempt_id,
        "lease": lease,
        "arrival": arrival,
        "slots": [item.slot for item in items],
        "seqs": [item.seq for item in items],
        "answers": [item.answer for item in items],
    }
