"""From the marks of all attempts to the figures of every question and of the test."""

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence

from webapp.exam.rules.item_analysis.columns import Column, figures_of, root_covariance
from webapp.exam.rules.item_analysis.moments import NOISE, kurtosis, mean, skewness, variance
from webapp.exam.rules.item_analysis.reading import read_test
from webapp.exam.rules.item_analysis.shapes import Analysis, Item, Sitting, TotalFigures

BINS = 20
MOST_VARIANTS = 20
"""Papers of their own in the report: those that most people sat."""


class Marks:
    """Takes attempts one by one; keeps a number per question and attempt."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._columns = [Column(item) for item in items]
        self._totals: list[float] = []
        self._fulls: list[float] = []
        self._papers: defaultdict[frozenset[int], list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._totals)

    def add(self, sitting: Sitting) -> None:
        """raise (ValueError): lists of different lengths."""
        total = round(math.fsum(sitting.marks), NOISE)
        full = math.fsum(self._columns[at].item.maximum for at in sitting.items)
        for at, mark, pick in zip(sitting.items, sitting.marks, sitting.picks, strict=True):
            self._columns[at].add(mark, total, full, pick)
        self._papers[frozenset(sitting.items)].append(len(self._totals))
        self._totals.append(total)
        self._fulls.append(full)

    def result(self) -> Analysis:
        """The figures; questions nobody had are left out, the others keep their order."""
        is_mixed = len(self._papers) > 1
        used = [column for column in self._columns if column.marks]
        roots = (root_covariance(column) for column in used)
        covariances = None if is_mixed else math.fsum(root for root in roots if root is not None)
        return Analysis(
            is_mixed=is_mixed,
            test=self._test(range(len(self._totals)), used, has_alpha=not is_mixed),
            items=tuple(figures_of(column, covariances) for column in used),
            variants=tuple(self._variants()) if is_mixed else (),
        )

    def _variants(self) -> Iterable[TotalFigures]:
        shared = [(places, rows) for places, rows in self._papers.items() if len(rows) > 1]
        shared.sort(key=lambda one: (-len(one[1]), sorted(one[0])))
        at_row = self._rows_of_columns() if shared else {}
        for places, rows in shared[:MOST_VARIANTS]:
            columns = []
            for place in sorted(places):
                column = Column(self._columns[place].item)
                column.marks.extend(self._columns[place].marks[at_row[place][row]] for row in rows)
                columns.append(column)
            yield self._test(rows, columns, has_alpha=True)

    def _rows_of_columns(self) -> dict[int, dict[int, int]]:
        """Per item: attempt -> place in its column."""
        holders: dict[int, list[int]] = defaultdict(list)
        for places, rows in self._papers.items():
            for place in places:
                holders[place] += rows
        return {place: {row: at for at, row in enumerate(sorted(rows))} for place, rows in holders.items()}

    def _test(self, rows: Sequence[int], columns: Sequence[Column], *, has_alpha: bool) -> TotalFigures:
        totals, fulls = [self._totals[row] for row in rows], [self._fulls[row] for row in rows]
        spread = variance(totals)
        sd = None if spread is None else math.sqrt(spread)
        middle, full = mean(totals), mean(fulls) or 0.0
        alpha = _alpha(columns, spread) if has_alpha else None
        ratio = None if alpha is None else 100 * math.sqrt(max(1 - alpha, 0.0))
        return TotalFigures(
            attempts=len(totals),
            questions=len(columns),
            full_mark=full,
            mean=middle,
            median=statistics.median(totals) if totals else None,
            sd=sd,
            skewness=skewness(totals),
            kurtosis=kurtosis(totals),
            alpha=alpha,
            error_ratio=ratio,
            error=None if ratio is None or sd is None else ratio * sd / 100,
            bins=_bins(totals, fulls),
            readings=tuple(
                map(
                    str,
                    read_test(
                        alpha,
                        middle / full if middle is not None and full else None,
                        sd / full if sd is not None and full else None,
                    ),
                )
            ),
        )


def analyse(items: Sequence[Item], sittings: Iterable[Sitting]) -> Analysis:
    """The figures of an exam. raise (ValueError, IndexError): an attempt that does not fit the items."""
    marks = Marks(items)
    for sitting in sittings:
        marks.add(sitting)
    return marks.result()


def _alpha(columns: Sequence[Column], spread: float | None) -> float | None:
    """Cronbach's alpha over questions that all attempts had; may be negative."""
    count = len(columns)
    if count < 2 or not spread:
        return None
    alone = math.fsum(variance(column.marks) or 0.0 for column in columns)
    return count / (count - 1) * (1 - alone / spread)


def _bins(totals: Sequence[float], fulls: Sequence[float]) -> tuple[int, ...]:
    """Totals below 0 count in the first twentieth."""
    found = [0] * BINS
    for total, full in zip(totals, fulls, strict=True):
        if full:
            found[min(max(math.floor(BINS * total / full + 10**-NOISE), 0), BINS - 1)] += 1
    return tuple(found)
