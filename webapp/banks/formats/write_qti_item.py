"""One question as an assessmentItem, in the names of QTI 2.1; `write_qti.py` gives it those of 3.0."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from webapp.banks.formats.sanitise import to_plain
from webapp.banks.formats.write_qti_text import Element, element, legal, rich
from webapp.banks.rules.schema import (
    LETTERS,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    media_token,
)

ONE = Decimal(1)
RULES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
BY_KEY = frozenset(
    {
        QuestionType.SINGLE,
        QuestionType.MULTIPLE,
        QuestionType.TRUE_FALSE,
        QuestionType.MATCHING,
        QuestionType.ORDERING,
    }
)
SIDES = (("true", "正确"), ("false", "错误"))


@dataclass(frozen=True)
class Asked:
    """One question of an item, or one part of a passage. name: of its response; worth: its whole mark."""

    public: PublicQuestion
    secret: QuestionKey
    name: str
    worth: Decimal

    @property
    def responses(self) -> list[str]:
        """The responses: one a blank, else one."""
        if self.public.type == QuestionType.FILL:
            count = len(self.secret.blanks)
            return [f"{self.name}_{number}" for number in range(1, count + 1)] if count > 1 else [self.name]
        return [self.name]


def item_element(question: Question, identifier: str) -> Element:
    """The item: declarations, body, processing, feedback."""
    public, secret = question.public, question.secret
    scale = question.mark if question.mark is not None else ONE
    if public.type == QuestionType.PASSAGE:
        asked = [
            Asked(part, key, f"RESPONSE_{number}", weight)
            for number, (part, key, weight) in enumerate(
                zip(public.parts, secret.parts, secret.part_weights, strict=True), start=1
            )
        ]
    else:
        asked = [Asked(public, secret, "RESPONSE", scale)]
    title = " ".join(to_plain(public.stem).split())[:80]
    root = element(
        "assessmentItem", identifier=identifier, title=title, adaptive="false", timeDependent="false"
    )
    for child in chain(
        *(map(_declarations, asked)),
        _outcomes(question, asked),
        [_body(question, asked)],
        _processing(asked, scale),
    ):
        root.append(child)
    for name, text in _explanations(question):
        feedback = rich("p", text)
        root.append(
            element(
                "modalFeedback", element("contentBody", feedback),
                outcomeIdentifier="FEEDBACK", identifier=name, showHide="show",
            )
        )  # fmt: skip
    return root


def _explanations(question: Question) -> Iterator[tuple[str, str]]:
    if question.secret.explanation:
        yield "explanation", question.secret.explanation
    for number, key in enumerate(question.secret.parts, start=1):
        if key.explanation:
            yield f"explanation_{number}", key.explanation


def _outcomes(question: Question, asked: list[Asked]) -> Iterator[Element]:
    zero = element("defaultValue", element("value", "0"))
    yield element("outcomeDeclaration", zero, identifier="SCORE", cardinality="single", baseType="float")
    most = element("outcomeDeclaration", identifier="MAXSCORE", cardinality="single", baseType="float")
    if question.mark is None:
        # The bank leaves the mark to the paper.
        most.set("interpretation", "open")
    else:
        most.append(element("defaultValue", element("value", _plain(question.mark))))
    yield most
    if question.public.type == QuestionType.PASSAGE:
        for one in asked:
            value = element("defaultValue", element("value", _plain(one.worth)))
            name = f"MAXSCORE_{one.responses[0]}"
            yield element(
                "outcomeDeclaration", value, identifier=name, cardinality="single", baseType="float"
            )
    names = [name for name, _ in _explanations(question)]
    if names:
        # Shown as soon as the item is closed, whatever was answered.
        shown = element("defaultValue", *(element("value", name) for name in names))
        yield element(
            "outcomeDeclaration", shown, identifier="FEEDBACK", cardinality="multiple", baseType="identifier"
        )


def _plain(number: Decimal) -> str:
    """A number without an exponent and without noughts at its end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _product(first: Decimal, second: Decimal) -> Decimal:
    """Exact, however many digits the two have."""
    sign, digits, exponent = first.as_tuple()
    other_sign, other_digits, other_exponent = second.as_tuple()
    assert isinstance(exponent, int)
    assert isinstance(other_exponent, int)
    whole = int("".join(map(str, digits))) * int("".join(map(str, other_digits)))
    return Decimal((sign ^ other_sign, tuple(map(int, str(whole))), exponent + other_exponent))


