"""Events that learn: what a course's audiences mean, and whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.banks import queries as banks
from webapp.contests import queries as contests
from webapp.courses.rules.course import Audience

TRACKS = ("competition", "popularisation")


@dataclass(frozen=True)
class EventPlace:
    """An event with what a scope may name: its contest, and its organiser with all above it."""

    event_id: int
    contest_id: int
    contest_code: str
    contest_title: dict[str, str]
    code: str
    title: dict[str, str]
    track: str
    organiser_path: tuple[int, ...]


def places() -> list[EventPlace]:
    """Every event, contest by contest, the newest first. Two statements."""
    events = contests.event_names()
    paths = banks.organisation_paths({event.organiser_id for event in events if event.organiser_id})
    return [
        EventPlace(
            event.event_id,
            event.contest_id,
            event.contest_code,
            event.contest_title,
            event.code,
            event.title,
            event.track,
            paths.get(event.organiser_id or 0, ()),
        )
        for event in events
    ]


def places_of(audiences: Sequence[Audience], known: Sequence[EventPlace]) -> list[EventPlace]:
    """The events that audiences mean, each once."""
    return [
        place
        for place in known
        if any(
            audience.contest == place.contest_code
            and (place.track == audience.track if audience.track else place.code in audience.events)
            for audience in audiences
        )
    ]


def unknown_events(audiences: Sequence[Audience], known: Sequence[EventPlace]) -> list[str]:
    """'contest/event' (or 'contest/track') of what audiences name and no contest has."""
    codes = {(place.contest_code, place.code) for place in known}
    tracks = {(place.contest_code, place.track) for place in known}
    missing = []
    for audience in audiences:
        wanted = [audience.track] if audience.track else audience.events
        there = tracks if audience.track else codes
        missing += [f"{audience.contest}/{one}" for one in wanted if (audience.contest, one) not in there]
    return missing


def audience_of(names: Sequence[str]) -> tuple[Audience, ...]:
    """Audiences of 'contest/event' and 'contest/*track' names, one table a contest and track."""
    events: dict[str, list[str]] = {}
    tracks: list[Audience] = []
    for name in names:
        contest, _, wanted = name.partition("/")
        if wanted.startswith("*"):
            tracks.append(Audience(contest, track=wanted[1:]))
        else:
            events.setdefault(contest, []).append(wanted)
    return (*tracks, *(Audience(contest, tuple(codes)) for contest, codes in events.items()))
