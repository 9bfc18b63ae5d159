"""Everybody who takes part in an event is told when its dates move."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from webapp.contests.rules.effects import Moved
from webapp.contests.rules.schema import Contest, EventRules, Window
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.words import N_

STAGE_MOVED = N_("%(event)s: the dates of %(stage)s have changed. They are now %(dates)s (Shanghai time).")
STAGE_OPEN = N_("%(event)s: the dates of %(stage)s are open again. You will be told the new ones.")
LEARNING_MOVED = N_("%(event)s: the dates of learning have changed. They are now %(dates)s (Shanghai time).")
LEARNING_OPEN = N_("%(event)s: the dates of learning are open again. You will be told the new ones.")

_TELL = text(
    """
    INSERT INTO notices (person_id, text, params, link)
    SELECT p.person_id, r.words, r.params, r.link
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(code text, words text, params jsonb, link text)
    JOIN events e ON e.contest_id = :contest_id AND e.code = r.code
    JOIN LATERAL (
        SELECT person_id FROM participations WHERE event_id = e.id AND state IN ('active', 'provisional')
        UNION
        SELECT person_id FROM applications WHERE event_id = e.id AND state IN ('in_review', 'returned')
    ) p ON true
    ORDER BY p.person_id
    """
)


def tell_moves(contest_id: int, rules: Contest, moved: Sequence[Moved], now: datetime) -> int:
    """Leave a notice for everybody who takes part in an event whose learning or stage dates move, or waits for its
    review; return how many.

    rules: as they are afterwards. A window that is over before and after is nobody's concern any more; the
    dates of registration do not concern those who take part. One statement, whatever the number of people."""
    rows = [row for one in moved if is_news(one, now) for row in _rows(rules, one)]
    if not rows:
        return 0
    told = db.session.execute(_TELL, {"contest_id": contest_id, "rows": json.dumps(rows)})
    return int(getattr(told, "rowcount", 0))


def is_news(one: Moved, now: datetime) -> bool:
    ends = [window.closes_at for window in (one.before, one.after) if window is not None]
    return any(end > now for end in ends)


def _rows(rules: Contest, one: Moved) -> Iterator[dict[str, Any]]:
    for code in one.event_codes:
        event = rules.event(code)
        for words, params in _news(rules, event, one):
            yield {
                "code": code,
                "words": words,
                "params": {"event": asdict(event.title), **params},
                "link": f"/contests/{rules.code}/{code}",
            }


def _news(rules: Contest, event: EventRules, one: Moved) -> Iterator[tuple[str, dict[str, Any]]]:
    profile = rules.profile_of(event)
    told = {"dates": days_in_words(one.after)} if one.after else {}
    if profile.learning is not None and profile.learning.window == one.name:
        yield (LEARNING_MOVED if one.after else LEARNING_OPEN), told
    for stage in profile.stages:
        if stage.window == one.name:
            yield (STAGE_MOVED if one.after else STAGE_OPEN), {"stage": asdict(stage.title), **told}


def days_in_words(window: Window) -> str:
    """The first and the last day, with hours where they are not midnight."""
    opens, closes = window.opens_at.astimezone(SHANGHAI), window.closes_at.astimezone(SHANGHAI)
    if (opens.hour, opens.minute, closes.hour, closes.minute) == (0, 0, 0, 0):
        return f"{opens:%Y-%m-%d} – {closes - timedelta(days=1):%Y-%m-%d}"
    return f"{opens:%Y-%m-%d %H:%M} – {closes:%Y-%m-%d %H:%M}"
