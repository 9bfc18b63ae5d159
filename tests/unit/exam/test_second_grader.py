"""G05: the second grader, written apart from the first, comes to the same mark for every type and rule."""

import json
from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.banks.strategies import anything, policies, right_answer
from webapp.banks.rules.answers import canonical, form_of, to_displayed
from webapp.banks.rules.marking import MarkingPolicy
from webapp.banks.rules.schema import PublicQuestion, QuestionKey, QuestionType
from webapp.contests.rules.blueprint import Cell, Section, Text
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.exam.rules.essays import SettledMark, digest_of
from webapp.exam.rules.grading import MarkedQuestion, SheetInput, grade_sheet, written_answers
from webapp.exam.rules.regrade import second_score

SEED = bytes(range(32))
texts = st.sampled_from(["绿", "红", "a", "A", "1.5", "２", "-3", "pH", "", "99", "frog"])


@st.composite
def answers(draw: st.DrawFn, public: PublicQuestion, key: QuestionKey) -> str:
    """An answer in the question's own letters that a browser could send: right, or anything of its form."""
    if draw(st.booleans()):
        return right_answer(public, key)
    options = [chr(65 + index) for index in range(len(public.options))]
    match public.type:
        case QuestionType.SINGLE:
            return draw(st.sampled_from(["", *options]))
        case QuestionType.MULTIPLE:
            return "".join(sorted(draw(st.sets(st.sampled_from(options)))))
        case QuestionType.TRUE_FALSE:
            return draw(st.sampled_from(["", "T", "F"]))
        case QuestionType.FILL:
            return json.dumps(draw(st.lists(texts, min_size=public.blanks, max_size=public.blanks)))
        case QuestionType.MATCHING:
            size = len(public.items)
            return "".join(draw(st.lists(st.sampled_from(["-", *options]), min_size=size, max_size=size)))
        case QuestionType.ORDERING:
            keep = draw(st.sets(st.sampled_from(options)))
            return "".join(letter if letter in keep else "-" for letter in draw(st.permutations(options)))
        case QuestionType.PASSAGE:
            pairs = zip(public.parts, key.parts, strict=True)
            return json.dumps([draw(answers(part, secret)) for part, secret in pairs])
        case _:
            return draw(texts)


def shown(public: PublicQuestion, own: str, order: tuple[int, ...]) -> str:
    """The letters as this person's page shows them."""
    if public.type in {QuestionType.MATCHING, QuestionType.ORDERING}:
        return "".join(letter if letter == "-" else to_displayed(letter, order) for letter in own)
    return to_displayed(own, order) if public.options and own else own


@given(anything, policies(), st.data())
def test_both_graders_agree_on_every_type(
    pair: tuple[PublicQuestion, QuestionKey], policy: MarkingPolicy, data: st.DataObject
) -> None:
    public, key = pair
    # Weights of single choice are those of imported banks: never above 1 and one of them whole.
    section = Section(
        "s", Text("部分"), str(public.type), policy.full, (Cell(None, None, 1),), str(policy.rule),
        policy.per_pick, policy.wrong_true_false,
    )  # fmt: skip
    order = option_order(SEED, 0, len(public.options), shuffle=shuffles_options(section))
    own = data.draw(answers(public, key))
    stored = canonical(shown(public, own, order), form_of(public), 0)
    sheet = SheetInput(1, [7], [0], SEED, "digest", [stored])
    questions = {7: MarkedQuestion(7, public, replace(key, explanation=""))}
    people = {
        (slot, one.part): SettledMark(
            data.draw(st.integers(0, 4)) * one.out_of / 4, one.out_of, digest_of(one.text)
        )
        for slot, one in written_answers(sheet, [section], questions)
    }
    sheet = replace(sheet, essay_marks=people)
    first = grade_sheet(sheet, [section], questions)
    total, score = second_score(sheet, [section], questions)
    assert first.paper.score == score
    assert abs(Fraction(first.paper.mark) - total) < Fraction(1, 10**20)
