"""Row P03: forged points, repeats of known answers, answers after the key, answers in a fifth of a second."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.integration.exam.races import together
from tests.integration.learning.practice import Practice, make_practice
from webapp.core.transaction import transaction
from webapp.learning.models import PointEntry, QuizAnswer
from webapp.learning.queries.points import balances
from webapp.learning.queries.quizzes import AnswerView
from webapp.learning.service import quizzes


@pytest.fixture
def practice(session: Session) -> Practice:
    return make_practice(count=4, questions=4)


def balance(practice: Practice) -> Decimal:
    held = balances(practice.learner.contest_id, [practice.learner.participation_id])
    found = held.get(practice.learner.participation_id)
    return found.points if found else Decimal(0)


def test_p03_known_answers_again_and_again_earn_once(practice: Practice) -> None:
    for _ in range(6):
        practice.whole_round()
    assert balance(practice) == 4
    assert {one.cut_by for one in practice.whole_round()} == {"already"}


def test_p03_a_new_version_of_a_question_is_the_same_question(practice: Practice, session: Session) -> None:
    practice.whole_round()
    sources = session.scalars(select(PointEntry.source_id)).all()
    asked = session.scalars(select(QuizAnswer.question_id)).all()
    assert sorted(sources) == sorted(map(str, asked))


def test_p03_an_answer_after_the_key_was_seen_elsewhere_earns_nothing(practice: Practice) -> None:
    """Two rounds ask the same question at the same time: one is thrown away to learn the key."""
    kept = practice.start()
    practice.now += timedelta(seconds=5)
    second = quizzes.Quiz(7002, practice.quiz.title, practice.quiz.bank, (), 4)
    with transaction():
        probe = quizzes.start(practice.learner, second, practice.now)
    wanted = practice.view(kept).question_ids[0]
    slots = practice.view(probe).question_ids
    for slot in range(slots.index(wanted) + 1):
        practice.answer(probe, slot, right=False)
        practice.go_on(probe, slot)
    verdict = practice.answer(kept, 0, right=True)
    assert verdict.is_right
    assert (int(verdict.points), verdict.cut_by) == (0, "key-shown")


def test_p03_a_question_once_wrong_can_be_earned_in_a_later_round(practice: Practice) -> None:
    practice.whole_round(right=False)
    assert balance(practice) == 0
    practice.whole_round()
    assert balance(practice) == 4


def test_p03_answers_in_a_fifth_of_a_second_are_marked_but_flagged(
    practice: Practice, session: Session
) -> None:
    round_id = practice.start()
    for slot in range(2):
        verdict = practice.answer(round_id, slot, after_s=0.2)
        assert verdict.is_right
        assert verdict.is_fast
        assert (int(verdict.points), verdict.cut_by) == (0, "fast")
        practice.go_on(round_id, slot)
    assert balance(practice) == 0
    assert session.scalar(select(func.count()).where(QuizAnswer.is_fast)) == 2
    assert practice.answer(round_id, 2, after_s=2).points == 1


def test_p03_parallel_rounds_credit_a_question_once(app: Flask, practice: Practice) -> None:
    """The same four questions in eight rounds at once, all answered right at the same moment."""
    rounds = []
    for lesson in range(8):
        quiz = quizzes.Quiz(7100 + lesson, practice.quiz.title, practice.quiz.bank, (), 4)
        with transaction():
            rounds.append(quizzes.start(practice.learner, quiz, practice.now))
    calls = [(one, practice.given(one, 0)) for one in rounds]
    later = practice.now + timedelta(seconds=9)

    def call(round_id: int, given: dict[str, list[str]]) -> AnswerView:
        with transaction():
            return quizzes.answer(round_id, practice.person_id, 0, given, later)

    verdicts = together(app, [partial(call, *one) for one in calls])
    assert all(one.is_right for one in verdicts), verdicts
    earned = [one.question_id for one in verdicts if one.points]
    assert len(earned) == len(set(earned))
    assert balance(practice) == len(set(earned))
