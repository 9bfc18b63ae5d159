"""What hosts say to everybody in an exam, read at most every two seconds by one process."""

import time
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import text

from webapp.core.db import db

CACHE_S = 2.0


@dataclass(frozen=True)
class Words:
    """One announcement. hall None = to everybody."""

    id: int
    hall: str | None
    text: str


_cache: dict[int, tuple[float, tuple[Words, ...]]] = {}
_lock = Lock()
_SELECT = text("SELECT id, hall, text FROM announcements WHERE exam_id = :exam_id ORDER BY id")


def announcements(exam_id: int, hall: str) -> list[Words]:
    """The announcements for a hall, the oldest first; at most CACHE_S seconds old."""
    at = time.monotonic()
    hit = _cache.get(exam_id)
    if hit is None or hit[0] < at:
        rows = db.session.execute(_SELECT, {"exam_id": exam_id})
        hit = (at + CACHE_S, tuple(Words(row.id, row.hall, row.text) for row in rows))
        with _lock:
            _cache[exam_id] = hit
    return [words for words in hit[1] if words.hall is None or words.hall == hall]


def forget_announcements() -> None:
    """Empty the cache: after an announcement in this process, and between tests."""
    with _lock:
        _cache.clear()
