"""What a new definition does to a contest that has begun: rules in use, windows that move, events that come and go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.changes import changes_in_use
from webapp.contests.rules.schema import Contest, EventRules, Window
from webapp.core.words import Message


@dataclass(frozen=True)
class Moved:
    """One window that is another one afterwards, with the events it is for. None: undecided."""

    name: str
    before: Window | None
    after: Window | None
    event_codes: tuple[str, ...]


@dataclass(frozen=True)
class Effect:
    """The whole effect. event_codes: events of the present version that anything changes for."""

    changes: tuple[Message, ...]
    moved: tuple[Moved, ...]
    added: tuple[Text, ...]
    dropped: tuple[Text, ...]
    event_codes: tuple[str, ...]


def has_begun(contest: Contest, now: datetime) -> bool:
    """Whether registration, learning or a stage of any event has opened by now."""
    return any(
        window is not None and window.opens_at <= now
        for event in contest.events
        for window in _windows(contest, event).values()
    )


def effect(old: Contest, new: Contest, now: datetime) -> Effect:
    """What changes when `new` takes the place of `old` at `now`."""
    present = {event.code: event for event in old.events}
    coming = {event.code: event for event in new.events}
    moved = _moved(old, new, present, coming)
    touched = {code for one in moved for code in one.event_codes}
    touched |= {
        code
        for code, event in present.items()
        if code not in coming
        or old.profile_of(event) != new.profile_of(coming[code])
        or _own(event) != _own(coming[code])
    }
    return Effect(
        changes=changes_in_use(old, new, now),
        moved=moved,
        added=tuple(event.title for code, event in coming.items() if code not in present),
        dropped=tuple(event.title for code, event in present.items() if code not in coming),
        event_codes=tuple(code for code in present if code in touched),
    )


def _own(event: EventRules) -> tuple[object, ...]:
    """What counts for the people of an event; its windows are compared on their own."""
    return (
        event.title, event.event_class, event.profile, event.bank, event.bank_topics, event.exams, event.is_team,
        event.has_national_standard, event.practical, event.booking, event.attendance,
    )  # fmt: skip


def _windows(contest: Contest, event: EventRules) -> dict[str, Window | None]:
    """Every window that an event refers to."""
    profile = contest.profile_of(event)
    names = [profile.registration_window, *(stage.window for stage in profile.stages)]
    if profile.learning is not None:
        names.append(profile.learning.window)
    return {name: contest.window(event, name) for name in names}


def _moved(
    old: Contest, new: Contest, present: dict[str, EventRules], coming: dict[str, EventRules]
) -> tuple[Moved, ...]:
    groups: dict[tuple[str, Window | None, Window | None], list[str]] = {}
    for code, name, before, after in _pairs(old, new, present, coming):
        groups.setdefault((name, before, after), []).append(code)
    return tuple(Moved(name, before, after, tuple(codes)) for (name, before, after), codes in groups.items())


def _pairs(
    old: Contest, new: Contest, present: dict[str, EventRules], coming: dict[str, EventRules]
) -> Iterator[tuple[str, str, Window | None, Window | None]]:
    for code, event in present.items():
        if code in coming:
            later = _windows(new, coming[code])
            for name, before in _windows(old, event).items():
                if name in later and later[name] != before:
                    yield code, name, before, later[name]
