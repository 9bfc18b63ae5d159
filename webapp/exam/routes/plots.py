"""Where the marks of the plots stand: numbers for SVG that is written on the server."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.exam.rules.item_analysis.reading import BAD
from webapp.exam.rules.item_analysis.shapes import ItemFigures, OptionFigures

LEFT, TOP, WIDTH, HEIGHT = 44, 12, 300, 200
"""The drawing area inside a view box of 360 wide."""

STEP = 2.5
"""Points of a scatter that lie so near (percent) become one larger dot."""


@dataclass(frozen=True)
class Dot:
    """Some questions in one place. x, y, r: of the circle; words of its title come from the other numbers."""

    x: float
    y: float
    r: float
    count: int
    facility: float
    discrimination: float
    is_bad: bool


@dataclass(frozen=True)
class Bar:
    """One bar. low, high: what it counts, in percent; share: 0 .. 1 of all."""

    x: float
    y: float
    width: float
    height: float
    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Tick:
    """A line of the grid with its words; at: x or y."""

    at: float
    words: str


@dataclass(frozen=True)
class OptionBars:
    """One option: three lengths in the drawing area (all, best 27 %, weakest 27 %), from the top y."""

    option: OptionFigures
    y: float
    lengths: tuple[float, float, float]


def dots(items: Sequence[ItemFigures]) -> list[Dot]:
    """Facility to the right, discrimination upwards; what is undefined has no dot."""
    places: Counter[tuple[float, float, bool]] = Counter()
    for item in items:
        if item.facility is not None and item.discrimination is not None:
            facility, discrimination = _near(100 * item.facility), _near(item.discrimination)
            places[facility, discrimination, bool(BAD.intersection(item.readings))] += 1
    return [
        Dot(
            round(LEFT + WIDTH * facility / 100, 1),
            round(TOP + HEIGHT * (100 - discrimination) / 200, 1),
            round(min(3 + count**0.5, 9), 1),
            count,
            facility,
            discrimination,
            is_bad,
        )
        for (facility, discrimination, is_bad), count in sorted(places.items())
    ]


def bars(bins: Sequence[int], low: float = 0, high: float = 100) -> list[Bar]:
    """A histogram of bins of the same width that reach from low to high percent together."""
    most, width = max([*bins, 1]), WIDTH / max(len(bins), 1)
    found = []
    for at, count in enumerate(bins):
        height = round(HEIGHT * count / most, 1)
        step = (high - low) / len(bins)
        found.append(
            Bar(
                round(LEFT + at * width, 1),
                round(TOP + HEIGHT - height, 1),
                round(width - 1, 1),
                height,
                round(low + at * step),
                round(low + (at + 1) * step),
                count,
            )
        )
    return found


def across(low: int = 0, high: int = 100, steps: int = 5) -> list[Tick]:
    """Whole percents along the bottom, each once."""
    values = sorted({round(low + (high - low) * at / steps) for at in range(steps + 1)})
    return [Tick(round(LEFT + WIDTH * (value - low) / max(high - low, 1), 1), str(value)) for value in values]


def upward(low: int, high: int, steps: int = 4) -> list[Tick]:
    """Whole numbers up the side, each once."""
    values = sorted({round(low + (high - low) * at / steps) for at in range(steps + 1)})
    span = max(high - low, 1)
    return [Tick(round(TOP + HEIGHT * (high - value) / span, 1), str(value)) for value in values]


def option_bars(options: Sequence[OptionFigures]) -> list[OptionBars]:
    """Three thin bars per option, 44 apart."""
    return [
        OptionBars(
            option,
            8 + 44 * at,
            (
                _length(option.share),
                _length(option.upper),
                _length(option.lower),
            ),
        )
        for at, option in enumerate(options)
    ]


def _length(share: float | None) -> float:
    return round(260 * (share or 0), 1)


def _near(value: float) -> float:
    return round(value / STEP) * STEP
