"""From marks to a component score, in exact decimals."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

SCORE_SCALE = Decimal("0.0001")
FULL_SCORE = Decimal(100)
_EXACT = Context(prec=60)


@dataclass(frozen=True)
class SlotMark:
    """What one question brought: `mark` may be negative where wrong answers cost marks."""

    section: str
    mark: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class SectionTotal:
    """A section's sum, never below 0."""

    section: str
    mark: Decimal
    maximum: Decimal
    questions: int


@dataclass(frozen=True)
class PaperScore:
    """The whole paper: sum of the sections, and the component score on 0-100."""

    sections: tuple[SectionTotal, ...]
    mark: Decimal
    maximum: Decimal
    score: Decimal


def section_totals(marks: Sequence[SlotMark]) -> tuple[SectionTotal, ...]:
    """Sums per section in the order in which the sections first appear; a sum below 0 counts as 0.

    Source: FORMATS 14 (marks taken off for wrong true/false never reach below 0 per section)."""
    sums: dict[str, tuple[Decimal, Decimal, int]] = {}
    with localcontext(_EXACT):
        for slot in marks:
            mark, maximum, count = sums.get(slot.section, (Decimal(0), Decimal(0), 0))
            sums[slot.section] = (mark + slot.mark, maximum + slot.maximum, count + 1)
    return tuple(
        SectionTotal(section, max(mark, Decimal(0)), maximum, count)
        for section, (mark, maximum, count) in sums.items()
    )


def component_score(mark: Decimal, maximum: Decimal) -> Decimal:
    """mark / maximum x 100 with four places, rounded half up once.

    mark: 0 .. maximum. raise (ValueError): maximum is not positive, or mark lies outside.
    Source: DECISIONS 4, components are numeric(9,4) on 0-100."""
    if maximum <= 0 or not 0 <= mark <= maximum:
        raise ValueError(f"mark {mark} of {maximum}")
    with localcontext(_EXACT):
        halves = int(mark * FULL_SCORE * 20_000 // maximum)  # in halves of the last place, cut: exact
        return (Decimal((halves + 1) // 2) / 10_000).quantize(SCORE_SCALE, ROUND_HALF_UP)


def score_paper(marks: Sequence[SlotMark]) -> PaperScore:
    """Sections, paper mark and component score of all slots of one paper.

    raise (ValueError): no slot, or a mark above its maximum."""
    if any(slot.mark > slot.maximum for slot in marks):
        raise ValueError("a mark above its maximum")
    sections = section_totals(marks)
    with localcontext(_EXACT):
        mark = sum((section.mark for section in sections), Decimal(0))
        maximum = sum((section.maximum for section in sections), Decimal(0))
    return PaperScore(sections, mark, maximum, component_score(mark, maximum))
