"""Move a contest's windows so that its events stand in chosen phases on a given day (for the demo)."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import tomlkit

from webapp.contests.rules.phases import Phase


class Anchor(StrEnum):
    """The phase in which an event is to stand today."""

    REGISTRATION = Phase.REGISTRATION.value
    LEARNING = Phase.LEARNING.value
    EXAM_OPEN = Phase.EXAM_OPEN.value
    PUBLISHED = Phase.PUBLISHED.value
    OPEN_TRACK = Phase.OPEN_TRACK.value


SPANS: Mapping[Anchor, Mapping[str, tuple[int, int]]] = {
    # Days from today of the first and last day of each window; the order of the real contest is kept.
    Anchor.REGISTRATION: {"registration": (-10, 20), "learning": (21, 41), "preliminary": (42, 51)},
    Anchor.LEARNING: {"registration": (-41, -11), "learning": (-10, 10), "preliminary": (11, 20)},
    Anchor.EXAM_OPEN: {"registration": (-56, -26), "learning": (-25, -5), "preliminary": (-4, 5)},
    Anchor.PUBLISHED: {"registration": (-90, -60), "learning": (-59, -39), "preliminary": (-38, -29)},
    Anchor.OPEN_TRACK: {"popularisation": (-30, 163)},
}
AFTER = {"semi_final": (60, 160), "final": (161, 200)}


def reanchor(text: str, plan: Mapping[str, Anchor], today: date) -> str:
    """The definition with window overrides for the events of `plan`; everything else stays as it is.

    The same plan and day give the same text. Events that the plan does not name follow OPEN_TRACK when
    their profile is 'popularisation', else REGISTRATION."""
    document = tomlkit.parse(text)
    tracks = {profile["code"]: profile["track"] for profile in tomllib.loads(text)["profiles"]}
    events: Any = document["events"]
    for event in events:
        default = Anchor.OPEN_TRACK if tracks[event["profile"]] == "popularisation" else Anchor.REGISTRATION
        spans = dict(SPANS[plan.get(event["code"], default)])
        if "popularisation" not in spans:
            spans.update(AFTER)
        windows = tomlkit.inline_table()
        for name, (first, last) in spans.items():
            windows[name] = [
                (today + timedelta(days=first)).isoformat(),
                (today + timedelta(days=last)).isoformat(),
            ]
        event["windows"] = windows
    return tomlkit.dumps(document)
