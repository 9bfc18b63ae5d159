"""Keys of QTI 2 that stand in the marking alone: programs that rewrite QTI 1.2 declare no right response and
compare with each value instead."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from webapp.banks.formats.qti2_model import Declaration, Element, Entry, Item, is_true, number
from webapp.banks.formats.qti2_processing import branches

BY_VALUE, WHOLE = "by value", "whole"
TYPED = frozenset({"string"})


@dataclass(frozen=True)
class _Test:
    """One comparison of a response with a value."""

    response: str
    value: str
    is_case_sensitive: bool | None


def with_stated_keys(item: Item) -> None:
    """Give responses without a key the one that the marking states, where all of it is of that simple kind."""
    without = {name: one for name, one in item.declarations.items() if not one.correct and not one.entries}
    processing = item.root.find("responseProcessing")
    asked = [str(one.get("responseIdentifier") or "") for one in item.body.iter() if _is_interaction(one)]
    if processing is None or not asked or any(name not in without for name in asked):
        return
    found: dict[str, Declaration] = {}
    ways = set()
    for branch in branches(item, processing):
        if not set(asked) & {str(one.get("identifier")) for one in branch.test.iter("variable")}:
            continue
        score = _score(branch.score)
        whole, tests = _whole(branch.test), list(_alternatives(branch.test))
        if score is None or (not whole and not tests) or (whole and score <= 0):
            return
        for test in whole or tests:
            if test.response not in without:
                return
            if whole and test is whole[0] and test.response in found:
                return
            known = found.setdefault(test.response, without[test.response])
            if whole:
                known = replace(known, correct=(*known.correct, test.value))
            else:
                known = replace(
                    known, entries=(*known.entries, Entry(test.value, score, test.is_case_sensitive))
                )
            found[test.response] = known
        ways.add(WHOLE if whole else BY_VALUE)
    if len(ways) != 1 or set(found) != set(asked) or not all(one.right for one in found.values()):
        return
    item.declarations.update(found)
    item.stated = ways.pop()
    for one in item.body.iter("extendedTextInteraction"):
        if found[str(one.get("responseIdentifier") or "")].base_type in TYPED:
            one.tag = "textEntryInteraction"


def _is_interaction(element: Element) -> bool:
    return str(element.tag).endswith("Interaction")


def _score(setting: Element) -> Decimal | None:
    """What a branch gives: a value, alone or added to the score."""
    values = [number(one.text) for one in setting.iter("baseValue")]
    known = {str(one.tag) for one in setting.iterdescendants()}
    if setting.tag != "setOutcomeValue" or len(values) != 1 or not known <= {"baseValue", "sum", "variable"}:
        return None
    return values[0]


def _alternatives(test: Element) -> Iterator[_Test]:
    """Tests of which each gives the score; nothing when one of them is of another kind."""
    parts = list(test) if test.tag == "or" else [test]
    tests = [_comparison(part) for part in parts]
    if all(tests):
        yield from (one for one in tests if one is not None)


def _whole(test: Element) -> list[_Test]:
    """Values that must all be given, and no others: a match with a set, or members beside what is no member."""
    if test.tag == "match" and len(test) == 2 and {str(one.tag) for one in test} == {"variable", "multiple"}:
        response = str(test.findall("variable")[0].get("identifier"))
        return [_Test(response, (one.text or "").strip(), None) for one in test.iter("baseValue")]
    if test.tag != "and" or len(test) < 2:
        return []
    wanted = [_comparison(part) for part in test if part.tag == "member"]
    others = [part for part in test if part.tag != "member"]
    if not all(one.tag == "not" and len(one) == 1 and _comparison(one[0]) for one in others):
        return []
    return [one for one in wanted if one is not None]


def _comparison(test: Element) -> _Test | None:
    if test.tag not in {"match", "member", "stringMatch"} or len(test) != 2 or is_true(test.get("substring")):
        return None
    variable, value = test.find("variable"), test.find("baseValue")
    if variable is None or value is None or not (value.text or "").strip():
        return None
    said = test.get("caseSensitive")
    response = str(variable.get("identifier"))
    return _Test(response, (value.text or "").strip(), None if said is None else is_true(said))
