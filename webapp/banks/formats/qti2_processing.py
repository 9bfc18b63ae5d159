"""How a QTI 2 or 3 item is marked: what of it a bank can hold, and what must be refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from webapp.banks.formats.qti2_model import Declaration, Element, Item, Unsupported, is_true, number
from webapp.banks.rules.schema import NumberRange
from webapp.core.words import N_, Message

NUMERIC = frozenset({"float", "integer"})
_TESTS = frozenset(
    [
        "match",
        "stringMatch",
        "variable",
        "correct",
        "isNull",
        "not",
        "and",
        "mapResponse",
        "sum",
        "product",
        "gt",
        "gte",
        "lt",
        "lte",
        "equal",
        "baseValue",
    ]
)
_VALUES = frozenset(
    ["mapResponse", "variable", "baseValue", "correct", "sum", "product", "subtract", "divide"]
)


@dataclass(frozen=True)
class Branch:
    """One responseIf or responseElseIf that gives a score."""

    test: Element
    score: Element


def is_by_key(item: Item) -> bool:
    """Whether the whole key must be met (match_correct): a mapping is then no weight.

    Raise Unsupported for marking that no key says: accepted sets of its own, patterns, programs."""
    processing = item.root.find("responseProcessing")
    if item.stated or processing is None:
        return item.stated == "whole"
    template = str(processing.get("template") or processing.get("templateLocation") or "")
    if len(processing) == 0:
        if not template or ("map_response" in template and "point" not in template):
            return False
        if "match" in template:
            return True
        raise _custom(template.rsplit("/", 1)[-1])
    _check(item, processing)
    return processing.find(".//mapResponse") is None and processing.find(".//correct") is not None


def _check(item: Item, processing: Element) -> None:
    for branch in branches(item, processing):
        for element in branch.test.iter():
            _check_test(str(element.tag), element)
    for setting in processing.iter("setOutcomeValue"):
        if not _is_score(item, setting):
            continue
        for element in setting.iterdescendants():
            if element.tag not in _VALUES:
                raise _custom(str(element.tag))
    for element in processing.iter("lookupOutcomeValue", "responseProcessingFragment", "include"):
        raise _custom(str(element.tag))


def _check_test(name: str, element: Element) -> None:
    is_part = name == "stringMatch" and is_true(element.get("substring"))
    if (
        is_part
        or name not in _TESTS
        or (name == "baseValue" and element.get("baseType") not in {*NUMERIC, "boolean"})
    ):
        raise _custom(name)


def wants_all(item: Item) -> bool:
    """Whether several responses must all be right for the score."""
    processing = item.root.find("responseProcessing")
    tests = [branch.test for branch in branches(item, processing)] if processing is not None else []
    return any(
        test.tag == "and" and len({_variable(part) for part in test if part.find("correct") is not None}) > 1
        for test in tests
    )


def ignores_case(item: Item) -> bool:
    """Whether texts are compared without their case."""
    compared = list(item.root.iter("stringMatch"))
    return bool(compared) and all(
        (one.get("caseSensitive") or "").strip().lower() == "false" for one in compared
    )


def _custom(kind: str) -> Unsupported:
    reason = Message(
        N_("The marking of this question is a program of its own (%(kind)s), which is not supported."),
        {"kind": kind},
    )
    return Unsupported(kind, reason)


def _is_score(item: Item, setting: Element) -> bool:
    outcome = item.outcomes.get(str(setting.get("identifier")))
    return setting.get("identifier") == "SCORE" or (
        outcome is not None and outcome.get("baseType") in NUMERIC
    )


def branches(item: Item, processing: Element) -> Iterator[Branch]:
    """The branches that set a score, with their tests."""
    for branch in processing.iter("responseIf", "responseElseIf"):
        scores = [setting for setting in branch.findall("setOutcomeValue") if _is_score(item, setting)]
        nested = branch.find("responseCondition") is not None
        if len(branch) and (scores or nested):
            yield Branch(branch[0], scores[0] if scores else branch)


def ranges(item: Item, declaration: Declaration) -> tuple[NumberRange, ...]:
    """The numbers that are right, with what share. Raise Unsupported for tests that are no range."""
    processing = item.root.find("responseProcessing")
    full = item.outcome(f"MAXSCORE_{declaration.identifier}")
    full = full or (Decimal(1) if item.is_open else item.outcome("MAXSCORE"))
    found: list[tuple[Decimal, Decimal, Decimal | None]] = []
    if processing is not None and len(processing):
        for branch in branches(item, processing):
            if _variable(branch.test) == declaration.identifier and branch.test.tag != "isNull":
                found.append((*_range(branch.test, declaration), _score(branch.score)))
    if not found:
        return _mapped(declaration)
    most = full or max((score for *_, score in found if score is not None), default=Decimal(1)) or Decimal(1)
    return tuple(
        NumberRange(
            low, high, Decimal(1) if score is None else min(max(score / most, Decimal(0)), Decimal(1))
        )
        for low, high, score in found
        if score is None or score >= 0
    )


def _mapped(declaration: Declaration) -> tuple[NumberRange, ...]:
    values = {text: value for text, value in declaration.values.items() if value > 0}
    most = max(values.values(), default=Decimal(1))
    shares = [
        (text, values.get(text, most) / most) for text in dict.fromkeys([*declaration.correct, *values])
    ]
    numbers = ((number(text), share) for text, share in shares)
    return tuple(NumberRange(value, value, share) for value, share in numbers if value is not None)


def _variable(test: Element) -> str:
    """The response variable that a test looks at."""
    return next((str(variable.get("identifier")) for variable in test.iter("variable", "mapResponse")), "")


def _score(setting: Element) -> Decimal | None:
    """What a branch gives; None for all of it."""
    value = setting.find(".//baseValue")
    return number(value.text) if value is not None else None


def _range(test: Element, declaration: Declaration) -> tuple[Decimal, Decimal]:
    if test.tag in {"match", "equal"} and len(test) == 2:
        middle = _constant(test[1], declaration)
        below, above = _tolerance(test, middle)
        return middle - below, middle + above
    is_between = test.tag == "and" and [child.tag for child in test] == ["gte", "lte"]
    if is_between and all(len(child) == 2 and child[0].tag == "variable" for child in test):
        return _constant(test[0][1], declaration), _constant(test[1][1], declaration)
    raise _custom(str(test.tag))


def _constant(element: Element, declaration: Declaration) -> Decimal:
    text = declaration.correct[0] if element.tag == "correct" and declaration.correct else element.text
    value = number(text)
    if element.tag not in {"baseValue", "correct"} or value is None:
        raise _custom(str(element.tag))
    return value


def _tolerance(test: Element, middle: Decimal) -> tuple[Decimal, Decimal]:
    mode = test.get("toleranceMode") or "exact"
    if mode == "exact":
        return Decimal(0), Decimal(0)
    parts = [number(part) for part in str(test.get("tolerance") or "").split()]
    values = [part for part in parts if part is not None]
    if not values or len(values) != len(parts):
        raise _custom("tolerance")
    below, above = values[0], values[-1]
    if mode == "relative":
        return abs(middle) * below / 100, abs(middle) * above / 100
    return below, above
