"""One item of QTI 1.2 → one question, by its metadata and, where these are absent or wrong, by its responses."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from webapp.banks.formats.notation import FALSE_WORDS, TRUE_WORDS
from webapp.banks.formats.qti2_model import Element, Unsupported, number
from webapp.banks.formats.qti12_keys import (
    CANVAS_SCALE,
    ONE,
    Scoring,
    blank_of,
    is_case_sensitive,
    numbers_of,
    option_scores,
    scoring_of,
    together,
    wants_all,
)
from webapp.banks.formats.qti_text import Media, TextBuilder, built, plain
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MAX_OPTIONS,
    Difficulty,
    FillRules,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)
from webapp.core.words import N_, Message

RESPONSES = (
    "response_lid",
    "response_str",
    "response_num",
    "response_xy",
    "response_grp",
    "response_extension",
)
CARTRIDGE = {
    "cc.multiple_choice.v0p1": "multiple_choice_question",
    "cc.multiple_response.v0p1": "multiple_answers_question",
    "cc.true_false.v0p1": "true_false_question",
    "cc.fib.v0p1": "short_answer_question",
    "cc.pattern_match.v0p1": "short_answer_question",
    "cc.essay.v0p1": "essay_question",
}
"""The types of Common Cartridge under the names of Canvas."""
_NAMED_GAP = re.compile(r"\[([^\[\]\n]{1,100})\]")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")


class Information(Exception):
    """The item is a text without a question."""


@dataclass
class Item:
    """An item while it is read."""

    element: Element
    media: Media
    fields: dict[str, list[str]]
    responses: list[Element]
    scoring: Scoring
    labels: dict[str, str] = field(default_factory=dict)
    """Identifier of an option → its letter."""

    @property
    def types(self) -> list[str]:
        """What the metadata call the item, in order."""
        profiles = [CARTRIDGE.get(name.lower(), "") for name in self.fields.get("cc_profile", [])]
        return [name for name in (*self.fields.get("question_type", []), *profiles) if name]


def read_item(element: Element, media: Media) -> Question:
    """The question of an item (names without namespace), without its place and topic.

    Raise Unsupported for what a bank cannot hold, Information for a text without a question."""
    presentation = element.find("presentation")
    responses = [] if presentation is None else list(presentation.iter(*RESPONSES))
    item = Item(element, media, _fields(element), responses, scoring_of(element))
    kind = _kind(item)
    public, secret = READERS[kind](item)
    if public.type not in {QuestionType.FILL}:
        public = replace(public, stem=_stem(item))
    explanation = "\n".join(_feedback(item, public))
    return Question(
        key="",
        public=public,
        secret=replace(secret, explanation=explanation),
        topic="",
        difficulty=Difficulty.MEDIUM,
        external_id=str(element.get("ident") or "").strip(),
        mark=_mark(item),
    )


def _fields(element: Element) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for entry in element.iter("qtimetadatafield"):
        label, value = entry.find("fieldlabel"), entry.find("fieldentry")
        if label is not None and value is not None:
            fields.setdefault(plain(label).lower(), []).append(plain(value))
    return fields


def _kind(item: Item) -> str:
    """The reader that fits: the first type of the metadata that the responses can be, else by the responses."""
    names = [str(response.tag) for response in item.responses]
    for name in item.types:
        if name == "text_only_question":
            raise Information
        if name in {"calculated_question", "file_upload_question", "hot_spot_question"}:
            raise Unsupported(name)
        if name in FITTING and FITTING[name](item, names):
            return name
    if not names:
        raise Information
    odd = [name for name in names if name in {"response_xy", "response_grp", "response_extension"}]
    if (
        odd
        or item.element.find(".//render_hotspot") is not None
        or item.element.find(".//render_slider") is not None
    ):
        raise Unsupported(odd[0] if odd else "render_hotspot")
    if set(names) == {"response_lid"}:
        return _kind_of_lists(item)
    if "response_lid" in names:
        raise Unsupported(" + ".join(dict.fromkeys(names)))
    if len(names) == 1 and _asks_number(item):
        return "numerical_question"
    has_key = any(condition.tests for condition in item.scoring.giving)
    return "short_answer_question" if has_key else "essay_question"


def _kind_of_lists(item: Item) -> str:
    if len(item.responses) > 1:
        return "matching_question"
    cardinality = str(item.responses[0].get("rcardinality") or "Single").lower()
    known = {
        "single": "multiple_choice_question",
        "multiple": "multiple_answers_question",
        "ordered": "ordering",
    }
    return known.get(cardinality, "multiple_choice_question")


def _asks_number(item: Item) -> bool:
    fibs = [str(one.get("fibtype") or "").lower() for one in item.element.iter("render_fib")]
    is_typed = item.responses[0].tag == "response_num" or any(one in {"decimal", "integer"} for one in fibs)
    return is_typed and any(condition.tests for condition in item.scoring.giving)


def _hook(is_fill: bool) -> Callable[[TextBuilder, Element], bool]:
    def hook(builder: TextBuilder, element: Element) -> bool:
        name = str(element.tag)
        if name in {"response_str", "response_num"} and is_fill:
            builder.put(BLANK)
            return True
        if name in {"mattext", "matemtext"}:
            _material_text(builder, element)
            return True
        if name == "matbreak":
            builder.put("\n")
            return True
        if name == "material" and is_fill:
            builder.children(element)
            return True
        return name in RESPONSES or name in {"qticomment", "duration"}

    return hook


def _material_text(builder: TextBuilder, element: Element) -> None:
    """Text, HTML as elements, or HTML written as text."""
    kind = str(element.get("texttype") or "").strip().lower()
    if len(element) == 0 and ("html" in kind or (not kind and _MARKUP.search(element.text or ""))):
        builder.html(element.text or "")
    else:
        builder.children(element)


def _stem(item: Item, is_fill: bool = False) -> str:
    presentation = item.element.find("presentation")
    if presentation is None:
        return ""
    return built([presentation], item.media, _hook(is_fill), keep_underscores=not is_fill)


def _material(element: Element, media: Media) -> str:
    return built([element], media, _hook(is_fill=False))


def _options(item: Item, response: Element) -> tuple[str, ...]:
    """The texts of the options; their letters are kept in the item."""
    labels = list(response.iter("response_label"))
    if len(labels) > MAX_OPTIONS:
        reason = Message(N_("A question can have at most 26 options."))
        raise Unsupported(str(len(labels)), reason, "too-many-options")
    for label, letter in zip(labels, LETTERS, strict=False):
        item.labels.setdefault(str(label.get("ident") or ""), letter)
    return tuple(_material(label, item.media) for label in labels)


def _letter(item: Item, name: str) -> str:
    if name not in item.labels:
        reason = Message(N_("The key names “%(name)s”, which is no option."), {"name": name[:80]})
        raise Unsupported(name, reason, "answer-unknown")
    return item.labels[name]


def _choice(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    response = item.responses[0]
    options, name = _options(item, response), str(response.get("ident") or "")
    whole, scores = together(item.scoring, name), option_scores(item.scoring, name)
    is_single = _kind(item) in {"multiple_choice_question", "true_false_question"}
    positive = {value: score for value, score in scores.items() if score > 0}
    best = max(positive.values(), default=ONE)
    right = whole or tuple(value for value, score in positive.items() if not is_single or score == best)
    letters = "".join(sorted({_letter(item, value) for value in right}))
    full = item.scoring.scale or (best if is_single else sum(positive.values(), Decimal(0)) or ONE)
    weights = {} if whole else {_letter(item, value): score / full for value, score in scores.items()}
    if is_single and len(weights) == 1:
        weights = {}
    kind = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
    return PublicQuestion(kind, "", options), QuestionKey(letters=letters, weights=weights)


def _true_false(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    public, secret = _choice(item)
    sides = [_side(label) for label in item.responses[0].iter("response_label")]
    if len(secret.letters) != 1 or sorted(sides, key=str) != [False, True]:
        return public, secret
    return PublicQuestion(QuestionType.TRUE_FALSE, ""), QuestionKey(
        truth=sides[LETTERS.index(secret.letters)]
    )


def _side(label: Element) -> bool | None:
    words = {plain(label).casefold(), str(label.get("ident") or "").casefold()}
    if words & TRUE_WORDS:
        return True
    return False if words & FALSE_WORDS else None


def _ordering(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    response = item.responses[0]
    options = _options(item, response)
    values = together(item.scoring, str(response.get("ident") or ""))
    return PublicQuestion(QuestionType.ORDERING, "", options), QuestionKey(
        letters="".join(_letter(item, value) for value in values)
    )


def _matching(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """A list of options per item; options with the same text are one option."""
    texts: dict[str, str] = {}
    for response in item.responses:
        for label in response.iter("response_label"):
            text = _material(label, item.media)
            letter = texts.setdefault(text, LETTERS[len(texts)] if len(texts) < MAX_OPTIONS else "")
            item.labels.setdefault(str(label.get("ident") or ""), letter)
    items = []
    letters = ""
    for response in item.responses:
        items.append("\n".join(_material(one, item.media) for one in response.findall("material")))
        values = [
            value for one in item.scoring.giving for value in one.values(str(response.get("ident") or ""))
        ]
        if len(set(values)) != 1:
            reason = Message(N_("The answer does not say where each thing belongs."))
            raise Unsupported(items[-1], reason, "answer-incomplete")
        letters += _letter(item, values[0])
    if len(texts) > MAX_OPTIONS:
        reason = Message(N_("A question can have at most 26 options."))
        raise Unsupported(str(len(texts)), reason, "too-many-options")
    return PublicQuestion(QuestionType.MATCHING, "", tuple(texts), items=tuple(items)), QuestionKey(
        letters=letters
    )


def _numeric(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    numbers = numbers_of(item.scoring, str(item.responses[0].get("ident") or ""))
    return PublicQuestion(QuestionType.NUMERIC, ""), QuestionKey(numbers=numbers)


def _essay(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    return PublicQuestion(QuestionType.ESSAY, ""), QuestionKey()


def _fill(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """A blank per response, where the response stands in the text."""
    stem = _stem(item, is_fill=True)
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


def _named_gaps(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """Canvas: [name] in the text is the gap of the response of that name; its labels are what it accepts
    (several blanks) or what is picked from (dropdowns)."""
    responses = {}
    for response in item.responses:
        material = response.find("material")
        name = plain(material) if material is not None else ""
        responses[name or str(response.get("ident") or "").removeprefix("response_")] = response
    stem = _stem(item).replace(BLANK, "___")
    found = dict.fromkeys(one.group(1) for one in _NAMED_GAP.finditer(stem) if one.group(1) in responses)
    order = [*found, *(name for name in responses if name not in found)]
    for name in order:
        stem = stem.replace(f"[{name}]", BLANK, 1) if name in found else f"{stem} {BLANK}"
    is_list = "multiple_dropdowns_question" in item.types
    blanks, choices = [], []
    for name in order:
        response = responses[name]
        texts = {str(one.get("ident") or ""): plain(one) for one in response.iter("response_label")}
        blank = blank_of(item.scoring, str(response.get("ident") or ""), texts)
        blanks.append(blank if is_list else replace(blank, accepted=tuple(dict.fromkeys(texts.values()))))
        choices.append(tuple(texts.values()))
    if len({blank.weight for blank in blanks}) == 1:
        blanks = [replace(blank, weight=ONE) for blank in blanks]
    public = PublicQuestion(
        QuestionType.FILL, stem, blanks=len(blanks), choices=tuple(choices) if is_list else ()
    )
    return public, QuestionKey(blanks=tuple(blanks))


def _mark(item: Item) -> Decimal | None:
    """points_possible; else what the item says its score can be, unless that is the scale of 100."""
    points = [number(text) for text in item.fields.get("points_possible", [])]
    stated = next((value for value in points if value is not None and value > 0), None)
    if stated is not None:
        return stated
    if item.scoring.scale is not None:
        return None if item.scoring.scale == CANVAS_SCALE else item.scoring.scale
    by_response: dict[str, list[Decimal]] = {}
    for condition in item.scoring.giving:
        for response in {test.response for test in condition.tests[:1]}:
            by_response.setdefault(response, []).append(condition.score)
    is_multiple = any(str(one.get("rcardinality") or "").lower() == "multiple" for one in item.responses)
    worth = [sum(scores, Decimal(0)) if is_multiple else max(scores) for scores in by_response.values()]
    return sum(worth, Decimal(0)) or None


def _feedback(item: Item, public: PublicQuestion) -> list[str]:
    """All feedback, a line each: first of the options, with their letters, then of the whole item."""
    linked: dict[str, set[str]] = {}
    for condition in item.scoring.conditions:
        for link in condition.links:
            linked.setdefault(link, set()).update(
                test.value for test in condition.tests if not test.is_negated
            )
    of_options: dict[str, str] = {}
    general = []
    for feedback in item.element.findall("itemfeedback"):
        name = str(feedback.get("ident") or "")
        text = built([feedback], item.media, _hook(is_fill=False))
        about = {value for value in linked.get(name, set()) if value in name and value in item.labels}
        if not text:
            continue
        if len(about) == 1 and public.options:
            of_options[item.labels[about.pop()]] = text
        else:
            general.append(text)
    return [*(f"{letter}. {text}" for letter, text in sorted(of_options.items())), *general]


def _has_lists(count: int | None) -> Callable[[Item, list[str]], bool]:
    def fits(item: Item, names: list[str]) -> bool:
        return bool(names) and set(names) == {"response_lid"} and (count is None or len(names) == count)

    return fits


def _has_texts(item: Item, names: list[str]) -> bool:
    return bool(names) and set(names) <= {"response_str", "response_num"}


def _has_several_lists(item: Item, names: list[str]) -> bool:
    return len(names) > 1 and set(names) == {"response_lid"}


FITTING: Mapping[str, Callable[[Item, list[str]], bool]] = {
    "multiple_choice_question": _has_lists(1),
    "true_false_question": _has_lists(1),
    "multiple_answers_question": _has_lists(1),
    "matching_question": _has_several_lists,
    "fill_in_multiple_blanks_question": _has_lists(None),
    "multiple_dropdowns_question": _has_lists(None),
    "short_answer_question": _has_texts,
    "numerical_question": _has_texts,
    "essay_question": _has_texts,
}
READERS: Mapping[str, Callable[[Item], tuple[PublicQuestion, QuestionKey]]] = {
    "multiple_choice_question": _choice,
    "true_false_question": _true_false,
    "multiple_answers_question": _choice,
    "ordering": _ordering,
    "matching_question": _matching,
    "fill_in_multiple_blanks_question": _named_gaps,
    "multiple_dropdowns_question": _named_gaps,
    "short_answer_question": _fill,
    "numerical_question": _numeric,
    "essay_question": _essay,
}
