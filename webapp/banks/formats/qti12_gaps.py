"""Fill-ins of QTI 1.2: blanks where a response stands in the text, and the named gaps of Canvas."""

import re
from dataclasses import replace

from webapp.banks.formats.qti2_model import Element, Unsupported
from webapp.banks.formats.qti12_keys import ONE, blank_of, is_case_sensitive, wants_all
from webapp.banks.formats.qti12_model import Item, stem_of
from webapp.banks.formats.qti_text import plain
from webapp.banks.rules.schema import BLANK, Blank, FillRules, PublicQuestion, QuestionKey, QuestionType
from webapp.core.words import N_, Message

_NAMED_GAP = re.compile(r"\[([^\[\]\n]{1,100})\]")


def read_blanks(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """A blank per response, where the response stands in the text."""
    stem = stem_of(item, is_fill=True)
    if stem.endswith("\n" + BLANK):
        stem = stem.removesuffix("\n" + BLANK) + " " + BLANK
    blanks = [blank_of(item.scoring, str(one.get("ident") or ""), {}) for one in item.responses]
    all_needed = wants_all(item.scoring)
    if all_needed or len({blank.weight for blank in blanks}) == 1:
        blanks = [replace(blank, weight=ONE) for blank in blanks]
    rules = FillRules(all_needed=all_needed, case_sensitive=is_case_sensitive(item.scoring))
    return PublicQuestion(QuestionType.FILL, stem, blanks=len(blanks)), QuestionKey(
        blanks=tuple(blanks), fill=rules
    )


def read_named_gaps(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """Canvas: [name] in the text is the gap of the response of that name; its labels are what it accepts
    (several blanks) or what is picked from (dropdowns, word banks)."""
    stem = stem_of(item).replace(BLANK, "___")
    written = {one.group(1) for one in _NAMED_GAP.finditer(stem)}
    responses = {_gap_name(response, written): response for response in item.responses}
    found = dict.fromkeys(one.group(1) for one in _NAMED_GAP.finditer(stem) if one.group(1) in responses)
    order = [*found, *(name for name in responses if name not in found)]
    for name in order:
        stem = stem.replace(f"[{name}]", BLANK, 1) if name in found else f"{stem} {BLANK}"
    blanks, choices = [], []
    for name in order:
        response = responses[name]
        texts = {str(one.get("ident") or ""): plain(one) for one in response.iter("response_label")}
        is_list = _is_list(item, response)
        blank = blank_of(item.scoring, str(response.get("ident") or ""), texts)
        blanks.append(
            blank if is_list else _typed(item, response, blank, tuple(dict.fromkeys(texts.values())))
        )
        choices.append(tuple(texts.values()) if is_list else ())
    if len({blank.weight for blank in blanks}) == 1:
        blanks = [replace(blank, weight=ONE) for blank in blanks]
    public = PublicQuestion(
        QuestionType.FILL, stem, blanks=len(blanks), choices=tuple(choices) if any(choices) else ()
    )
    return public, QuestionKey(blanks=tuple(blanks))


def _gap_name(response: Element, written: set[str]) -> str:
    """What stands in brackets in the text: the material of the response, or its identifier."""
    material, identifier = response.find("material"), str(response.get("ident") or "")
    names = [
        plain(material) if material is not None else "",
        identifier.removeprefix("response_"),
        identifier,
    ]
    return next((name for name in names if name in written), identifier)


def _is_list(item: Item, response: Element) -> bool:
    kinds = {str(one.get("answer_type") or "").lower() for one in response.iter("response_label")}
    return "multiple_dropdowns_question" in item.types or bool(kinds & {"dropdown", "wordbank"})


def _typed(item: Item, response: Element, blank: Blank, accepted: tuple[str, ...]) -> Blank:
    """A blank to type into: every label is right. How texts are compared may stand at the labels."""
    ways = {str(one.get("scoring_algorithm") or "").lower() for one in response.iter("response_label")}
    if "textregex" in ways:
        raise Unsupported("TextRegex")
    if "textcloseenough" in ways:
        item.warnings.append(Message(N_("Nearly right texts count in this file; here they must be right.")))
    if ways == {"textcontainsanswer"}:
        return replace(blank, accepted=tuple(f"*{text}*" for text in accepted), is_pattern=True)
    return replace(blank, accepted=accepted)