def _declarations(asked: Asked) -> Iterator[Element]:
    public, secret = asked.public, asked.secret
    match public.type:
        case QuestionType.FILL:
            for index, name in enumerate(asked.responses):
                yield _blank_declaration(asked, index, name)
        case QuestionType.NUMERIC:
            best = max(secret.numbers, key=lambda one: one.share, default=None)
            yield _declaration(asked.name, "single", "float", [] if best is None else [str(best.low)])
        case QuestionType.ESSAY:
            yield _declaration(asked.name, "single", "string", [])
        case QuestionType.MATCHING:
            pairs = [f"I{number} {letter}" for number, letter in enumerate(secret.letters, start=1)]
            yield _declaration(asked.name, "multiple", "directedPair", pairs)
        case QuestionType.TRUE_FALSE:
            yield _declaration(asked.name, "single", "identifier", ["true" if secret.truth else "false"])
        case kind:
            cardinality = {QuestionType.SINGLE: "single", QuestionType.ORDERING: "ordered"}.get(
                kind, "multiple"
            )
            made = _declaration(asked.name, cardinality, "identifier", list(secret.letters))
            if secret.weights:
                worths = {letter: _product(share, asked.worth) for letter, share in secret.weights.items()}
                made.append(_mapping(worths, lowerBound="0", upperBound=_plain(asked.worth)))
            yield made


def _declaration(name: str, cardinality: str, kind: str, right: list[str]) -> Element:
    made = element("responseDeclaration", identifier=name, cardinality=cardinality, baseType=kind)
    if right:
        made.append(element("correctResponse", *(element("value", value) for value in right)))
    return made


def _mapping(worths: dict[str, Decimal], is_case_sensitive: bool | None = None, **bounds: str) -> Element:
    mapping = element("mapping", defaultValue="0", **bounds)
    for key, worth in worths.items():
        entry = element("mapEntry", mapKey=key, mappedValue=_plain(worth))
        if is_case_sensitive is not None:
            entry.set("caseSensitive", "true" if is_case_sensitive else "false")
        mapping.append(entry)
    return mapping


def _blank_declaration(asked: Asked, index: int, name: str) -> Element:
    blank = asked.secret.blanks[index]
    texts = asked.public.choices[index] if index < len(asked.public.choices) else ()
    worths = dict.fromkeys(blank.accepted, blank.weight)
    worths |= {text: _product(share, blank.weight) for text, share in blank.partial}
    if texts:
        names = {text: f"C{number}" for number, text in reversed(list(enumerate(texts, start=1)))}
        worths = {names[text]: worth for text, worth in worths.items() if text in names}
    made = _declaration(name, "single", "identifier" if texts else "string", list(worths)[:1])
    made.append(_mapping(worths, asked.secret.fill.case_sensitive))
    return made


def _body(question: Question, asked: list[Asked]) -> Element:
    public = question.public
    body = element("itemBody")
    if public.picture:
        body.append(
            element(
                "div", rich("p", media_token(public.picture, public.picture_alt)), class_="question-picture"
            )
        )
    if public.type != QuestionType.PASSAGE:
        for block in _blocks(asked[0]):
            body.append(block)
        return body
    body.set("class", "passage")
    body.append(element("div", rich("p", public.stem)))
    for part in asked:
        body.append(element("div", *_blocks(part), class_="part"))
    return body


def _blocks(asked: Asked) -> Iterator[Element]:
    public, secret = asked.public, asked.secret
    if public.type == QuestionType.FILL:
        yield rich("p", public.stem, iter([_place(asked, index) for index in range(len(asked.responses))]))
        return
    yield rich("p", public.stem)
    match public.type:
        case QuestionType.NUMERIC:
            yield element("p", element("textEntryInteraction", responseIdentifier=asked.name))
        case QuestionType.ESSAY:
            yield element("extendedTextInteraction", responseIdentifier=asked.name)
            if secret.reference or secret.keywords:
                yield _rubric(secret)
        case QuestionType.MATCHING:
            yield _match(asked)
        case QuestionType.ORDERING:
            choices = [
                rich("simpleChoice", text, identifier=letter) for letter, text in _lettered(public.options)
            ]
            yield element("orderInteraction", *choices, responseIdentifier=asked.name, shuffle="false")
        case QuestionType.TRUE_FALSE:
            choices = [element("simpleChoice", text, identifier=name) for name, text in SIDES]
            yield _choice(asked, choices, "1", class_="true-false")
        case kind:
            choices = [
                rich("simpleChoice", text, identifier=letter) for letter, text in _lettered(public.options)
            ]
            yield _choice(asked, choices, "1" if kind == QuestionType.SINGLE else "0")


