"""Problems of OLX with several responses: what is asked by each, or one text with gaps."""

import copy
import re

from lxml import etree

from webapp.banks.formats.entries import blank_of, feedback_of, short_runs
from webapp.banks.formats.moodle_text import Texts
from webapp.banks.formats.olx_responses import Changed, Part, Reading, list_options, text_entries
from webapp.banks.formats.olx_text import GAP, shown_html
from webapp.banks.formats.xml import local, text_of
from webapp.banks.rules.schema import BLANK, Blank, FillRules, PublicQuestion, QuestionKey, QuestionType

WRAPPERS = frozenset({"text", "div", "span", "section"})
INLINE = frozenset({"td", "th", "li", "p", "span", "b", "strong", "em", "i"})
_TAGS = re.compile(r"<(?!img)[^<>]*>")
NO_TEXT = frozenset({"solution", "demandhint", "hint", "script"})


def label_of(response: etree._Element) -> str:
    """What old problems say of an input for those who do not see it; often it repeats the question."""
    labels = (str(item.get("label") or "").strip() for item in response.iter())
    return next((label for label in labels if label), "")


def is_bare(stem: str) -> bool:
    """Whether a stem says nothing but that there is a blank."""
    return _TAGS.sub("", stem).replace(BLANK, "").strip() == ""


def asked_by(words: str, stem: str) -> str:
    """Words in the place of a stem that says nothing; its blank stays."""
    return f"{words} {BLANK}".strip() if BLANK in stem else words


def are_gaps(responses: list[etree._Element]) -> bool:
    """Whether responses are lists and short texts within sentences or cells of a table."""
    kinds = {local(one) for one in responses}
    inside = [local(parent) for one in responses if (parent := one.getparent()) is not None]
    has_own_text = any(local(item) in {"label", "p"} for one in responses for item in one.iter())
    return (
        kinds <= {"optionresponse", "stringresponse"}
        and len(inside) == len(responses)
        and all(name in INLINE for name in inside)
        and not has_own_text
        and all(len(_inputs(one)) == 1 for one in responses)
    )


def _inputs(response: etree._Element) -> list[etree._Element]:
    return [item for item in response.iter() if local(item) in {"optioninput", "textline"}]


def gaps_of(responses: list[etree._Element], texts: Texts, changed: Changed, stem: str) -> Part:
    """One fill-in with a gap where each response stands. Raise Unreadable for one without a key."""
    blanks: list[Blank] = []
    choices: list[tuple[str, ...]] = []
    notes: list[str] = []
    is_exact = False
    for response in responses:
        reading = Reading(response, texts, changed)
        if local(response) == "optionresponse":
            entries = list_options(reading, _inputs(response)[0])
            blanks.append(blank_of(entries))
            choices.append(tuple(entry.text for entry in entries))
            notes.append(feedback_of(entries))
        else:
            accepted, rules = text_entries(reading)
            blanks.append(Blank(accepted))
            choices.append(())
            is_exact = is_exact or rules.case_sensitive
    made = BLANK.join(short_runs(piece) for piece in stem.split(GAP))
    public = PublicQuestion(QuestionType.FILL, made, blanks=len(blanks), choices=tuple(choices))
    if not any(choices):
        public = PublicQuestion(QuestionType.FILL, made, blanks=len(blanks))
    key = QuestionKey(
        blanks=tuple(blanks),
        fill=FillRules(case_sensitive=is_exact),
        explanation="\n".join(note for note in notes if note),
    )
    return public, key


def divided(problem: etree._Element, responses: list[etree._Element]) -> tuple[str, list[str]]:
    """The HTML of what is common to several responses, and what stands before each of them: the block right
    before the first, all blocks between two. Where responses lie deeper, their numbers stand in the common text."""
    holder = problem
    while (
        len(inner := [one for one in holder if local(one) not in NO_TEXT]) == 1
        and local(inner[0]) in WRAPPERS
    ):
        holder = inner[0]
    if any(one.getparent() is not holder for one in responses):
        return _numbered(problem, responses), [""] * len(responses)
    has_own = [bool(_own_text(one)) for one in responses]
    common: list[str] = []
    asked: list[str] = []
    blocks: list[str] = [_block(holder.text)]
    for child in holder:
        if child in responses:
            number = len(asked)
            found = [block for block in blocks if block]
            own = found if number else ([] if has_own[0] else found[-1:])
            common += found[: len(found) - len(own)]
            asked.append("".join(own))
            blocks = []
        elif local(child) not in NO_TEXT:
            blocks.append(_shown(child))
        blocks.append(_block(child.tail))
    return "".join([*common, *blocks]), asked


def _own_text(response: etree._Element) -> str:
    return "".join(
        text_of(item) for item in response.iter() if local(item) in {"label", "p", "legend"}
    ).strip()


def _block(text: str | None) -> str:
    if not (text or "").strip():
        return ""
    paragraph = etree.Element("p")
    paragraph.text = text
    return _shown(paragraph)


def _shown(element: etree._Element) -> str:
    holder = etree.Element("problem")
    block = copy.deepcopy(element)
    block.tail = None
    holder.append(block)
    return shown_html(holder).replace(GAP, "")


def _numbered(problem: etree._Element, responses: list[etree._Element]) -> str:
    """The whole text with “(1)” where the first response stands."""
    places = {response: number for number, response in enumerate(responses, start=1)}
    whole = copy.deepcopy(problem)
    for original, made in zip(list(problem.iter()), list(whole.iter()), strict=True):
        if original in places:
            for child in list(made):
                made.remove(child)
            made.text = f"({places[original]})"
    return shown_html(whole).replace(GAP, "")
