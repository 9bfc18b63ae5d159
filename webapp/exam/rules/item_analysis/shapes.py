"""What goes into an item analysis and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Item:
    """One question in one section of the exam.

    maximum: the most it brings, 0 when it was left out later. letters: its options in their own order, 'TF' for
    true or false, '' where nothing is picked. key: the right letters. guess: what blind picking brings, as a
    share of the maximum, None where that is not defined."""

    version_id: int
    section: str
    question_type: str
    maximum: float
    letters: str = ""
    key: str = ""
    guess: float | None = None

    @property
    def picks_one(self) -> bool:
        """Whether exactly one of its letters can be picked."""
        return self.question_type in {"single", "true_false"} and len(self.letters) > 1


@dataclass(frozen=True)
class Sitting:
    """One attempt that counts. items: places in the list of items; per item its mark, and what was picked in
    the question's own letters ('' = nothing, or nothing to pick)."""

    items: Sequence[int]
    marks: Sequence[float]
    picks: Sequence[str]


@dataclass(frozen=True)
class OptionFigures:
    """One option. share, upper, lower: who picked it among all, the best and the weakest 27 % (0 .. 1).

    flag: '' | unused (a wrong option nobody picks) | attracts (a wrong option that the best pick more often than
    the weakest) | repels (a right option that the weakest pick more often)."""

    letter: str
    is_key: bool
    share: float
    upper: float | None
    lower: float | None
    flag: str = ""


@dataclass(frozen=True)
class ItemFigures:
    """One question over the attempts that contained it.

    facility, corrected_facility, guess, upper, lower: shares 0 .. 1 (corrected and upper - lower may be below
    0). sd: in marks. discrimination: correlation with the rest of the paper, in percent. point_biserial:
    correlation of right or wrong with the whole total, -1 .. 1, only for marks that are all or nothing.
    efficiency, effective_weight, intended_weight: in percent. blank: share that left it empty, None where
    nothing is picked. readings: codes of `reading.Reading`."""

    version_id: int
    section: str
    question_type: str
    maximum: float
    attempts: int
    facility: float | None
    corrected_facility: float | None
    sd: float | None
    discrimination: float | None
    point_biserial: float | None
    efficiency: float | None
    effective_weight: float | None
    intended_weight: float | None
    guess: float | None
    upper: float | None
    lower: float | None
    blank: float | None
    options: tuple[OptionFigures, ...] = ()
    readings: tuple[str, ...] = ()

    @property
    def upper_lower(self) -> float | None:
        """D: by how much the best 27 % did better than the weakest 27 %."""
        return None if self.upper is None or self.lower is None else self.upper - self.lower


@dataclass(frozen=True)
class TotalFigures:
    """The totals of a paper or of all papers. Marks; skewness and kurtosis (0 = normal); alpha is None for mixed
    papers; error_ratio in percent; error: standard error of measurement in marks. bins: how many totals lie in
    each twentieth of the full mark, the last one closed."""

    attempts: int
    questions: int
    full_mark: float
    mean: float | None
    median: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    alpha: float | None
    error_ratio: float | None
    error: float | None
    bins: tuple[int, ...]
    readings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """A whole exam. is_mixed: the papers held different questions. variants: papers that several people sat."""

    is_mixed: bool
    test: TotalFigures
    items: tuple[ItemFigures, ...]
    variants: tuple[TotalFigures, ...] = ()
