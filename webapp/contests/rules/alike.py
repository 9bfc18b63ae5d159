"""Events whose dates move alike, put together: what is said of one is said of all of them, once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.contests.rules.effects import Moved
from webapp.contests.rules.instants import Instant
from webapp.core.words import Message

PEOPLE = "people"
"""The parameter of a message that counts people: over several events it is their sum."""


@dataclass(frozen=True)
class Found:
    """What moves along with one event. said: by the contest file; known: beside it; notes: what people have to see to."""

    said: tuple[Instant, ...]
    known: Sequence[Instant]
    notes: Sequence[Message]


@dataclass(frozen=True)
class Alike:
    """Events with the same windows and the same hours before and after. windows: which of theirs are others. instants: the
    hours, and what is known of single events beside them, equal lines once with the sum of their people."""

    event_codes: tuple[str, ...]
    windows: tuple[Moved, ...]
    instants: tuple[Instant, ...]
    notes: tuple[Message, ...]


def alike(moved: Sequence[Moved], found: Mapping[str, Found]) -> tuple[Alike, ...]:
    """Every event of `found` in exactly one group, the largest groups first; among equals in the order of the file."""
    windows: dict[str, list[Moved]] = {code: [] for code in found}
    for one in moved:
        for code in one.event_codes:
            if code in windows:
                windows[code].append(replace(one, event_codes=()))
    groups: dict[object, list[str]] = {}
    for code, part in found.items():
        key = (tuple(windows[code]), tuple(_key_of(one) for one in part.said))
        groups.setdefault(key, []).append(code)
    return tuple(
        Alike(
            tuple(codes),
            tuple(replace(one, event_codes=tuple(codes)) for one in windows[codes[0]]),
            found[codes[0]].said + _instants(one for code in codes for one in found[code].known),
            _notes(one for code in codes for one in found[code].notes),
        )
        for codes in sorted(groups.values(), key=len, reverse=True)
    )


def _instants(every: Iterable[Instant]) -> tuple[Instant, ...]:
    kept: dict[object, Instant] = {}
    for one in every:
        key = _key_of(one)
        kept[key] = replace(one, what=_sum(kept[key].what, one.what)) if key in kept else one
    return tuple(sorted(kept.values(), key=lambda one: one.before))


def _notes(every: Iterable[Message]) -> tuple[Message, ...]:
    kept: dict[object, Message] = {}
    for one in every:
        key = _key(one)
        kept[key] = _sum(kept[key], one) if key in kept else one
    return tuple(kept.values())


def _sum(first: Message, further: Message) -> Message:
    if PEOPLE not in further.params:
        return first
    people = [one.params[PEOPLE] for one in (first, further)]
    return Message(first.text, {**first.params, PEOPLE: sum(n for n in people if isinstance(n, int))})


def _key_of(one: Instant) -> tuple[object, ...]:
    return _key(one.what), one.before, one.after, _key(one.why) if one.why else None, one.is_outside


def _key(message: Message) -> tuple[object, ...]:
    """A message without its number of people, so that it can be compared."""
    params = {name: value for name, value in message.params.items() if name != PEOPLE}
    return message.text, *(f"{name}={value!r}" for name, value in sorted(params.items()))
