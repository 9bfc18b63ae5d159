"""Move a contest's windows so that its events stand in chosen phases on a given day (for the demo)."""

import re
import tomllib
from collections.abc import Mapping, Sequence
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
Windows = Mapping[str, list[str]]
HEADER = re.compile(r"^\s*\[\[\s*events\s*\]\]")
AFTER = {"semi_final": (60, 160), "final": (161, 200)}


def reanchor(text: str, plan: Mapping[str, Anchor], today: date) -> str:
    """The definition with window overrides for the events of `plan`; everything else stays as it is.

    The same plan and day give the same text. Events that the plan does not name follow OPEN_TRACK when
    their profile is 'popularisation', else REGISTRATION."""
    data = tomllib.loads(text)
    tracks = {profile["code"]: profile["track"] for profile in data["profiles"]}
    spans = [_spans(plan, event["code"], tracks[event["profile"]], today) for event in data["events"]]
    if any("windows" in event for event in data["events"]):
        return _replaced(text, spans)
    return _inserted(text, spans)


def _spans(plan: Mapping[str, Anchor], code: str, track: str, today: date) -> Windows:
    default = Anchor.OPEN_TRACK if track == "popularisation" else Anchor.REGISTRATION
    spans = dict(SPANS[plan.get(code, default)])
    if "popularisation" not in spans:
        spans.update(AFTER)
    return {
        name: [(today + timedelta(days=first)).isoformat(), (today + timedelta(days=last)).isoformat()]
        for name, (first, last) in spans.items()
    }


def _inserted(text: str, spans: Sequence[Windows]) -> str:
    """One line below each [[events]] header: a hundred times faster than reading and writing the document."""
    lines = text.splitlines()
    headers = [at for at, line in enumerate(lines) if HEADER.match(line)]
    for at, windows in reversed(list(zip(headers, spans, strict=True))):
        inner = ", ".join(f'{name} = ["{first}", "{last}"]' for name, (first, last) in windows.items())
        lines.insert(at + 1, f"windows = {{{inner}}}")
    return "\n".join(lines) + "\n"


def _replaced(text: str, spans: Sequence[Windows]) -> str:
    document = tomlkit.parse(text)
    events: Any = document["events"]
    for event, windows in zip(events, spans, strict=True):
        table = tomlkit.inline_table()
        table.update(windows)
        event["windows"] = table
    return tomlkit.dumps(document)
