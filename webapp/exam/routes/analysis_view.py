"""An item analysis in words and rows: for the page and for the files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.core.i18n import gettext as _
from webapp.core.words import N_
from webapp.exam.formats.analysis_tables import Cell, Table
from webapp.exam.queries.analyses import Named, Report
from webapp.exam.rules.item_analysis.reading import BAD, Reading
from webapp.exam.rules.item_analysis.shapes import ItemFigures, TotalFigures

READINGS = {
    Reading.HARD: (N_("Hard"), ""),
    Reading.BALANCED: (N_("Balanced"), "success"),
    Reading.EASY: (N_("Easy"), ""),
    Reading.VERY_GOOD: (N_("Tells people apart very well"), "success"),
    Reading.GOOD: (N_("Tells people apart well"), "success"),
    Reading.REVISE: (N_("Needs revision"), "warning"),
    Reading.CHECK_KEY: (N_("Check key and wording"), "danger"),
    Reading.INEFFICIENT: (N_("Could tell more"), ""),
    Reading.UNUSED_OPTION: (N_("An option that nobody picks"), ""),
    Reading.ATTRACTIVE_OPTION: (N_("A wrong option draws the best"), "warning"),
    Reading.REPELLING_KEY: (N_("The weakest pick the right option more often"), "danger"),
    Reading.RELIABLE: (N_("Reliable enough"), "success"),
    Reading.FAIRLY_RELIABLE: (N_("Fairly reliable"), ""),
    Reading.UNRELIABLE: (N_("Not reliable: too short, or its questions measure different things"), "warning"),
    Reading.MEAN_LOW: (N_("A hard paper: the mean lies below half of the marks"), "warning"),
    Reading.MEAN_USUAL: (N_("The mean lies where it usually should, between 50 % and 75 %"), "success"),
    Reading.MEAN_HIGH: (N_("An easy paper: the mean lies above three quarters of the marks"), "warning"),
    Reading.SPREAD_NARROW: (N_("People lie close together: the ranking depends on few marks"), "warning"),
    Reading.SPREAD_USUAL: (N_("People are spread as they usually should be"), "success"),
    Reading.SPREAD_WIDE: (N_("People are spread widely"), ""),
}
"""Words and the kind of tag. EFFICIENT is the usual case and says nothing."""

FLAGS = {
    "unused": N_("Nobody picks it"),
    "attracts": N_("Draws the best: check it"),
    "repels": N_("Picked more by the weakest: check the key"),
}
FEW = 30
"""Below, a figure moves widely from one group of people to the next: it is shown, with that remark."""
_OF_OPTIONS = frozenset({Reading.UNUSED_OPTION, Reading.ATTRACTIVE_OPTION, Reading.REPELLING_KEY})


def _worst(item: ItemFigures) -> tuple[float, ...]:
    """Many warnings first, then those that tell people apart least."""
    warnings = len(BAD.intersection(item.readings))
    told = item.discrimination
    return (-warnings, told is None, 0.0 if told is None else told)


ORDERS: Mapping[str, tuple[str, Callable[[ItemFigures], float | None] | None]] = {
    "worst": (N_("Worst first"), None),
    "facility": (N_("Facility"), lambda item: item.facility),
    "discrimination": (N_("Discrimination"), lambda item: item.discrimination),
    "upper_lower": (N_("Best minus weakest"), lambda item: item.upper_lower),
    "efficiency": (N_("Efficiency"), lambda item: item.efficiency),
    "weight": (N_("Effective weight"), lambda item: item.effective_weight),
    "attempts": (N_("Attempts"), lambda item: item.attempts),
}
"""How the table can be sorted: words, and the figure (what is undefined comes last both ways)."""


@dataclass(frozen=True)
class Row:
    """A question of the table."""

    figures: ItemFigures
    name: Named

    @property
    def tags(self) -> list[tuple[str, str]]:
        few = [(_("Few attempts"), "")] if self.figures.attempts < FEW else []
        return few + tags(self.figures.readings)


def tags(readings: Sequence[str]) -> list[tuple[str, str]]:
    """Words in the reader's language and the kinds of their tags."""
    known = [READINGS[Reading(code)] for code in readings if Reading(code) in READINGS]
    return [(_(words), kind) for words, kind in known]


