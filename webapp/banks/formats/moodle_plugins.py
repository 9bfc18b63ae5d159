"""Types of questions that well-known plugins add to Moodle, where one of our types holds them."""

import re
from collections.abc import Callable, Mapping

from webapp.banks.formats.entries import ONE, Entry, feedback_of, number_of, short_runs
from webapp.banks.formats.moodle_text import bare, child, children
from webapp.banks.formats.moodle_types import READERS, Read, Reading, Wrong
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MAX_OPTIONS,
    Blank,
    FillRules,
    PublicQuestion,
    QuestionKey,
    QuestionType,
)
from webapp.core.words import N_

_REGEX = re.compile(r"[\\^$.*+?()\[\]{}!]")


def _rows(place: Reading) -> Read:
    """Several statements, each true or false (or two other words): one word is matched with each statement."""
    rows = list(children(place.element, "row"))
    columns = list(children(place.element, "column"))
    names = [place.texts.of(child(column, "responsetext")) for column in columns]
    places = {str(column.get("number")): index for index, column in enumerate(columns)}
    right: dict[str, int] = {}
    for weight in children(place.element, "weight"):
        value = number_of(bare(weight, "value"))
        if value and value > 0 and str(weight.get("columnnumber")) in places:
            right.setdefault(str(weight.get("rownumber")), places[str(weight.get("columnnumber"))])
    if any(str(row.get("number")) not in right for row in rows):
        raise Wrong("no-answer", N_("The question has no answer."))
    if max(len(rows), len(columns)) > MAX_OPTIONS:
        raise Wrong("too-many-options", N_("A question can have at most 26 options."))
    place.changed(N_("Statements with the same answers became a matching question with its marking rule."))
    items = tuple(place.texts.of(child(row, "optiontext")) for row in rows)
    notes = [
        Entry(item, ONE, place.texts.of(child(row, "feedbacktext")))
        for item, row in zip(items, rows, strict=True)
    ]
    key = QuestionKey(
        letters="".join(LETTERS[right[str(row.get("number"))]] for row in rows),
        explanation=feedback_of(notes),
    )
    return PublicQuestion(QuestionType.MATCHING, place.stem, tuple(names), items=items), key, None


def _gapfill(place: Reading) -> Read:
    """A text with its answers in delimiters: [cat|dog]. The gaps are typed, or picked from one list."""
    signs = bare(place.element, "delimitchars") or "[]"
    if len(signs) != 2:
        raise Wrong("no-blank", N_("The stem has no blank."))
    gap = re.compile(f"{re.escape(signs[0])}([^{re.escape(signs)}]*){re.escape(signs[1])}")
    stem = short_runs(place.stem)
    found = [place.texts.plain(text) for text in gap.findall(stem)]
    accepted = [
        tuple(dict.fromkeys(part.strip() for part in text.split("|") if part.strip())) for text in found
    ]
    if not accepted:
        raise Wrong("no-blank", N_("The stem has no blank."))
    if bare(place.element, "disableregex") != "1" and any(_REGEX.search(text) for text in found):
        place.changed(N_("Patterns for accepted answers are not kept: they stand as they were written."))
    is_list = bare(place.element, "answerdisplay") in {"dragdrop", "dropdown"}
    wrong = [entry.text for entry in place.entries(is_html=False) if entry.share <= 0]
    words = tuple(sorted({*(word for texts in accepted for word in texts), *wrong} - {""}))
    is_one_set = len(accepted) > 1 and len({frozenset(texts) for texts in accepted}) == 1
    rules = FillRules(
        any_order=is_one_set and place.is_set("noduplicates") and len(accepted[0]) >= len(accepted),
        case_sensitive=place.is_set("casesensitive"),
    )
    public = PublicQuestion(
        QuestionType.FILL,
        gap.sub(BLANK, stem),
        blanks=len(accepted),
        choices=(words,) * len(accepted) if is_list else (),
    )
    return public, QuestionKey(blanks=tuple(map(Blank, accepted)), fill=rules), None


def _automatic_essay(place: Reading) -> Read:
    place.changed(N_("Automatic marking of essays is not kept: a person marks them."))
    return READERS["essay"](place)


PLUGINS: Mapping[str, Callable[[Reading], Read]] = {
    "ddmatch": READERS["matching"],
    "essayautograde": _automatic_essay,
    "gapfill": _gapfill,
    "kprime": _rows,
    "mtf": _rows,
    "oumultiresponse": READERS["multichoiceset"],
}
