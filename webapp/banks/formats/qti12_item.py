"""One item of QTI 1.2 → one question, by its metadata and, where these are absent or wrong, by its responses."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from webapp.banks.formats.notation import FALSE_WORDS, TRUE_WORDS
from webapp.banks.formats.qti2_model import Element, Unsupported, number
from webapp.banks.formats.qti12_dialects import PARTS, POINT_FIELDS, put_into_shape
from webapp.banks.formats.qti12_gaps import are_named_gaps, read_blanks, read_named_gaps
from webapp.banks.formats.qti12_keys import (
    CANVAS_SCALE,
    ONE,
    has_open_end,
    numbers_of,
    option_scores,
    order_of,
    scoring_of,
    together,
)
from webapp.banks.formats.qti12_model import (
    PARENT,
    RESPONSES,
    Item,
    fields_of,
    hook,
    label_text,
    material,
    stem_of,
)
from webapp.banks.formats.qti_text import Media, built, plain
from webapp.banks.rules.schema import (
    LETTERS,
    MAX_OPTIONS,
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)
from webapp.core.words import N_, Message

PARTS_LOST = Message(
    N_(
        "The parts of the mark for some of the options are not kept: the exam's rule for incomplete answers holds."
    )
)


class Information(Exception):
    """The item is a text without a question."""


def read_item(
    element: Element, media: Media, shared: Mapping[str, Element] | None = None
) -> tuple[Question, list[Message]]:
    """The question of an item (names without namespace), without its place and topic, and what of it had to
    be changed. shared: all items by identifier, for texts that belong to several.

    Raise Unsupported for what a bank cannot hold, Information for a text without a question."""
    put_into_shape(element)
    presentation = element.find("presentation")
    responses = [] if presentation is None else list(presentation.iter(*RESPONSES))
    item = Item(element, media, fields_of(element), responses, scoring_of(element))
    item.before += _texts_of_section(element)
    above = [str(one.get(PARENT)) for one in element.iterancestors("section") if one.get(PARENT)]
    for name in (*above, *item.fields.get(PARENT, [])):
        text = (shared or {}).get(name)
        if text is not None and text is not element:
            item.before += text.findall("presentation")
    kind = _kind(item)
    public, secret = READERS[kind](item)
    if public.type != QuestionType.FILL:
        public = replace(public, stem=stem_of(item, with_prompts=public.type != QuestionType.MATCHING))
    explanation = "\n".join(_feedback(item, public))
    question = Question(
        key="",
        public=public,
        secret=replace(secret, explanation=explanation),
        topic="",
        difficulty=Difficulty.MEDIUM,
        external_id=str(element.get("ident") or "").strip() or _first(item, "bbmd_asi_object_id"),
        mark=_mark(item),
    )
    return question, item.warnings


def _texts_of_section(element: Element) -> list[Element]:
    """What a section shows before its items."""
    section = element.getparent()
    if section is None or section.tag != "section":
        return []
    return [
        one
        for one in section.findall("presentation_material")
        if plain(one) or one.find(".//matimage") is not None
    ]


def _first(item: Item, field: str) -> str:
    return next(iter(item.fields.get(field, [])), "")


def _kind(item: Item) -> str:
    """The reader that fits: the first type of the metadata that the responses can be, else by the responses."""
    names = [str(response.tag) for response in item.responses]
    for name in item.types:
        if name == "text_only_question":
            raise Information
        if name.endswith("_question") and name not in FITTING:
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
    if are_named_gaps(item):
        return "multiple_dropdowns_question"
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


def _options(item: Item, response: Element) -> tuple[str, ...]:
    """The texts of the options; their letters are kept in the item."""
    labels = list(response.iter("response_label"))
    if len(labels) > MAX_OPTIONS:
        reason = Message(N_("A question can have at most 26 options."))
        raise Unsupported(str(len(labels)), reason, "too-many-options")
    for label, letter in zip(labels, LETTERS, strict=False):
        item.labels.setdefault(str(label.get("ident") or ""), letter)
    return tuple(material(label, item.media) for label in labels)


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
    if (whole and positive) or item.element.get(PARTS) or _gives_for_left_out(item):
        item.warnings.append(PARTS_LOST)
    full = best if is_single else _full(item, list(positive.values()))
    weights = {} if whole else {_letter(item, value): score / full for value, score in scores.items()}
    if is_single and len(weights) == 1:
        weights = {}
    kind = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
    return PublicQuestion(kind, "", options), QuestionKey(letters=letters, weights=weights)


def _gives_for_left_out(item: Item) -> bool:
    """Whether leaving an option out alone brings part of the mark (ILIAS)."""
    return any(
        condition.tests and all(test.is_negated for test in condition.tests)
        for condition in item.scoring.giving
    )


def _full(item: Item, scores: list[Decimal]) -> Decimal:
    """What all right options bring together: their sum, unless the item says less."""
    total, scale = sum(scores, Decimal(0)), item.scoring.scale
    is_bound = scale is not None and max(scores, default=ONE) <= scale <= total
    return (scale if is_bound else total) or ONE


def _true_false(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    public, secret = _choice(item)
    sides = [_side(item, label) for label in item.responses[0].iter("response_label")]
    if len(secret.letters) != 1 or sorted(sides, key=str) != [False, True]:
        return public, secret
    return PublicQuestion(QuestionType.TRUE_FALSE, ""), QuestionKey(
        truth=sides[LETTERS.index(secret.letters)]
    )


def _side(item: Item, label: Element) -> bool | None:
    words = {label_text(label, item.media).casefold(), str(label.get("ident") or "").casefold()}
    if words & TRUE_WORDS:
        return True
    return False if words & FALSE_WORDS else None


def _ordering(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    response = item.responses[0]
    options = _options(item, response)
    values = order_of(item.element, str(response.get("ident") or "")) or together(
        item.scoring, str(response.get("ident") or "")
    )
    return PublicQuestion(QuestionType.ORDERING, "", options), QuestionKey(
        letters="".join(_letter(item, value) for value in values)
    )


def _matching(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """A list of options per item; options with the same text are one option."""
    texts: dict[str, str] = {}
    for response in item.responses:
        for label in response.iter("response_label"):
            text = material(label, item.media)
            letter = texts.setdefault(text, LETTERS[len(texts)] if len(texts) < MAX_OPTIONS else "")
            item.labels.setdefault(str(label.get("ident") or ""), letter)
    items = []
    letters = ""
    for response in item.responses:
        if str(response.get("rcardinality") or "").lower() == "multiple":
            raise Unsupported("response_lid Multiple + response_lid")
        items.append("\n".join(material(one, item.media) for one in response.findall("material")))
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
    if has_open_end(item.scoring):
        item.warnings.append(Message(N_("The ends of a range of right numbers count as right here.")))
    return PublicQuestion(QuestionType.NUMERIC, ""), QuestionKey(numbers=numbers)


def _essay(item: Item) -> tuple[PublicQuestion, QuestionKey]:
    """What is called the solution is what markers compare with."""
    solutions = [
        one for one in item.element.findall("itemfeedback") if one.get("ident") == "solution" and plain(one)
    ]
    reference = built(solutions, item.media, hook(is_fill=False))
    for one in solutions:
        item.element.remove(one)
    return PublicQuestion(QuestionType.ESSAY, ""), QuestionKey(reference=reference)


def _mark(item: Item) -> Decimal | None:
    """points_possible; else what the item says its score can be, unless that is the scale of 100."""
    points = [number(text) for field in POINT_FIELDS for text in item.fields.get(field, [])]
    if "qmd_questiontype" in item.fields:
        points += [number(text) for text in item.fields.get("qmd_weighting", [])]
    stated = next((value for value in points if value is not None and value > 0), None)
    if stated is not None:
        # Blackboard writes 1.000000000000000.
        return Decimal(f"{stated.normalize():f}")
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
        text = built([feedback], item.media, hook(is_fill=False))
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


def _has_things_to_match(item: Item, names: list[str]) -> bool:
    return set(names) == {"response_lid"} and all(one.find("material") is not None for one in item.responses)


FITTING: Mapping[str, Callable[[Item, list[str]], bool]] = {
    "multiple_choice_question": _has_lists(1),
    "true_false_question": _has_lists(1),
    "multiple_answers_question": _has_lists(1),
    "ordering_question": _has_lists(1),
    "matching_question": _has_things_to_match,
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
    "ordering_question": _ordering,
    "matching_question": _matching,
    "fill_in_multiple_blanks_question": read_named_gaps,
    "multiple_dropdowns_question": read_named_gaps,
    "short_answer_question": read_blanks,
    "numerical_question": _numeric,
    "essay_question": _essay,
}