def ordered(items: Sequence[ItemFigures], by: str, is_falling: bool) -> list[ItemFigures]:
    """by: a key of ORDERS; anything else is 'worst'. Equal ones stay in the order of the paper."""
    figure = ORDERS.get(by, ("", None))[1]
    if figure is None:
        return sorted(items, key=_worst)
    known = [item for item in items if figure(item) is not None]
    known.sort(key=lambda item: figure(item) or 0.0, reverse=is_falling)
    return known + [item for item in items if figure(item) is None]


def covered(report: Report, is_sealed: bool) -> Report:
    """The report as it may be shown: nothing about options while the bank is closed to people."""
    if not is_sealed:
        return report
    items = tuple(
        replace(
            item,
            options=(),
            blank=None,
            readings=tuple(code for code in item.readings if Reading(code) not in _OF_OPTIONS),
        )
        for item in report.analysis.items
    )
    return replace(report, analysis=replace(report.analysis, items=items))


def tables(report: Report, names: Mapping[int, Named]) -> tuple[Table, Table, Table]:
    """Questions, options, and the test with its variants."""
    rows = [Row(item, names[item.version_id]) for item in report.analysis.items]
    return (
        Table(_("Questions"), _question_head(), [_question(row) for row in rows]),
        Table(_("Options"), _option_head(), [cells for row in rows for cells in _options(row)]),
        Table(
            _("Test"), _test_head(), [_test(one) for one in (report.analysis.test, *report.analysis.variants)]
        ),
    )


def _question_head() -> list[str]:
    return [
        _("Question"), _("Words of the question"), _("Section"), _("Type"), _("Topic"), _("Difficulty"),
        _("Full mark"), _("Attempts"), _("Facility"), _("Facility without guessing"), _("Guessing brings"),
        _("Standard deviation"), _("Discrimination index (%)"), _("Point-biserial with the total"),
        _("Best group"), _("Weakest group"), _("Best minus weakest"), _("Efficiency (%)"),
        _("Effective weight (%)"), _("Intended weight (%)"), _("Left empty"), _("Reading aids"),
    ]  # fmt: skip


def _question(row: Row) -> list[Cell]:
    item, name = row.figures, row.name
    return [
        name.key, name.stem, item.section, item.question_type, name.topic, name.difficulty,
        item.maximum, item.attempts, item.facility, item.corrected_facility, item.guess,
        item.sd, item.discrimination, item.point_biserial,
        item.upper, item.lower, item.upper_lower, item.efficiency,
        item.effective_weight, item.intended_weight, item.blank, "; ".join(words for words, _kind in row.tags),
    ]  # fmt: skip


def _option_head() -> list[str]:
    return [
        _("Question"),
        _("Option"),
        _("Right"),
        _("All"),
        _("Best group"),
        _("Weakest group"),
        _("Remark"),
    ]


def _options(row: Row) -> list[list[Cell]]:
    return [
        [
            row.name.key,
            option.letter,
            int(option.is_key),
            option.share,
            option.upper,
            option.lower,
            _(FLAGS[option.flag]) if option.flag else "",
        ]
        for option in row.figures.options
    ]


def _test_head() -> list[str]:
    return [
        _("Attempts"), _("Questions"), _("Full mark"), _("Mean"), _("Median"), _("Standard deviation"),
        _("Skewness"), _("Kurtosis"), _("Cronbach's alpha"), _("Error ratio (%)"), _("Standard error"),
    ]  # fmt: skip


def _test(one: TotalFigures) -> list[Cell]:
    return [
        one.attempts, one.questions, one.full_mark, one.mean, one.median, one.sd,
        one.skewness, one.kurtosis, one.alpha, one.error_ratio, one.error,
    ]  # fmt: skip