def _lettered(texts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(LETTERS, texts, strict=False)


def _choice(asked: Asked, choices: list[Element], most: str, **attributes: str) -> Element:
    return element(
        "choiceInteraction", *choices,
        responseIdentifier=asked.name, shuffle="false", maxChoices=most, **attributes,
    )  # fmt: skip


def _place(asked: Asked, index: int) -> Element:
    name, choices = asked.responses[index], asked.public.choices
    if index >= len(choices) or not choices[index]:
        return element("textEntryInteraction", responseIdentifier=name)
    options = [
        element("inlineChoice", legal(text), identifier=f"C{number}")
        for number, text in enumerate(choices[index], start=1)
    ]
    return element("inlineChoiceInteraction", *options, responseIdentifier=name, shuffle="false")


def _match(asked: Asked) -> Element:
    public = asked.public
    items = [
        rich("simpleAssociableChoice", text, identifier=f"I{number}", matchMax="1")
        for number, text in enumerate(public.items, start=1)
    ]
    options = [
        rich("simpleAssociableChoice", text, identifier=letter, matchMax="0")
        for letter, text in _lettered(public.options)
    ]
    sets = element("simpleMatchSet", *items), element("simpleMatchSet", *options)
    return element(
        "matchInteraction", *sets, responseIdentifier=asked.name, shuffle="false", maxAssociations="0"
    )


def _rubric(secret: QuestionKey) -> Element:
    body = element("contentBody")
    if secret.reference:
        body.append(rich("p", secret.reference))
    if secret.keywords:
        body.append(element("ul", *(rich("li", word) for word in secret.keywords), class_="keywords"))
    return element("rubricBlock", body, view="scorer")


def _processing(asked: list[Asked], scale: Decimal) -> Iterator[Element]:
    """A standard template where one says it all, else conditions that add up to SCORE."""
    first = asked[0]
    kind, secret = first.public.type, first.secret
    if len(asked) == 1 and kind == QuestionType.ESSAY:
        return
    if len(asked) == 1 and first.name == "RESPONSE" and len(first.responses) == 1:
        is_mapped = bool(secret.weights) or (kind == QuestionType.FILL and secret.blanks[0].weight == scale)
        if is_mapped or (kind in BY_KEY and scale == 1):
            name = "map_response" if is_mapped else "match_correct"
            yield element("responseProcessing", template=f"{RULES}{name}")
            return
    processing = element("responseProcessing")
    for one in asked:
        for rule in _rules(one):
            processing.append(rule)
    yield processing


def _rules(asked: Asked) -> Iterator[Element]:
    kind, secret = asked.public.type, asked.secret
    if kind in BY_KEY and not secret.weights:
        test = element("match", _variable(asked.name), element("correct", identifier=asked.name))
        yield element("responseCondition", element("responseIf", test, _adding(_float(asked.worth))))
    elif kind in BY_KEY:
        yield _adding(element("mapResponse", identifier=asked.name))
    elif kind == QuestionType.FILL:
        total = sum((blank.weight for blank in secret.blanks), Decimal(0)) or ONE
        earned = element("sum", *(element("mapResponse", identifier=name) for name in asked.responses))
        yield _adding(element("product", _float(asked.worth / total), earned))
    elif kind == QuestionType.NUMERIC:
        condition = element("responseCondition")
        for number, one in enumerate(secret.numbers):
            low = element("gte", _variable(asked.name), _float(one.low))
            high = element("lte", _variable(asked.name), _float(one.high))
            adding = _adding(_float(_product(one.share, asked.worth)))
            tag = "responseElseIf" if number else "responseIf"
            condition.append(element(tag, element("and", low, high), adding))
        yield condition


def _variable(name: str) -> Element:
    return element("variable", identifier=name)


def _float(value: Decimal) -> Element:
    return element("baseValue", str(value), baseType="float")


def _adding(value: Element) -> Element:
    return element("setOutcomeValue", element("sum", _variable("SCORE"), value), identifier="SCORE")
