"""What hosts say to everybody in an exam, read at most every quarter of a second by one process."""

import time
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from sqlalchemy import text

from webapp.core.db import db

CACHE_S = 0.25


@dataclass(frozen=True)
class Words:
    """One announcement. hall None = to every hall; participation_id: to this one alone.
    needs_ack: the page shows a button "read"."""

    id: int
    hall: str | None
    text: str
    participation_id: int | None = None
    needs_ack: bool = False

    def is_for(self, hall: str, participation_id: int) -> bool:
        """Whether it is said to this person."""
        return self.hall in {None, hall} and self.participation_id in {None, participation_id}


_cache: dict[int, tuple[float, tuple[Words, ...]]] = {}
_lock = Lock()
_SELECT = text(
    """
    SELECT id, hall, text, participation_id, needs_ack FROM announcements
    WHERE exam_id = :exam_id ORDER BY id
    """
)
_READ = text("SELECT announcement_id FROM announcement_reads WHERE participation_id = :participation_id")


def announcements(exam_id: int, hall: str, participation_id: int = 0) -> list[Words]:
    """What is said to this person in this hall, the oldest first; at most CACHE_S seconds old."""
    at = time.monotonic()
    hit = _cache.get(exam_id)
    if hit is None or hit[0] < at:
        rows = db.session.execute(_SELECT, {"exam_id": exam_id})
        hit = (at + CACHE_S, tuple(Words(*row) for row in rows))
        with _lock:
            _cache[exam_id] = hit
    return [words for words in hit[1] if words.is_for(hall, participation_id)]


def forget_announcements() -> None:
    """Empty the cache: after an announcement in this process, and between tests."""
    with _lock:
        _cache.clear()


def read_by(participation_id: int) -> frozenset[int]:
    """The announcements below which this person has pressed "read"."""
    return frozenset(db.session.scalars(_READ, {"participation_id": participation_id}))


class Sitting(Protocol):
    """Whose page it is."""

    @property
    def exam_id(self) -> int: ...
    @property
    def hall(self) -> str: ...
    @property
    def participation_id(self) -> int: ...


def news_of(sheet: Sitting) -> list[tuple[Words, bool]]:
    """What is said to the one who sits, each with whether a press of "read" is still wanted."""
    said = announcements(sheet.exam_id, sheet.hall, sheet.participation_id)
    read = read_by(sheet.participation_id) if any(words.needs_ack for words in said) else frozenset()
    return [(words, words.needs_ack and words.id not in read) for words in said]
