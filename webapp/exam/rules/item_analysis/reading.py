"""Reading aids: what a figure usually means. Codes; the pages have the words."""

from enum import StrEnum

from webapp.exam.rules.item_analysis.shapes import OptionFigures


class Reading(StrEnum):
    """What may be said about a question or a test. Sources: Ebel's table for discrimination; Moodle's guide."""

    HARD = "hard"
    BALANCED = "balanced"
    EASY = "easy"
    VERY_GOOD = "very-good"
    GOOD = "good"
    REVISE = "revise"
    CHECK_KEY = "check-key"
    EFFICIENT = "efficient"
    INEFFICIENT = "inefficient"
    UNUSED_OPTION = "unused-option"
    ATTRACTIVE_OPTION = "attractive-option"
    REPELLING_KEY = "repelling-key"
    RELIABLE = "reliable"
    FAIRLY_RELIABLE = "fairly-reliable"
    UNRELIABLE = "unreliable"
    MEAN_LOW = "mean-low"
    MEAN_USUAL = "mean-usual"
    MEAN_HIGH = "mean-high"
    SPREAD_NARROW = "spread-narrow"
    SPREAD_USUAL = "spread-usual"
    SPREAD_WIDE = "spread-wide"


BAD = frozenset({Reading.REVISE, Reading.CHECK_KEY, Reading.ATTRACTIVE_OPTION, Reading.REPELLING_KEY})
"""What asks a person to look at the question."""

_FLAGS = {
    "unused": Reading.UNUSED_OPTION,
    "attracts": Reading.ATTRACTIVE_OPTION,
    "repels": Reading.REPELLING_KEY,
}


def read_item(
    facility: float | None,
    discrimination: float | None,
    efficiency: float | None,
    options: tuple[OptionFigures, ...],
) -> tuple[Reading, ...]:
    """facility: 0 .. 1; discrimination, efficiency: in percent. Nothing is said about what is None."""
    found: list[Reading] = []
    if facility is not None:
        found.append(_between(facility, 0.3, 0.7, Reading.HARD, Reading.BALANCED, Reading.EASY))
    if discrimination is not None:
        found.append(_discrimination(discrimination / 100))
    if efficiency is not None:
        found.append(Reading.EFFICIENT if efficiency >= 50 else Reading.INEFFICIENT)
    found += dict.fromkeys(_FLAGS[option.flag] for option in options if option.flag)
    return tuple(found)


def read_test(alpha: float | None, mean: float | None, sd: float | None) -> tuple[Reading, ...]:
    """mean, sd: as shares of the full mark (0 .. 1)."""
    found: list[Reading] = []
    if alpha is not None and alpha >= 0.75:
        found.append(Reading.RELIABLE)
    elif alpha is not None:
        found.append(Reading.FAIRLY_RELIABLE if alpha >= 0.64 else Reading.UNRELIABLE)
    if mean is not None:
        found.append(_between(mean, 0.5, 0.75, Reading.MEAN_LOW, Reading.MEAN_USUAL, Reading.MEAN_HIGH))
    if sd is not None:
        found.append(
            _between(sd, 0.12, 0.18, Reading.SPREAD_NARROW, Reading.SPREAD_USUAL, Reading.SPREAD_WIDE)
        )
    return tuple(found)


def _discrimination(value: float) -> Reading:
    if value >= 0.4:
        return Reading.VERY_GOOD
    if value >= 0.3:
        return Reading.GOOD
    return Reading.REVISE if value >= 0.2 else Reading.CHECK_KEY


def _between(
    value: float, low: float, high: float, below: Reading, inside: Reading, above: Reading
) -> Reading:
    return below if value < low else above if value > high else inside
