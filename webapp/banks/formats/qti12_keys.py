"""QTI 1.2: what the conditions of an item say is right, and what it is worth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from webapp.banks.formats.qti2_model import Element, Unsupported, number
from webapp.banks.rules.schema import Blank, NumberRange
from webapp.core.words import N_, Message

ZERO, ONE = Decimal(0), Decimal(1)
CANVAS_SCALE = Decimal(100)
TESTS = frozenset({"varequal", "varsubstring", "vargte", "varlte", "vargt", "varlt"})


@dataclass(frozen=True)
class Test:
    """One comparison. group: the element it stands in, for what belongs together."""

    kind: str
    response: str
    value: str
    is_negated: bool
    is_case_sensitive: bool
    group: Element


@dataclass(frozen=True)
class Condition:
    """One respcondition. score: what it gives, 0 when it only shows feedback. links: the feedback it shows."""

    tests: tuple[Test, ...]
    score: Decimal
    links: tuple[str, ...]

    def values(self, response: str) -> tuple[str, ...]:
        """The values asked for, without those that must not be given."""
        return tuple(
            test.value
            for test in self.tests
            if test.response == response and test.kind == "varequal" and not test.is_negated
        )


@dataclass(frozen=True)
class Scoring:
    """The conditions of an item. scale: the score of a right answer where the item states it."""

    conditions: tuple[Condition, ...]
    scale: Decimal | None

    @property
    def giving(self) -> tuple[Condition, ...]:
        """The conditions of the key: those that give a score."""
        return tuple(condition for condition in self.conditions if condition.score > 0)


def scoring_of(item: Element) -> Scoring:
    """The conditions of an item (names without namespace)."""
    maxima = [number(one.get("maxvalue")) for one in item.iter("decvar")]
    scale = next((value for value in maxima if value is not None and value > 0), None)
    found = tuple(_condition(one, scale or CANVAS_SCALE) for one in item.iter("respcondition"))
    return Scoring(found, scale)


def _condition(element: Element, full: Decimal) -> Condition:
    tests: list[Test] = []
    for variables in element.findall("conditionvar"):
        tests += _tests(variables, is_negated=False)
    # Blackboard writes SCORE.max for all of it.
    values = [(setting.text or "").strip() for setting in element.findall("setvar")]
    scores = [full if value.lower().endswith(".max") else number(value) for value in values]
    known = [score for score in scores if score is not None]
    links = tuple(str(one.get("linkrefid") or "") for one in element.findall("displayfeedback"))
    return Condition(tuple(tests), max(known, key=abs, default=ZERO), links)


def _tests(element: Element, is_negated: bool) -> Iterator[Test]:
    children = list(element)
    if all(child.get("index") for child in children):
        children.sort(key=lambda child: number(child.get("index")) or ZERO)
    for child in children:
        name = str(child.tag)
        if name in {"and", "or", "not"}:
            yield from _tests(child, is_negated != (name == "not"))
        elif name in TESTS:
            value = "".join(piece for piece in child.itertext() if isinstance(piece, str)).strip()
            is_exact = str(child.get("case") or "").strip().lower() == "yes"
            yield Test(name, str(child.get("respident") or ""), value, is_negated, is_exact, element)


def option_scores(scoring: Scoring, response: str) -> dict[str, Decimal]:
    """What each option brings by itself: conditions that look at one option only."""
    scores: dict[str, Decimal] = {}
    for condition in scoring.conditions:
        values = condition.values(response)
        if len(values) == 1 and condition.score and not any(test.is_negated for test in condition.tests):
            scores[values[0]] = condition.score
    return scores


def together(scoring: Scoring, response: str) -> tuple[str, ...]:
    """The options of a condition that wants several of them, or some and not others; () for none."""
    for condition in scoring.giving:
        values = condition.values(response)
        is_whole = len(values) > 1 or any(test.is_negated for test in condition.tests)
        if values and is_whole:
            return tuple(dict.fromkeys(values))
    return ()


def order_of(item: Element, response: str) -> tuple[str, ...]:
    """The order that tests of one place each say: the place as index, or the label with its place as value."""
    labels = {str(one.get("ident") or "") for one in item.iter("response_label")}
    places: dict[str, Decimal] = {}
    for test in item.iter("varequal"):
        name, value = str(test.get("respident") or ""), (test.text or "").strip()
        if name == response and test.get("index"):
            option, place = value, number(test.get("index"))
        else:
            option, place = name, number(value)
        if option not in labels or place is None:
            continue
        if places.setdefault(option, place) != place:
            return ()
    is_whole = set(places) == labels and len(set(places.values())) == len(places)
    return tuple(sorted(places, key=lambda name: places[name])) if is_whole else ()


def has_open_end(scoring: Scoring) -> bool:
    """Whether a right number must be more or less than a bound: here the bound itself is right too."""
    return any(test.kind in {"vargt", "varlt"} for condition in scoring.giving for test in condition.tests)


def numbers_of(scoring: Scoring, response: str) -> tuple[NumberRange, ...]:
    """The right numbers. A single number inside a range with the same share adds nothing."""
    found: list[NumberRange] = []
    most = max((condition.score for condition in scoring.giving), default=ONE)
    for condition in scoring.giving:
        groups: dict[Element, list[Test]] = {}
        for test in condition.tests:
            if test.response == response and not test.is_negated:
                groups.setdefault(test.group, []).append(test)
        for tests in groups.values():
            found += _ranges(tests, condition.score / most)
    found = list(dict.fromkeys(found))
    return tuple(
        one
        for index, one in enumerate(found)
        if one.low != one.high or not any(_holds(other, one) for other in found[:index] + found[index + 1 :])
    )


def _holds(wide: NumberRange, narrow: NumberRange) -> bool:
    is_wider = wide.low < wide.high
    return is_wider and wide.share == narrow.share and wide.low <= narrow.low <= narrow.high <= wide.high


def _ranges(tests: list[Test], share: Decimal) -> Iterator[NumberRange]:
    bounds: dict[str, Decimal] = {}
    for test in tests:
        value = number(test.value)
        if value is None or test.kind == "varsubstring":
            reason = Message(
                N_("“%(value)s” is no number or range that can be held."), {"value": test.value[:80]}
            )
            raise Unsupported(test.value, reason, "not-a-number")
        if test.kind == "varequal":
            yield NumberRange(value, value, share)
        else:
            bounds["low" if test.kind in {"vargte", "vargt"} else "high"] = value
    if len(bounds) == 1:
        reason = Message(N_("The range of right numbers has only one end."))
        raise Unsupported(next(iter(bounds)), reason, "not-a-number")
    if bounds:
        yield NumberRange(bounds["low"], bounds["high"], share)


def blank_of(scoring: Scoring, response: str, texts: Mapping[str, str]) -> Blank:
    """The accepted answers of one blank. texts: of the list it is picked from, by identifier."""
    values: dict[str, Decimal] = {}
    is_pattern = False
    for condition in scoring.giving:
        for test in condition.tests:
            if test.response != response or test.is_negated or test.kind not in {"varequal", "varsubstring"}:
                continue
            text = texts.get(test.value, test.value)
            if test.kind == "varsubstring":
                text, is_pattern = f"*{text}*", True
            if text:
                values[text] = max(condition.score, values.get(text, ZERO))
    full = max(values.values(), default=ONE)
    accepted = tuple(text for text, value in values.items() if value == full)
    partial = tuple((text, value / full) for text, value in values.items() if value < full)
    return Blank(accepted, full, partial=partial, is_pattern=is_pattern)


def is_case_sensitive(scoring: Scoring) -> bool:
    """Whether the case of texts counts in any condition of the key."""
    return any(test.is_case_sensitive for condition in scoring.giving for test in condition.tests)


def wants_all(scoring: Scoring) -> bool:
    """Whether one condition looks at several responses: then all of them must be right."""
    return any(len({test.response for test in condition.tests}) > 1 for condition in scoring.giving)
