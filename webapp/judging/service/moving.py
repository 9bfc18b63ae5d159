"""Dates of an event move while a work made at home is out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import Along, LaterStage
from webapp.core.db import db
from webapp.core.words import N_, Message

_OUT = text(
    """
    SELECT st.title, r.module, r.due_at FROM practical_runs r JOIN stages st ON st.id = r.stage_id
    WHERE st.event_id = :event_id AND r.due_at > :now ORDER BY r.due_at
    """
)


def foresee_works(event_id: int, late: Sequence[LaterStage], now: datetime) -> Along:
    """A theme that was handed out has begun: its hours are those that everybody was given, so it stays."""
    why = Message(N_("The theme was handed out, and its hours count from there."))
    words = N_("%(stage)s: works of module %(module)s are handed in by then")
    return Along(
        tuple(
            Instant(Message(words, {"stage": row.title, "module": row.module}), row.due_at, None, why)
            for row in db.session.execute(_OUT, {"event_id": event_id, "now": now})
        )
    )
