"""An exam in halls opens later: the hours of its plan go along."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.audit.service import record
from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import LaterStage
from webapp.core.db import db
from webapp.core.words import N_, Message

_PLANS = text(
    """
    SELECT e.id, e.stage_id, p.tickets_from, p.late_from,
           EXISTS (SELECT FROM hall_seats s WHERE s.exam_id = e.id) AS has_seats
    FROM exams e LEFT JOIN hall_plans p ON p.exam_id = e.id
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


def foresee_halls(
    event_ids: Collection[int], late: Sequence[LaterStage], now: datetime
) -> Iterator[tuple[int, Instant | Message]]:
    """From when on tickets can be had and who comes is late; tickets that name the old day."""
    stages = {one.stage_id: one for one in late}
    for row in db.session.execute(_PLANS, {"stage_ids": list(stages)}):
        stage = stages[row.stage_id]
        for words, at in (
            (N_("%(stage)s: tickets for halls from then on"), row.tickets_from),
            (N_("%(stage)s: whoever checks in after it is noted as late"), row.late_from),
        ):
            if at is not None and at > now:
                yield stage.event_id, Instant(Message(words, {"stage": stage.rules.title}), at, at + stage.by)
        if row.has_seats:
            words = N_(
                "%(stage)s: people sit in halls. Ask whether these are free on the new days, and print tickets and"
                " lists again."
            )
            yield stage.event_id, Message(words, {"stage": stage.rules.title})


def move_halls(late: Sequence[LaterStage], now: datetime) -> None:
    """The hours of the plans of these stages that are still to come move along; seats stay."""
    by = {one.stage_id: one.by for one in late}
    for row in db.session.execute(_PLANS, {"stage_ids": list(by)}).all():
        moved = db.session.execute(_MOVE, {"exam_id": row.id, "by": by[row.stage_id], "now": now})
        if getattr(moved, "rowcount", 0):
            record("halls.put-off", "exam", row.id, seconds=int(by[row.stage_id].total_seconds()))
