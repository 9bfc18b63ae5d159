"""Cells that can be divided in more than one way: the reading that was taken is said, and asked for in the web."""

from collections.abc import Sequence

from webapp.banks.formats.option_labels import OPTION_SIGNS, split_options
from webapp.banks.formats.options import LABELS
from webapp.banks.formats.row import Row
from webapp.banks.formats.shape import Unsure
from webapp.core.problems import WARNING
from webapp.core.words import N_, Message

_BETWEEN = ("|", ";")
"""The two families of programs that contradict each other (FORMATS 5): blanks by one, alternatives by the other."""


def weigh_blanks(row: Row, answer: str, blanks: int, taken: Sequence[Sequence[str]] | None) -> None:
    """Note an answer that fits its blanks by two signs, or by none."""
    shape, options = row.options.shape, row.options
    if taken is None:
        if answer:
            shape.doubt(Unsure.BLANKS, answer)
        return
    if blanks < 2 or not shape.looks_at(Unsure.BLANKS):
        return
    if (options.between_blanks, options.alternatives) != _BETWEEN:
        return  # The person has said it.
    folded = answer.replace("｜", "|").replace("；", ";")
    if all(folded.count(sign) == blanks - 1 for sign in _BETWEEN):
        shape.doubt(Unsure.BLANKS, answer)
        row.report(
            "signs-assumed",
            "answer",
            Message(
                N_("The answer fits its blanks by | and by ; alike: | was taken for the sign between blanks.")
            ),
            WARNING,
            Message(
                N_("If that is wrong, say which sign stands between blanks and which between alternatives.")
            ),
        )


def weigh_options(row: Row, needed: int, taken: Sequence[str]) -> None:
    """Note a cell of options that can be divided in another way as well, or in none."""
    cell = row.text("options")
    if len(taken) < 2:
        row.options.shape.doubt(Unsure.OPTIONS, cell)
        return
    for sign in (LABELS, *OPTION_SIGNS):
        if sign != LABELS and sign not in cell:
            continue
        other = split_options(cell, needed, sign)
        enough = needed if sign == LABELS else max(needed, len(taken))
        if other != list(taken) and len(other) >= max(2, enough):
            row.options.shape.doubt(Unsure.OPTIONS, cell)
            row.report(
                "signs-assumed",
                "options",
                Message(
                    N_("The options of this cell can be divided in two ways: %(count)s options were taken."),
                    {"count": len(taken)},
                ),
                WARNING,
                Message(N_("If that is wrong, say which sign stands between the options.")),
            )
            return
