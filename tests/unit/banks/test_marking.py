"""Marking: the five rules, true/false, fill-ins, and what holds for every answer."""

import json
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.banks.rules.marking import MarkingPolicy, MarkingRule, mark
from webapp.banks.rules.schema import Blank, FillRules, PublicQuestion, QuestionKey, QuestionType

OPTIONS = ("甲", "乙", "丙", "丁", "戊")
SINGLE = PublicQuestion(QuestionType.SINGLE, "题干", OPTIONS[:4])
MULTIPLE = PublicQuestion(QuestionType.MULTIPLE, "题干", OPTIONS)
TRUE_FALSE = PublicQuestion(QuestionType.TRUE_FALSE, "题干")
TWO = Decimal(2)


def fill(
    *accepted: tuple[str, ...], rules: FillRules | None = None, tolerance: str | None = None
) -> tuple[PublicQuestion, QuestionKey]:
    blanks = tuple(
        Blank(texts, tolerance=None if tolerance is None else Decimal(tolerance)) for texts in accepted
    )
    return PublicQuestion(QuestionType.FILL, "____", blanks=len(blanks)), QuestionKey(
        blanks=blanks, fill=rules or FillRules()
    )


def value(
    question: PublicQuestion, key: QuestionKey, answer: object, policy: MarkingPolicy | None = None
) -> Decimal:
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return mark(question, key, text, policy or MarkingPolicy(TWO)).value


@pytest.mark.parametrize(
    ("answer", "expected"), [("B", 2), ("b", 2), ("A", 0), ("", 0), ("AB", 0), ("Z", 0), ("乙", 0)]
)
def test_single_choice(answer: str, expected: int) -> None:
    assert value(SINGLE, QuestionKey(letters="B"), answer) == expected


@pytest.mark.parametrize(
    ("rule", "answer", "expected"),
    [
        (MarkingRule.ALL_OR_NOTHING, "ACD", "2"),
        (MarkingRule.ALL_OR_NOTHING, "AC", "0"),
        (MarkingRule.HALF_FOR_SUBSET, "AC", "1"),
        (MarkingRule.HALF_FOR_SUBSET, "A", "1"),
        (MarkingRule.HALF_FOR_SUBSET, "AB", "0"),
        (MarkingRule.HALF_FOR_SUBSET, "ABCD", "0"),
        (MarkingRule.PER_PICK, "A", "0.5"),
        (MarkingRule.PER_PICK, "AC", "1.0"),
        (MarkingRule.PER_PICK, "ACD", "2"),
        (MarkingRule.PER_PICK, "AE", "0"),
        (MarkingRule.PROPORTIONAL, "ACD", "2"),
        (MarkingRule.PROPORTIONAL, "AB", "0"),
    ],
)
def test_multiple_choice_by_rule(rule: MarkingRule, answer: str, expected: str) -> None:
    policy = MarkingPolicy(TWO, rule, per_pick=Decimal("0.5"))
    assert value(MULTIPLE, QuestionKey(letters="ACD"), answer, policy) == Decimal(expected)


def test_proportional_share_is_exact() -> None:
    policy = MarkingPolicy(Decimal(3), MarkingRule.PROPORTIONAL)
    assert value(MULTIPLE, QuestionKey(letters="ACD"), "AC", policy) == TWO


def test_weights_have_a_floor_of_zero_and_a_cap_of_full() -> None:
    key = QuestionKey(letters="AB", weights={"A": Decimal("0.5"), "B": Decimal("0.5"), "C": Decimal("-1")})
    policy = MarkingPolicy(TWO, MarkingRule.WEIGHTS)
    assert value(MULTIPLE, key, "A", policy) == 1
    assert value(MULTIPLE, key, "AC", policy) == 0
    assert value(MULTIPLE, key, "AB", policy) == 2


