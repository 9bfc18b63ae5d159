"""Where the bars of a plot stand: numbers for SVG that is written on the server."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 360
ROW_H = 36
VALUE_W = 84
"""So much room stays to the right of the longest bar for its number."""


@dataclass(frozen=True)
class Bar:
    """One bar, a line of words above it. y: top of its row in user units. width: at least 1 for anything above zero."""

    words: str
    value: int
    y: int
    width: float
    note: str = ""


@dataclass(frozen=True)
class Plot:
    """Bars below each other. height in user units of a picture WIDTH wide."""

    bars: tuple[Bar, ...]
    height: int


def bars(rows: Sequence[tuple[str, int, str]]) -> Plot:
    """A bar for each (words, value, note); the longest takes the room there is. Values below zero count as none."""
    most = max((value for _, value, _ in rows), default=0)
    room = WIDTH - VALUE_W
    made = tuple(
        Bar(words, value, at * ROW_H, round(max(1.0, room * value / most), 1) if value > 0 else 0.0, note)
        for at, (words, value, note) in enumerate(rows)
    )
    return Plot(made, len(made) * ROW_H)
