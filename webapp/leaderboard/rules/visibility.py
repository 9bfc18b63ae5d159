"""From when the public sees a board, by the contest's file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.contests.rules.schema import BoardRule


class Shown(StrEnum):
    """What a visitor gets. PROVISIONAL: live, before the public notice. PUBLISHED: the posted list."""

    NOT_YET = "not-yet"
    NEVER = "never"
    PROVISIONAL = "provisional"
    PUBLISHED = "published"

    @property
    def is_visible(self) -> bool:
        return self in {Shown.PROVISIONAL, Shown.PUBLISHED}


@dataclass(frozen=True)
class Steps:
    """What has happened to a stage's list so far; None: not yet."""

    rechecked_at: datetime | None
    published_at: datetime | None


def shown_to_public(rule: BoardRule, steps: Steps, now: datetime) -> Shown:
    """Whether the public may see the board at `now`.

    rule.public_from: at_once; recheck (after the eligibility re-check); publication; never.
    A published list is public whatever came before, except under 'never'. raise (ValueError): another word.
    Source: CONTESTS 1 (before the re-check only hosts and the person see live places), DECISIONS 6."""
    if rule.public_from not in {"at_once", "recheck", "publication", "never"}:
        raise ValueError(f"no such rule: {rule.public_from}")
    if rule.public_from == "never":
        return Shown.NEVER
    if steps.published_at is not None and steps.published_at <= now:
        return Shown.PUBLISHED
    if rule.public_from == "at_once":
        return Shown.PROVISIONAL
    rechecked = steps.rechecked_at is not None and steps.rechecked_at <= now
    return Shown.PROVISIONAL if rule.public_from == "recheck" and rechecked else Shown.NOT_YET
