"""An exam in halls opens later: the hours of its plan go along."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.audit.service import record
from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import Along, LaterStage
from webapp.core.db import db
from webapp.core.words import N_, Message

_PLANS = text(
    """
    SELECT e.id, e.stage_id, st.title, p.tickets_from, p.late_from,
           EXISTS (SELECT FROM hall_seats s WHERE s.exam_id = e.id) AS has_seats
    FROM exams e JOIN stages st ON st.id = e.stage_id LEFT JOIN hall_plans p ON p.exam_id = e.id
    WHERE e.stage_id = ANY(:stage_ids) AND e.kind = 'formal' ORDER BY e.id
    """
)
_MOVE = text(
    """
    UPDATE hall_plans SET
        tickets_from = CASE WHEN tickets_from > :now THEN tickets_from + :by ELSE tickets_from END,
        late_from = CASE WHEN late_from > :now THEN late_from + :by ELSE late_from END
    WHERE exam_id = :exam_id AND (tickets_from > :now OR late_from > :now)
    """
)


def foresee_halls(event_id: int, late: Sequence[LaterStage], now: datetime) -> Along:
    """From when on tickets can be had and who comes is late; tickets that name the old day."""
    instants, notes = [], []
    by = {one.stage_id: one.by for one in late}
    for row in db.session.execute(_PLANS, {"stage_ids": list(by)}):
        for words, at in (
            (N_("%(stage)s: tickets for halls from then on"), row.tickets_from),
            (N_("%(stage)s: whoever checks in after it is noted as late"), row.late_from),
        ):
            if at is not None and at > now:
                instants.append(Instant(Message(words, {"stage": row.title}), at, at + by[row.stage_id]))
        if row.has_seats:
            words = N_(
                "%(stage)s: people sit in halls. Ask whether these are free on the new days, and print tickets and"
                " lists again."
            )
            notes.append(Message(words, {"stage": row.title}))
    return Along(tuple(instants), tuple(notes))


def move_halls(late: Sequence[LaterStage], now: datetime) -> None:
    """The hours of the plans of these stages that are still to come move along; seats stay."""
    by = {one.stage_id: one.by for one in late}
    for row in db.session.execute(_PLANS, {"stage_ids": list(by)}).all():
        moved = db.session.execute(_MOVE, {"exam_id": row.id, "by": by[row.stage_id], "now": now})
        if getattr(moved, "rowcount", 0):
            record("halls.put-off", "exam", row.id, seconds=int(by[row.stage_id].total_seconds()))
