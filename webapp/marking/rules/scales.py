"""The scale of an answer, from the rules of its section."""

from decimal import Decimal

from webapp.contests.rules.blueprint import Section
from webapp.contests.rules.essay_marking import EssayMarking
from webapp.marking.rules.scale import Scale


def scale_of(section: Section, out_of: Decimal) -> Scale:
    """How an answer of this section is marked. out_of: its full mark; a step above it becomes it."""
    marking = section.marking or EssayMarking()
    return Scale(out_of, min(marking.step, out_of), marking.tolerance_pct)
