"""One line a day for hosts about lists that are due; never one for each event."""

from datetime import datetime

from sqlalchemy import text

from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.words import N_
from webapp.notifications.service import notify_many
from webapp.stages.queries.due import waiting_for

DUE = N_(
    "Lists of %(count)s stages wait for you: to be taken in, frozen, re-checked, posted, answered or made final."
)
FROM_HOUR = 8
"""Nobody is told before this hour in Shanghai (p)."""

_KEEP = text(
    """
    INSERT INTO list_reminders (person_id, day, count)
    SELECT person_id, :day, count FROM unnest(CAST(:people AS bigint[]), CAST(:counts AS integer[])) AS n(person_id, count)
    ON CONFLICT (person_id) DO UPDATE SET day = excluded.day, count = excluded.count WHERE list_reminders.day < excluded.day
    RETURNING person_id, count
    """
)


def remind(now: datetime) -> int:
    """Tell each host for how many stages something is due, at most once a day in Shanghai, whatever runs twice; how many were
    told."""
    local = now.astimezone(SHANGHAI)
    if local.hour < FROM_HOUR:
        return 0
    waiting = waiting_for(now)
    if not waiting:
        return 0
    values = {"day": local.date(), "people": list(waiting), "counts": list(waiting.values())}
    told = db.session.execute(_KEEP, values).all()
    notify_many([(row.person_id, {"count": row.count}) for row in told], DUE, "/staff/stages?show=due")
    return len(told)
