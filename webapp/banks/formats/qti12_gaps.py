"""Fill-ins of QTI 1.2: blanks where a response stands in the text, and the named gaps of Canvas."""

import re
from dataclasses import replace

from webapp.banks.formats.qti2_model import Element, Unsupported
from webapp.banks.formats.qti12_keys import ONE, blank_of, is_case_sensitive, numbers_of, wants_all
from webapp.banks.formats.qti12_model import Item, label_text, stem_of
from webapp.banks.rules.schema import BLANK, Blank, FillRules, PublicQuestion, QuestionKey, QuestionType
from webapp.core.words import N_, Message

MAX_BOXES = 50
_NAMED_GAP = re.compile(r"\[([^\[\]\n]{1,100})\]")


def read_blanks(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """A blank per response, where the response stands in the text."""
    lists = [_texts_of(item, one) for one in item.responses]
    stem, order = _stem(item)
    blanks = [
        _blank(item, str(one.get("ident") or ""), texts)
        for one, texts in zip(item.responses, lists, strict=True)
    ]
    blanks, lists = [blanks[at] for at in order], [lists[at] for at in order]
    boxes = _boxes(item)
    if boxes > 1:
        return _several_boxes(item, stem, blanks[0], boxes)
    all_needed = wants_all(item.scoring)
    if all_needed or len({blank.weight for blank in blanks}) == 1:
        blanks = [replace(blank, weight=ONE) for blank in blanks]
    rules = FillRules(all_needed=all_needed, case_sensitive=is_case_sensitive(item.scoring))
    choices = tuple(tuple(texts.values()) for texts in lists) if any(lists) else ()
    public = PublicQuestion(QuestionType.FILL, stem, blanks=len(blanks), choices=choices)
    return public, QuestionKey(blanks=tuple(blanks), fill=rules)


def _stem(item: Item) -> tuple[str, list[int]]:
    """The text with its blanks, and the responses in the order of the blanks. Blackboard names them in brackets."""
    names = [str(one.get("ident") or "") for one in item.responses]
    text = stem_of(item).replace(BLANK, "___")
    found = list(dict.fromkeys(one.group(1) for one in _NAMED_GAP.finditer(text) if one.group(1) in names))
    if set(found) == set(names):
        for name in found:
            text = text.replace(f"[{name}]", BLANK, 1)
        return text, [names.index(name) for name in found]
    stem = stem_of(item, is_fill=True, with_prompts=True)
    if stem.endswith("\n" + BLANK):
        stem = stem.removesuffix("\n" + BLANK) + " " + BLANK
    return stem, list(range(len(names)))


def _texts_of(item: Item, response: Element) -> dict[str, str]:
    """What a gap is filled from, by identifier; empty for a gap to type into."""
    if response.find(".//render_choice") is None:
        return {}
    texts = {
        str(one.get("ident") or ""): label_text(one, item.media) for one in response.iter("response_label")
    }
    return {name: text for name, text in texts.items() if text}


def _blank(item: Item, name: str, texts: dict[str, str]) -> Blank:
    blank = blank_of(item.scoring, name, texts)
    if blank.accepted:
        return blank
    # A number between two bounds.
    for one in numbers_of(item.scoring, name)[:1]:
        middle = (one.low + one.high) / 2
        return Blank((f"{middle.normalize():f}",), blank.weight, tolerance=one.high - middle)
    return blank


def _boxes(item: Item) -> int:
    """D2L: how many boxes stand for one response that takes several answers."""
    if len(item.responses) != 1:
        return 1
    for fib in item.responses[0].iter("render_fib"):
        for name, value in fib.attrib.items():
            if str(name).endswith("input_boxes") and str(value).isdecimal() and int(value) <= MAX_BOXES:
                return int(value)
    return 1


def _several_boxes(item: Item, stem: str, blank: Blank, boxes: int) -> tuple[PublicQuestion, QuestionKey]:
    """Each answer once, in any of the boxes."""
    answers = (*blank.accepted, *(text for text, _ in blank.partial))
    blanks = tuple(Blank((text,)) for text in answers) if len(answers) == boxes else (Blank(answers),) * boxes
    stem = stem.replace(BLANK, " ".join([BLANK] * boxes), 1)
    rules = FillRules(any_order=True, case_sensitive=is_case_sensitive(item.scoring))
    return PublicQuestion(QuestionType.FILL, stem, blanks=boxes), QuestionKey(blanks=blanks, fill=rules)


def are_named_gaps(item: Item) -> bool:
    """Whether the text names every response in brackets."""
    written = {one.group(1) for one in _NAMED_GAP.finditer(stem_of(item))}
    names = [_gap_name(item, response, written) for response in item.responses]
    return bool(names) and set(names) <= written


def read_named_gaps(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """Canvas: [name] in the text is the gap of the response of that name; its labels are what it accepts
    (several blanks) or what is picked from (dropdowns, word banks)."""
    stem = stem_of(item).replace(BLANK, "___")
    written = {one.group(1) for one in _NAMED_GAP.finditer(stem)}
    responses = {_gap_name(item, response, written): response for response in item.responses}
    found = dict.fromkeys(one.group(1) for one in _NAMED_GAP.finditer(stem) if one.group(1) in responses)
    order = [*found, *(name for name in responses if name not in found)]
    for name in order:
        stem = stem.replace(f"[{name}]", BLANK, 1) if name in found else f"{stem} {BLANK}"
    blanks, choices = [], []
    for name in order:
        response = responses[name]
        texts = {
            str(one.get("ident") or ""): label_text(one, item.media)
            for one in response.iter("response_label")
        }
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


def _gap_name(item: Item, response: Element, written: set[str]) -> str:
    """What stands in brackets in the text: the material of the response, or its identifier."""
    material, identifier = response.find("material"), str(response.get("ident") or "")
    names = [
        label_text(material, item.media) if material is not None else "",
        identifier.removeprefix("response_"),
        identifier,
    ]
    return next((name for name in names if name in written), identifier)


def _is_list(item: Item, response: Element) -> bool:
    kinds = {str(one.get("answer_type") or "").lower() for one in response.iter("response_label")}
    if "fill_in_multiple_blanks_question" in item.types:
        return bool(kinds & {"dropdown", "wordbank"})
    texts = {label_text(one, item.media).casefold() for one in response.iter("response_label")}
    # Without a type: several different texts are picked from; ways to write one text are typed.
    return (
        "multiple_dropdowns_question" in item.types
        or bool(kinds & {"dropdown", "wordbank"})
        or len(texts) > 1
    )


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
