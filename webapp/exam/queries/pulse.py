"""What the pulse of an exam is made of, read once per CACHE_S by one process for all its pages."""

import time
from threading import Lock

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.rules.pulse import Change, as_text, revisions

CACHE_S = 0.25
"""Part of the five seconds within which a page must show a grant: 4.2 s between two questions of a page,
this, and half a second that spreads the heartbeats that follow."""

MOST_SINGLE = 200
"""The newest changes for single people that are told; older ones every page has long heard of."""

_cache: dict[int, tuple[float, str]] = {}
_lock = Lock()
_SELECT = text(
    """
    SELECT 'g' AS kind, CASE WHEN hall IS NULL THEN '' ELSE 'hall:' || hall END AS scope, max(id) AS number
    FROM time_grants WHERE exam_id = :exam_id AND attempt_id IS NULL AND participation_id IS NULL
    GROUP BY hall
    UNION ALL
    SELECT 'w', CASE WHEN hall IS NULL THEN '' ELSE 'hall:' || hall END, max(id)
    FROM announcements WHERE exam_id = :exam_id AND participation_id IS NULL GROUP BY hall
    UNION ALL
    (SELECT 'w', 'person:' || participation_id, max(id) FROM announcements
     WHERE exam_id = :exam_id AND participation_id IS NOT NULL
     GROUP BY participation_id ORDER BY max(id) DESC LIMIT :most)
    UNION ALL
    (SELECT 'g', coalesce('attempt:' || attempt_id, 'person:' || participation_id), max(id)
     FROM time_grants WHERE exam_id = :exam_id AND (attempt_id IS NOT NULL OR participation_id IS NOT NULL)
     GROUP BY attempt_id, participation_id ORDER BY max(id) DESC LIMIT :most)
    UNION ALL
    (SELECT 'a', 'attempt:' || (payload->>'attempt_id'), max(id) FROM exam_actions
     WHERE exam_id = :exam_id AND state = 'done' AND kind <> 'extend' AND payload->>'attempt_id' IS NOT NULL
     GROUP BY payload->>'attempt_id' ORDER BY max(id) DESC LIMIT :most)
    """
)


def pulse(exam_id: int, secret: bytes) -> str:
    """The pulse as JSON text; at most CACHE_S old."""
    at = time.monotonic()
    hit = _cache.get(exam_id)
    if hit is not None and hit[0] > at:
        return hit[1]
    rows = db.session.execute(_SELECT, {"exam_id": exam_id, "most": MOST_SINGLE})
    changes = [Change(row.kind, row.scope, row.number) for row in rows]
    db.session.rollback()
    made = as_text(revisions(changes, secret, exam_id))
    with _lock:
        _cache[exam_id] = (at + CACHE_S, made)
    return made


def forget_pulse() -> None:
    """Empty the cache: between tests."""
    with _lock:
        _cache.clear()