@pytest.mark.parametrize(("answer", "expected"), [("T", "2"), ("F", "-0.5"), ("", "0"), ("yes", "0")])
def test_true_false_with_a_deduction(answer: str, expected: str) -> None:
    policy = MarkingPolicy(TWO, wrong_true_false=Decimal("-0.5"))
    assert value(TRUE_FALSE, QuestionKey(truth=True), answer, policy) == Decimal(expected)


@pytest.mark.parametrize(
    ("given_texts", "expected"),
    [
        (["安全第一", "预防为主"], 2),
        (["安全 第一", "预防"], 2),
        (["安全第一", ""], 1),
        (["预防为主", "安全第一"], 0),
        (["", ""], 0),
        (["安全第一"], 1),
        (["安全第一", "预防为主", "多余"], 2),
    ],
)
def test_fill_in_order(given_texts: list[str], expected: int) -> None:
    question, key = fill(("安全第一",), ("预防为主", "预防"))
    assert value(question, key, given_texts) == expected


def test_fill_ignores_width_case_and_spaces_unless_told() -> None:
    question, key = fill(("pH7",))
    assert value(question, key, ["ＰＨ ７"]) == 2
    question, key = fill(("pH7",), rules=FillRules(case_sensitive=True))
    assert value(question, key, ["PH7"]) == 0


def test_fill_in_any_order_uses_each_answer_once() -> None:
    shared = ("甲", "乙")
    question, key = fill(shared, shared, rules=FillRules(any_order=True))
    assert value(question, key, ["乙", "甲"]) == 2
    assert value(question, key, ["甲", "甲"]) == 1
    question, key = fill(("甲",), ("甲", "乙"), rules=FillRules(any_order=True))
    assert value(question, key, ["乙", "甲"]) == 2


def test_fill_with_all_blanks_needed() -> None:
    question, key = fill(("一",), ("二",), rules=FillRules(all_needed=True))
    assert value(question, key, ["一", "三"]) == 0
    assert value(question, key, ["一", "二"]) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10", 2), ("10.4", 2), ("10.5", 2), ("10.6", 0), ("9.5", 2), ("NaN", 0), ("十", 0)],
)
def test_fill_with_a_tolerance(text: str, expected: int) -> None:
    question, key = fill(("10",), tolerance="0.5")
    assert value(question, key, [text]) == expected


@pytest.mark.parametrize("garbage", ["{", "[1]", '{"a": 1}', "null", "[" * 5000, "\x00", '["a"'])
def test_garbage_is_wrong_and_never_an_error(garbage: str) -> None:
    question, key = fill(("一",))
    result = mark(question, key, garbage, MarkingPolicy(TWO))
    assert result.value == 0
    assert not result.is_readable


@given(
    rule=st.sampled_from(list(MarkingRule)),
    key=st.sets(st.sampled_from("ABCDE"), min_size=1),
    answer=st.text("ABCDEFZ ", max_size=7),
    full=st.decimals("0.01", "100", places=2),
)
def test_every_mark_lies_between_nothing_and_full(
    rule: MarkingRule, key: set[str], answer: str, full: Decimal
) -> None:
    policy = MarkingPolicy(full, rule, per_pick=full / 4)
    result = mark(MULTIPLE, QuestionKey(letters="".join(sorted(key))), answer, policy)
    assert 0 <= result.value <= full
    assert (result.value == full) == result.is_right or rule == MarkingRule.PER_PICK


@pytest.mark.parametrize(
    "rule", [MarkingRule.HALF_FOR_SUBSET, MarkingRule.PER_PICK, MarkingRule.PROPORTIONAL]
)
def test_more_right_picks_never_bring_less(rule: MarkingRule) -> None:
    policy = MarkingPolicy(TWO, rule, per_pick=Decimal("0.5"))
    key = QuestionKey(letters="ABCD")
    for size in range(1, 4):
        for smaller in combinations("ABCD", size):
            for letter in set("ABCD") - set(smaller):
                larger = "".join(sorted({*smaller, letter}))
                assert value(MULTIPLE, key, larger, policy) >= value(MULTIPLE, key, "".join(smaller), policy)
