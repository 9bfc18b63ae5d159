"""Rounds, verdicts and the wrong-answer book on a real database."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.integration.exam.races import together
from tests.integration.learning.practice import Practice, make_practice
from webapp.banks.models import Bank
from webapp.core.errors import NotFound
from webapp.core.transaction import transaction
from webapp.learning.errors import NotThisQuestion, QuizEmpty, QuizNotAvailable, TakeYourTime
from webapp.learning.models import QuizAnswer, QuizRound
from webapp.learning.queries.quizzes import AnswerView, book, own_round
from webapp.learning.service import quizzes


@pytest.fixture
def practice(session: Session) -> Practice:
    return make_practice()


def test_a_round_is_answered_question_by_question(practice: Practice) -> None:
    verdicts = practice.whole_round()
    assert [one.is_right for one in verdicts] == [True] * 4
    assert [one.points for one in verdicts] == [1] * 4
    assert len({one.question_id for one in verdicts}) == 4


def test_the_next_round_prefers_what_was_never_answered_right(practice: Practice) -> None:
    first = {one.question_id for one in practice.whole_round()}
    second = {one.question_id for one in practice.whole_round(right=False)}
    third = {one.question_id for one in practice.whole_round()}
    fourth = {one.question_id for one in practice.whole_round()}
    assert not first & second
    assert not first & third
    assert fourth | third >= second
    assert not fourth & first


def test_starting_twice_gives_the_same_round(app: Flask, practice: Practice) -> None:
    def start() -> int:
        with transaction():
            return quizzes.start(practice.learner, practice.quiz, practice.now)

    assert len(set(together(app, [start] * 12))) == 1


def test_the_same_slot_again_returns_the_first_verdict(practice: Practice, session: Session) -> None:
    round_id = practice.start()
    first = practice.answer(round_id, 0, right=False)
    again = practice.answer(round_id, 0, right=True)
    assert again == first
    assert not again.is_right
    assert session.scalar(select(func.count()).select_from(QuizAnswer)) == 1


def test_parallel_answers_to_one_slot_make_one_row(app: Flask, practice: Practice, session: Session) -> None:
    round_id = practice.start()
    right, wrong = practice.given(round_id, 0), practice.given(round_id, 0, right=False)
    later = practice.now + timedelta(seconds=9)

    def call(given: dict[str, list[str]]) -> AnswerView:
        with transaction():
            return quizzes.answer(round_id, practice.person_id, 0, given, later)

    verdicts = together(app, [partial(call, one) for one in (right, wrong) * 10])
    assert all(one == verdicts[0] for one in verdicts), verdicts
    assert session.scalar(select(func.count()).select_from(QuizAnswer)) == 1


def test_a_question_ahead_cannot_be_answered(practice: Practice) -> None:
    round_id = practice.start()
    with pytest.raises(NotThisQuestion):
        practice.answer(round_id, 2)
    with pytest.raises(NotThisQuestion):
        practice.go_on(round_id, 0)


def test_going_on_twice_moves_one_question(practice: Practice) -> None:
    round_id = practice.start()
    practice.answer(round_id, 0)
    practice.go_on(round_id, 0)
    practice.go_on(round_id, 0)
    assert practice.view(round_id).slot == 1


def test_a_round_of_somebody_else_is_not_there(practice: Practice) -> None:
    round_id = practice.start()
    other = practice.person_id + 1
    for call in (
        lambda: own_round(round_id, other),
        lambda: quizzes.answer(round_id, other, 0, {"a0": ["A"]}, practice.now),
        lambda: quizzes.go_on(round_id, other, 0, practice.now),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_sealed_bank_is_not_practised(practice: Practice, session: Session) -> None:
    round_id = practice.start()
    session.query(Bank).filter_by(code=practice.quiz.bank).update({"is_sealed": True})
    session.commit()
    with pytest.raises(QuizNotAvailable):
        practice.answer(round_id, 0)
    session.query(QuizRound).update({"finished_at": practice.now})
    session.commit()
    with pytest.raises(QuizNotAvailable):
        practice.start()


def test_a_wrong_answer_enters_the_book_and_two_right_rounds_take_it_out(practice: Practice) -> None:
    practice.quiz = quizzes.Quiz(7001, practice.quiz.title, practice.quiz.bank, (), 1)
    (wrong,) = practice.whole_round(right=False)
    held = [(line.question_id, line.wrong_count, line.right_streak) for line in book(wrong_of(practice))]
    assert held == [(wrong.question_id, 1, 0)]
    for streak in (1, 2):
        with transaction():
            round_id = quizzes.start_book(practice.learner, {"zh": "错题本"}, "", practice.now)
        practice.finish(round_id)
        streaks = {line.question_id: line.right_streak for line in book(wrong_of(practice))}
        assert streaks == ({wrong.question_id: 1} if streak == 1 else {})
    with pytest.raises(QuizEmpty), transaction():
        quizzes.start_book(practice.learner, {"zh": "错题本"}, "", practice.now)


def test_a_round_from_the_book_keeps_to_the_topic(practice: Practice) -> None:
    practice.whole_round(right=False)
    with pytest.raises(QuizEmpty), transaction():
        quizzes.start_book(practice.learner, {"zh": "错题本"}, f"{practice.quiz.bank}:fire", practice.now)
    with transaction():
        round_id = quizzes.start_book(
            practice.learner, {"zh": "错题本"}, f"{practice.quiz.bank}:electric", practice.now
        )
    assert practice.view(round_id).count == 4


def test_three_fast_answers_in_a_row_make_one_wait(practice: Practice) -> None:
    round_id = practice.start()
    for slot in range(3):
        practice.answer(round_id, slot, after_s=0.5)
        if slot < 2:
            practice.go_on(round_id, slot)
    with pytest.raises(TakeYourTime):
        practice.go_on(round_id, 2)
    practice.now += timedelta(seconds=20)
    practice.go_on(round_id, 2)
    assert practice.answer(round_id, 3).points == 1


def test_after_the_window_practice_goes_on_without_points(practice: Practice) -> None:
    window = practice.learner.window
    assert window is not None
    practice.now = window.closes_at
    verdicts = practice.whole_round()
    assert all(one.is_right for one in verdicts)
    assert {one.cut_by for one in verdicts} == {"closed"}
    assert sum(one.points for one in verdicts) == 0


def wrong_of(practice: Practice) -> int:
    return practice.learner.participation_id
