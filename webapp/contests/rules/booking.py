"""Bookable sessions (场次) of a stage, as a contest file says them. Plain values."""

from dataclasses import dataclass
from datetime import datetime

from webapp.contests.rules.blueprint import Text


@dataclass(frozen=True)
class SessionRule:
    """One session: its exam may be started in [opens_at, latest_start) and ends at closes_at (UTC).

    seats: per event, at least 1. places: halls or sites, for people to read; may be empty."""

    key: str
    title: Text
    opens_at: datetime
    latest_start: datetime
    closes_at: datetime
    seats: int
    places: tuple[str, ...] = ()


@dataclass(frozen=True)
class Booking:
    """When contestants choose, half-open [opens_at, closes_at), and between what."""

    opens_at: datetime
    closes_at: datetime
    sessions: tuple[SessionRule, ...]
