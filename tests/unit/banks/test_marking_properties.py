"""What marking keeps for every question, key and answer, sensible or not."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.banks.strategies import (
    anything,
    fills,
    fulls,
    matchings,
    multiples,
    numerics,
    orderings,
    passages,
    policies,
    right_answer,
    words,
)
from webapp.banks.rules.marking import MarkingPolicy, MarkingRule, mark
from webapp.banks.rules.schema import (
    LETTERS,
    Blank,
    PublicQuestion,
    QuestionKey,
    QuestionType,
)
from webapp.banks.rules.storage import key_from_json, key_to_json, public_from_json, public_to_json

SUBSET_RULES = (MarkingRule.HALF_FOR_SUBSET, MarkingRule.PER_PICK, MarkingRule.PROPORTIONAL)

garbage = st.one_of(
    st.text(max_size=40),
    st.lists(st.text(max_size=8), max_size=5).map(json.dumps),
    st.sampled_from(
        ["[", "[1]", '["1e999999999"]', '["-1e-999999999"]', '["NaN"]', "[" * 9999, "TT", "AZ", "{}"]
    ),
)


@given(matchings() | orderings(), policies())
def test_everything_in_its_place_earns_the_full_mark(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy
) -> None:
    given_mark = mark(*pair, pair[1].letters, policy)
    assert (given_mark.value, given_mark.is_right) == (policy.full, True)


@given(matchings(), policies(), st.data())
def test_taking_back_a_right_pair_never_raises_the_mark(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(pair[1].letters) - 1))
    fewer = pair[1].letters[:at] + "-" + pair[1].letters[at + 1 :]
    assert mark(*pair, fewer, policy).value <= mark(*pair, pair[1].letters, policy).value


@given(orderings(), fulls, st.data())
def test_an_order_earns_by_its_places_only_where_marks_are_shared_out(
    pair: tuple[PublicQuestion, QuestionKey], full: Decimal, data: st.DataObject
) -> None:
    given_order = "".join(data.draw(st.permutations(pair[1].letters)))
    placed = sum(a == b for a, b in zip(given_order, pair[1].letters, strict=True))
    shared = mark(*pair, given_order, MarkingPolicy(full, MarkingRule.PROPORTIONAL)).value
    assert shared == full * placed / len(given_order)
    assert mark(*pair, given_order, MarkingPolicy(full)).value in {Decimal(0), full}


@given(numerics(), policies(), st.decimals("-120", "120", places=2))
def test_a_number_earns_the_share_of_the_first_range_that_holds_it(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy, number: Decimal
) -> None:
    shares = [one.share for one in pair[1].numbers if one.low <= number <= one.high]
    assert mark(*pair, f" {number} ", policy).value == policy.full * (shares[0] if shares else 0)


@given(passages(), fulls)
def test_a_passage_earns_the_sum_of_its_parts(
    pair: tuple[PublicQuestion, QuestionKey], full: Decimal
) -> None:
    public, key = pair
    total = sum(key.part_weights)
    answers = json.loads(right_answer(public, key))
    expected = sum(
        mark(part, secret, answer, MarkingPolicy(full * weight / total)).value
        for part, secret, answer, weight in zip(
            public.parts, key.parts, answers, key.part_weights, strict=True
        )
    )
    given_mark = mark(public, key, json.dumps(answers), MarkingPolicy(full))
    assert given_mark.value == expected
    assert given_mark.waits == any(part.type is QuestionType.ESSAY for part in public.parts)

    assert public_from_json(json.loads(json.dumps(public_to_json(pair[0])))) == pair[0]


@pytest.mark.parametrize(
    ("pattern", "text", "is_right"),
    [
        ("frog*", "Frogs", True),
        ("*frog", "a frog", True),
        ("f*g*s", "f-g-s", True),
        ("ab*ba", "aba", False),
        ("*", "任何话", True),
        ("a*" * 30 + "b", "a" * 200, False),
    ],
)
def test_a_star_in_a_pattern_stands_for_any_text(pattern: str, text: str, is_right: bool) -> None:
    key = QuestionKey(blanks=(Blank((pattern,), is_pattern=True),))
    public = PublicQuestion(QuestionType.FILL, "题____", blanks=1)
    assert mark(public, key, json.dumps([text]), MarkingPolicy(Decimal(2))).is_right is is_right


def test_a_text_worth_a_share_brings_its_share_of_the_blank() -> None:
    toad = Blank(("frog",), Decimal(1), partial=(("toad", Decimal("0.8")),))
    key = QuestionKey(blanks=(toad, Blank(("pond",), Decimal(3))))
    public = PublicQuestion(QuestionType.FILL, "题________", blanks=2)
    given_mark = mark(public, key, json.dumps(["Toad", "pond"]), MarkingPolicy(Decimal(4)))
    assert (given_mark.value, given_mark.is_right) == (Decimal("3.8"), False)


@given(anything, garbage, policies())
def test_no_answer_raises_and_the_mark_stays_within_its_bounds(
    pair: tuple[PublicQuestion, QuestionKey], answer: str, policy: MarkingPolicy
) -> None:
    given_mark = mark(*pair, answer, policy)
    lowest = policy.wrong_true_false if pair[0].type is QuestionType.TRUE_FALSE else Decimal(0)
    assert lowest <= given_mark.value <= policy.full
    if not given_mark.is_readable or not given_mark.is_answered:
        assert given_mark.value == 0
        assert not given_mark.is_right


@pytest.mark.parametrize("text", ["1e999999999", "-1e999999999999999999", "1e-999999999", "sNaN", "9" * 7000])
def test_numbers_beyond_all_bounds_are_wrong_and_no_error(text: str) -> None:
    key = QuestionKey(blanks=(Blank(("3.5",), tolerance=Decimal("0.5")),))
    public = PublicQuestion(QuestionType.FILL, "题____", blanks=1)
    assert mark(public, key, json.dumps([text]), MarkingPolicy(Decimal(1))).value == 0


@given(anything, policies(), st.sampled_from(["", " ", "\n"]))
def test_nothing_earns_nothing(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy, answer: str
) -> None:
    assert mark(*pair, answer, policy).value == 0


@given(multiples(), policies())
def test_the_whole_key_earns_the_full_mark_under_every_rule(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy
) -> None:
    assert mark(*pair, pair[1].letters, policy).value == policy.full


@given(multiples(), fulls, st.data())
def test_all_or_nothing_gives_all_or_nothing(
    pair: tuple[PublicQuestion, QuestionKey], full: Decimal, data: st.DataObject
) -> None:
    picks = data.draw(st.sets(st.sampled_from(LETTERS[: len(pair[0].options)])))
    assert mark(*pair, "".join(sorted(picks)), MarkingPolicy(full)).value in {Decimal(0), full}


@given(multiples(), policies(), st.sampled_from(SUBSET_RULES), st.data())
def test_one_more_right_pick_never_lowers_the_mark(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy, rule: MarkingRule, data: st.DataObject
) -> None:
    policy = replace(policy, rule=rule)
    picks = data.draw(st.sets(st.sampled_from(pair[1].letters)))
    more = picks | {data.draw(st.sampled_from(pair[1].letters))}
    fewer, greater = (mark(*pair, "".join(sorted(some)), policy).value for some in (picks, more))
    assert fewer <= greater


@given(multiples(), policies(), st.sampled_from(SUBSET_RULES), st.data())
def test_one_wrong_pick_earns_nothing_under_the_subset_rules(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy, rule: MarkingRule, data: st.DataObject
) -> None:
    wrong = set(LETTERS[: len(pair[0].options)]) - set(pair[1].letters)
    if wrong:
        picks = {data.draw(st.sampled_from(sorted(wrong))), pair[1].letters[0]}
        assert mark(*pair, "".join(sorted(picks)), replace(policy, rule=rule)).value == 0


@given(multiples(), policies(), st.data())
def test_order_and_repetition_of_letters_do_not_count(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy, data: st.DataObject
) -> None:
    picks = data.draw(st.lists(st.sampled_from(LETTERS[: len(pair[0].options)]), min_size=1, max_size=8))
    assert mark(*pair, "".join(picks), policy) == mark(*pair, "".join(sorted(set(picks))), policy)


@given(fills(), policies())
def test_the_first_accepted_answers_in_order_are_right(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy
) -> None:
    public, key = pair
    key = replace(key, fill=replace(key.fill, any_order=False))
    answer = json.dumps([blank.accepted[0] for blank in key.blanks], ensure_ascii=False)
    assert mark(public, key, answer, policy).value == policy.full


@given(fills(), policies(), st.lists(words, max_size=4))
def test_any_order_never_earns_less_than_the_distinct_answers_in_order(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy, texts: list[str]
) -> None:
    public, key = pair
    distinct = json.dumps(list(dict.fromkeys(texts))[: public.blanks], ensure_ascii=False)
    in_order = replace(key, fill=replace(key.fill, any_order=False, case_sensitive=True))
    anywhere = replace(key, fill=replace(key.fill, any_order=True, case_sensitive=True))
    assert mark(public, in_order, distinct, policy).value <= mark(public, anywhere, distinct, policy).value


@given(anything)
def test_a_key_comes_back_from_its_stored_form(pair: tuple[PublicQuestion, QuestionKey]) -> None:
    answer, rules = json.loads(json.dumps(key_to_json(pair[1])))
    assert key_from_json(answer, rules) == pair[1]
