"""Whom a union may send: from those who have a place, so many of each event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.contests.rules.delegation import DelegationRule


@dataclass(frozen=True)
class Choosable:
    """An entry with a place, from below the sending union. position: order of the places of its event."""

    entry_id: int
    event: str
    position: int


def over(chosen: Iterable[int], people: Sequence[Choosable], rule: DelegationRule) -> dict[str, int]:
    """Events of which more are chosen than the rule lets one delegation bring, with that number."""
    wanted = set(chosen)
    counts: dict[str, int] = {}
    for one in people:
        if one.entry_id in wanted:
            counts[one.event] = counts.get(one.event, 0) + 1
    most = {event: rule.most(event) for event in counts}
    return {event: limit for event, limit in most.items() if limit is not None and counts[event] > limit}


def best(people: Sequence[Choosable], rule: DelegationRule) -> tuple[int, ...]:
    """What is proposed: of each event the best by rank, as many as the rule lets; all where it is undecided."""
    taken: dict[str, int] = {}
    found = []
    for one in sorted(people, key=lambda each: (each.event, each.position, each.entry_id)):
        most = rule.most(one.event)
        if most is None or taken.get(one.event, 0) < most:
            taken[one.event] = taken.get(one.event, 0) + 1
            found.append(one.entry_id)
    return tuple(found)


def confirm_by(opens_at: datetime | None, rule: DelegationRule) -> datetime | None:
    """Until when the union confirms; None while the days or the stage's dates are undecided."""
    if rule.confirm_days is None or opens_at is None:
        return None
    return opens_at - timedelta(days=rule.confirm_days)


def changed(
    before: Mapping[str, Sequence[int]], after: Mapping[str, Sequence[int]]
) -> dict[str, tuple[int, ...]]:
    """What a change brings and takes: keys entries_in, entries_out, judges_in, judges_out, in order."""
    found: dict[str, tuple[int, ...]] = {}
    for kind in ("entries", "judges"):
        old, new = set(before.get(kind, ())), set(after.get(kind, ()))
        found[f"{kind}_in"], found[f"{kind}_out"] = tuple(sorted(new - old)), tuple(sorted(old - new))
    return found
