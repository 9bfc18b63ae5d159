"""What a public notice consists of, as one value that can be digested and recomputed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

SCHEMA = 1
BOARD = "board"
NOMINATIONS = "nominations"
SHANGHAI = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class NoticeRow:
    """One line as the public reads it. name: masked by the file's rule; combined: two places, as text.

    rank: of the frozen board, it does not change when somebody moves up. is_substitute: moved up. In a list of people who
    were nominated outside rank is None, combined empty, and nominated_by says who named them."""

    rank: int | None
    number: str
    name: str
    unit: str
    combined: str
    is_substitute: bool
    nominated_by: str = ""


@dataclass(frozen=True)
class Heading:
    """What stands above the rows. Titles are {zh, en}; frozen_digest: of the board as it was frozen, or of the lines that
    were brought in; supersedes: the digest of the version before, '' for the first. source: board | nominations."""

    contest: str
    event: str
    stage: str
    contest_title: dict[str, str]
    event_title: dict[str, str]
    stage_title: dict[str, str]
    host: dict[str, str]
    version: int
    quota: int | None
    cut: str
    mask: str
    frozen_digest: str
    rules_digest: str
    supersedes: str
    reason: str
    source: str = BOARD


@dataclass(frozen=True)
class Span:
    """When it is posted and ends (UTC, half-open), and the working days that count."""

    posted_at: datetime
    ends_at: datetime
    days: Sequence[date]


def body(heading: Heading, span: Span, rows: Sequence[NoticeRow]) -> dict[str, Any]:
    """The whole notice as plain JSON values; `canonical` of it is what the digest is taken of.

    source and nominated_by stand only in a list of people who were nominated."""
    is_nominated = heading.source == NOMINATIONS
    above = {name: value for name, value in heading.__dict__.items() if is_nominated or name != "source"}
    return {
        "schema": SCHEMA,
        **above,
        "posted_at": _instant(span.posted_at),
        "ends_at": _instant(span.ends_at),
        "working_days": [day.isoformat() for day in span.days],
        "rows": [
            {
                "rank": row.rank,
                "number": row.number,
                "name": row.name,
                "unit": row.unit,
                "combined": row.combined,
                "is_substitute": row.is_substitute,
                **({"nominated_by": row.nominated_by} if is_nominated else {}),
            }
            for row in rows
        ],
    }


def is_closed(ends_at: datetime, close_after_days: int | None, now: datetime) -> bool:
    """Whether a notice that ended then is no longer shown; its digest always is. None: it stays."""
    return close_after_days is not None and now >= ends_at + timedelta(days=close_after_days)


def rows_of(told: dict[str, Any]) -> tuple[NoticeRow, ...]:
    """The rows of a `body`."""
    return tuple(NoticeRow(**row) for row in told["rows"])


def _instant(at: datetime) -> str:
    """To the second, in Shanghai time with its offset: what the page shows."""
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")
