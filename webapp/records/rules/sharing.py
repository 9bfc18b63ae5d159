"""What a link to a skill record shows, and whether it opens."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.leaderboard.rules.masking import masked_name
from webapp.records.rules.record import Reached, Record, Taking

MOST_DAYS = 366
"""A link that nobody withdraws ends by itself within a year."""


class NameShown(StrEnum):
    """How the holder's name stands on the page."""

    FULL = "full"
    MASKED = "masked"


@dataclass(frozen=True)
class Choice:
    """What the holder chose to show. contest_id None: everything; scores: combined scores and learning points."""

    contest_id: int | None = None
    with_scores: bool = False
    name: NameShown = NameShown.MASKED


def shown(record: Record, choice: Choice) -> Record:
    """The part of a record that a choice lets others see.

    Revoked certificates do not count and are left out. Of one contest only what belongs to it is shown: no results
    of earlier contests, no level from elsewhere. Without scores ranks stay, sums and points go."""
    return Record(
        name=record.name if choice.name is NameShown.FULL else masked_name(record.name),
        takings=tuple(
            one if choice.with_scores else _without_scores(one)
            for one in record.takings
            if choice.contest_id in (None, one.contest_id)
        ),
        certificates=tuple(
            one for one in record.certificates if one.is_valid and choice.contest_id in (None, one.contest_id)
        ),
        awards=tuple(one for one in record.awards if choice.contest_id in (None, one.contest_id)),
        levels=tuple(one for one in record.levels if choice.contest_id in (None, one.contest_id)),
        earlier=record.earlier if choice.contest_id is None else (),
    )


def is_open(now: datetime, expires_at: datetime, withdrawn_at: datetime | None) -> bool:
    """Whether a link opens: neither withdrawn nor at its end, which itself is too late."""
    return withdrawn_at is None and now < expires_at


def end_of(now: datetime, days: int) -> datetime:
    """When a link of so many days ends. raise (ValueError): not 1 to MOST_DAYS."""
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"a link opens for 1 to {MOST_DAYS} days")
    return now + timedelta(days=days)


def _without_scores(one: Taking) -> Taking:
    return replace(one, points=None, stages=tuple(_without_score(stage) for stage in one.stages))


def _without_score(stage: Reached) -> Reached:
    return replace(stage, combined=None)
