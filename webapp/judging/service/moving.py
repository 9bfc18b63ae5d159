"""Dates of an event move while a work made at home is out."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import LaterStage
from webapp.core.db import db
from webapp.core.words import N_, Message

_OUT = text(
    """
    SELECT st.event_id, st.title, r.module, r.due_at FROM practical_runs r JOIN stages st ON st.id = r.stage_id
    WHERE st.event_id = ANY(:event_ids) AND r.due_at > :now ORDER BY r.due_at
    """
)


def foresee_works(
    event_ids: Collection[int], late: Sequence[LaterStage], now: datetime
) -> Iterator[tuple[int, Instant | Message]]:
    """A theme that was handed out has begun: its hours are those that everybody was given, so it stays."""
    why = Message(N_("The theme was handed out, and its hours count from there."))
    words = N_("%(stage)s: works of module %(module)s are handed in by then")
    for row in db.session.execute(_OUT, {"event_ids": list(event_ids), "now": now}):
        what = Message(words, {"stage": row.title, "module": row.module})
        yield row.event_id, Instant(what, row.due_at, None, why)
