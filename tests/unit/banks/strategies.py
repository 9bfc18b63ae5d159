"""Questions of every type with their keys, for property tests."""

import json
from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from webapp.banks.rules.marking import MarkingPolicy, MarkingRule
from webapp.banks.rules.schema import (
    LETTERS,
    Blank,
    FillRules,
    NumberRange,
    PublicQuestion,
    QuestionKey,
    QuestionType,
)

fulls = st.decimals("0.5", "10", places=1)
words = st.sampled_from(["绿", "绿色", "红", "a", "A", "1.5", "２", "-3", "pH"])


@st.composite
def policies(draw: st.DrawFn) -> MarkingPolicy:
    full = draw(fulls)
    return MarkingPolicy(
        full, draw(st.sampled_from(MarkingRule)), draw(st.none() | st.decimals("0.1", "5", places=1)),
        draw(st.sampled_from([Decimal(0), Decimal("-0.5")])),
    )  # fmt: skip


@st.composite
def multiples(draw: st.DrawFn) -> tuple[PublicQuestion, QuestionKey]:
    count = draw(st.integers(2, 8))
    letters = "".join(sorted(draw(st.sets(st.sampled_from(LETTERS[:count]), min_size=1))))
    weights = draw(
        st.just({})
        | st.fixed_dictionaries({letter: st.decimals("-1", "1", places=2) for letter in LETTERS[:count]})
    )
    options = tuple(f"选项{number}" for number in range(count))
    return PublicQuestion(QuestionType.MULTIPLE, "题", options), QuestionKey(letters=letters, weights=weights)


@st.composite
def fills(draw: st.DrawFn) -> tuple[PublicQuestion, QuestionKey]:
    blanks = draw(
        st.lists(
            st.builds(
                Blank,
                st.lists(words, min_size=1, max_size=3).map(tuple),
                st.decimals("0.5", "3", places=1),
                st.none() | st.just(Decimal("0.5")),
            ),
            min_size=1,
            max_size=4,
        )
    )
    rules = draw(st.builds(FillRules, st.booleans(), st.booleans(), st.booleans()))
    public = PublicQuestion(QuestionType.FILL, "题____" * len(blanks), blanks=len(blanks))
    return public, QuestionKey(blanks=tuple(blanks), fill=rules)


truths = st.booleans().map(
    lambda truth: (PublicQuestion(QuestionType.TRUE_FALSE, "题"), QuestionKey(truth=truth))
)
singles = multiples().map(
    lambda pair: (replace(pair[0], type=QuestionType.SINGLE), replace(pair[1], letters=pair[1].letters[0]))
)


@st.composite
def matchings(draw: st.DrawFn) -> tuple[PublicQuestion, QuestionKey]:
    items, count = draw(st.integers(2, 6)), draw(st.integers(2, 8))
    letters = "".join(draw(st.lists(st.sampled_from(LETTERS[:count]), min_size=items, max_size=items)))
    options, left = (
        tuple(f"{side}{n}" for n in range(size)) for side, size in (("右", count), ("左", items))
    )
    return PublicQuestion(QuestionType.MATCHING, "题", options, items=left), QuestionKey(letters=letters)


@st.composite
def orderings(draw: st.DrawFn) -> tuple[PublicQuestion, QuestionKey]:
    count = draw(st.integers(2, 8))
    letters = "".join(draw(st.permutations(LETTERS[:count])))
    options = tuple(f"步骤{number}" for number in range(count))
    return PublicQuestion(QuestionType.ORDERING, "题", options), QuestionKey(letters=letters)


@st.composite
def numerics(draw: st.DrawFn) -> tuple[PublicQuestion, QuestionKey]:
    bounds = st.tuples(st.decimals("-99", "99", places=2), st.decimals("-99", "99", places=2)).map(sorted)
    shares = st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.1")])
    ranges = draw(st.lists(st.tuples(bounds, shares), min_size=1, max_size=3))
    numbers = tuple(NumberRange(low, high, share) for (low, high), share in ranges)
    return PublicQuestion(QuestionType.NUMERIC, "题"), QuestionKey(numbers=numbers)


essays = st.just(
    (PublicQuestion(QuestionType.ESSAY, "题"), QuestionKey(reference="要点", keywords=("安全", "预防")))
)
alone = st.one_of(multiples(), fills(), truths, singles, matchings(), orderings(), numerics(), essays)


@st.composite
def passages(draw: st.DrawFn) -> tuple[PublicQuestion, QuestionKey]:
    pairs = draw(st.lists(alone, min_size=1, max_size=4))
    weights = draw(st.lists(st.decimals("0.5", "9", places=1), min_size=len(pairs), max_size=len(pairs)))
    public = PublicQuestion(QuestionType.PASSAGE, "材料", parts=tuple(public for public, _ in pairs))
    return public, QuestionKey(parts=tuple(key for _, key in pairs), part_weights=tuple(weights))


anything = st.one_of(alone, passages())


def right_answer(public: PublicQuestion, key: QuestionKey) -> str:
    """An answer that meets the whole key; some text for an essay."""
    if public.parts:
        answers = [right_answer(part, secret) for part, secret in zip(public.parts, key.parts, strict=True)]
        return json.dumps(answers)
    if public.type is QuestionType.ESSAY:
        return "一段话"
    if key.numbers:
        return str(key.numbers[0].low)
    if key.blanks:
        return json.dumps([blank.accepted[0] for blank in key.blanks])
    return key.letters if key.truth is None else "FT"[key.truth]
