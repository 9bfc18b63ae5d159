"""From when the public sees a board, by the contest's file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.contests.rules.schema import BoardRule


class Shown(StrEnum):
    """What a visitor gets. PROVISIONAL: live, before the public notice. PUBLISHED: the posted list. CLOSED: no longer
    that list, its time is over."""

    NOT_YET = "not-yet"
    NEVER = "never"
    PROVISIONAL = "provisional"
    PUBLISHED = "published"
    CLOSED = "closed"

    @property
    def is_visible(self) -> bool:
        return self in {Shown.PROVISIONAL, Shown.PUBLISHED}


@dataclass(frozen=True)
class Steps:
    """What has happened to a stage's list so far; None: not yet. closes_at: from when a posted list is no longer
    shown, None: it stays."""

    rechecked_at: datetime | None
    published_at: datetime | None
    closes_at: datetime | None = None


def closing(notice_ends_at: datetime | None, close_after_days: int | None) -> datetime | None:
    """From when a list is closed whose notice ends then; None: it stays. Source: the file's `close_after_days`."""
    if notice_ends_at is None or close_after_days is None:
        return None
    return notice_ends_at + timedelta(days=close_after_days)


def shown_to_public(rule: BoardRule, steps: Steps, now: datetime) -> Shown:
    """Whether the public may see the board at `now`.

    rule.public_from: at_once; recheck (after the eligibility re-check); publication; never.
    A published list is public whatever came before, except under 'never', until it closes with its notice. raise (ValueError): another word.
    Source: CONTESTS 1 (before the re-check only hosts and the person see live places), DECISIONS 6."""
    if rule.public_from not in {"at_once", "recheck", "publication", "never"}:
        raise ValueError(f"no such rule: {rule.public_from}")
    if rule.public_from == "never":
        return Shown.NEVER
    if steps.published_at is not None and steps.published_at <= now:
        is_over = steps.closes_at is not None and steps.closes_at <= now
        return Shown.CLOSED if is_over else Shown.PUBLISHED
    if rule.public_from == "at_once":
        return Shown.PROVISIONAL
    rechecked = steps.rechecked_at is not None and steps.rechecked_at <= now
    return Shown.PROVISIONAL if rule.public_from == "recheck" and rechecked else Shown.NOT_YET
