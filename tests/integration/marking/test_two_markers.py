"""G04, G05, X11: two people mark each answer apart from each other; with the last mark the sheet is graded."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.exam.races import together
from tests.integration.marking.written import answers_of, close, make_written_exam, mark_next, marker, write
from webapp.access.interests import ConflictOfInterest
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.models import Grade, GradingFailure, Sheet
from webapp.exam.queries.plans import plan
from webapp.exam.queries.results import result_head
from webapp.exam.service.essays import settle
from webapp.exam.service.grading import ungraded_exams
from webapp.exam.service.regrading import regrade_check
from webapp.integrity.models import Interest
from webapp.marking.errors import (
    AnswerGone,
    ArbiterMarked,
    MarkedAlready,
    MarkRefused,
    OwnQuestion,
    ReasonNeeded,
    SeatTaken,
    SettledAlready,
    StillWritten,
)
from webapp.marking.models import EssayClaim, EssayMark
from webapp.marking.queries.progress import exams_with_answers, markers_of, questions_of, to_decide
from webapp.marking.rules.scale import Stand
from webapp.marking.service.claiming import CLAIM_FOR, take_next
from webapp.marking.service.marking import GivenMark, arbitrate, give_mark


def grade_of(session: Session, attempt_id: int) -> Grade | None:
    session.expire_all()
    return session.scalars(select(Grade).where(Grade.attempt_id == attempt_id)).one_or_none()


def test_a_written_answer_waits_for_people_and_is_no_failure(session: Session) -> None:
    exam_id = make_written_exam(session)
    sat = write(exam_id, part="停工。")
    for _ in range(4):
        jobs.grade_pending(exam_id)
    essay, part = answers_of(session, sat)
    assert (essay.out_of, essay.part, essay.mark) == (Decimal(10), 0, None)
    assert (part.out_of, part.part, part.mark) == (Decimal(2), 1, None)
    assert grade_of(session, sat.attempt_id) is None
    assert session.get_one(Sheet, sat.attempt_id).state == "submitted"
    assert session.get_one(Sheet, sat.attempt_id).grade_tries == 0
    assert session.scalar(select(func.count()).select_from(GradingFailure)) == 0
    assert exam_id not in ungraded_exams()
    assert result_head(sat.attempt_id, sat.person_id).waits_for_people


def test_g05_the_last_mark_has_the_sheet_graded_and_both_graders_agree(session: Session) -> None:
    exam_id = make_written_exam(session)
    sat = write(exam_id, part="停工。")
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    one, other = marker(session, exam_id), marker(session, exam_id)
    stage_id = plan(exam_id).stage_id
    for who, essay, part in ((one, "7", "1.5"), (other, "8", "1.5")):
        assert not regrade_check(stage_id).agrees, "nothing is published while people mark"
        first = mark_next(exam_id, who, essay)
        second = mark_next(exam_id, who, part)
        assert {first, second} == {answer.id for answer in answers_of(session, sat)}
        assert mark_next(exam_id, who, "1") is None
    assert [answer.mark for answer in answers_of(session, sat)] == [Decimal("7.5"), Decimal("1.5")]
    jobs.grade_pending(exam_id)
    jobs.grade_pending(exam_id)
    grade = grade_of(session, sat.attempt_id)
    assert grade is not None
    assert [Decimal(mark) for mark in grade.marks] == [Decimal("7.5"), Decimal("2.5"), Decimal(1)]
    assert grade.mark == Decimal(11)
    report = regrade_check(stage_id)
    assert report.agrees
    assert report.checked == 1


def test_an_empty_answer_brings_nothing_without_a_person(session: Session) -> None:
    exam_id = make_written_exam(session)
    sat = write(exam_id, essay="", part="  ")
    jobs.grade_pending(exam_id)
    assert answers_of(session, sat) == []
    grade = grade_of(session, sat.attempt_id)
    assert grade is not None
    assert grade.mark == Decimal(2), "the two choices: 1 of the passage, 1 of the single question"


def test_g04_two_seats_are_never_three_in_a_race_of_markers(session: Session, app: Flask) -> None:
    exam_id = make_written_exam(session)
    sats = [write(exam_id) for _ in range(3)]
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    ids = [marker(session, exam_id).id for _ in range(8)]

    def take(account_id: int) -> int | None:
        with transaction():
            return take_next(exam_id, account_id, clock.now())

    taken = together(app, [partial(take, one) for one in ids])
    given = [one for one in taken if one is not None]
    assert sorted(given) == sorted(answers_of(session, sat)[0].id for sat in sats for _ in range(2))
    assert taken.count(None) == 2
    assert session.scalar(select(func.count()).select_from(EssayClaim)) == 6


def test_g04_the_same_mark_five_times_at_once_is_one_mark(session: Session, app: Flask) -> None:
    exam_id = make_written_exam(session)
    sat = write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    who = marker(session, exam_id).id
    with transaction():
        taken = take_next(exam_id, who, clock.now())
    assert taken is not None

    def give() -> Stand:
        with transaction():
            return give_mark(GivenMark(taken, who, "6"), clock.now()).stand

    assert together(app, [give] * 5) == [Stand.WAITING] * 5
    assert session.scalar(select(func.count()).select_from(EssayMark)) == 1
    with pytest.raises(MarkedAlready), transaction():
        give_mark(GivenMark(taken, who, "7"), clock.now())
    assert answers_of(session, sat)[0].mark is None


def test_a_claim_that_ran_out_frees_the_seat_and_comes_too_late_only_when_it_was_taken(
    session: Session,
) -> None:
    exam_id = make_written_exam(session)
    write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    slow, second, third = (marker(session, exam_id).id for _ in range(3))
    at = clock.now()
    with transaction():
        taken = take_next(exam_id, slow, at)
        assert take_next(exam_id, slow, at) == taken, "who holds one gets it again"
        assert take_next(exam_id, second, at) == taken
        assert take_next(exam_id, third, at) is None
        later = at + CLAIM_FOR + timedelta(seconds=1)
        assert take_next(exam_id, third, later) == taken
    assert taken is not None
    with transaction():
        give_mark(GivenMark(taken, slow, "6"), later)
    with transaction():
        give_mark(GivenMark(taken, third, "6"), later)
    with pytest.raises(SettledAlready), transaction():
        give_mark(GivenMark(taken, second, "6"), later)


def test_nobody_picks_whom_to_mark(session: Session) -> None:
    exam_id = make_written_exam(session)
    sat = write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    answer = answers_of(session, sat)[0].id
    with pytest.raises(AnswerGone), transaction():
        give_mark(GivenMark(answer, marker(session, exam_id).id, "6"), clock.now())


def test_two_who_hold_the_seats_keep_a_late_third_out(session: Session) -> None:
    exam_id = make_written_exam(session)
    write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    late, second, third = (marker(session, exam_id).id for _ in range(3))
    at = clock.now()
    with transaction():
        taken = take_next(exam_id, late, at)
        later = at + CLAIM_FOR + timedelta(seconds=1)
        take_next(exam_id, second, later)
        take_next(exam_id, third, later)
    assert taken is not None
    with pytest.raises(SeatTaken), transaction():
        give_mark(GivenMark(taken, late, "6"), later)


def test_x11_marks_too_far_apart_are_decided_by_a_third_person_with_a_reason(session: Session) -> None:
    exam_id = make_written_exam(session)
    sat = write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    one = marker(session, exam_id)
    judge, chief = (marker(session, exam_id, Role.CHIEF_JUDGE) for _ in range(2))
    answer = mark_next(exam_id, one, "4")
    assert answer is not None
    with pytest.raises(AnswerGone), transaction():
        arbitrate(GivenMark(answer, chief.id, "6", "早了"), clock.now())
    assert mark_next(exam_id, judge, "8") == answer
    assert answers_of(session, sat)[0].mark is None
    assert mark_next(exam_id, chief, "5") is None, "a third marker is not asked"
    assert to_decide(exam_id, chief.id) == [answer]
    assert to_decide(exam_id, judge.id) == []
    for given, refusal in (
        (GivenMark(answer, judge.id, "6", "理由"), ArbiterMarked),
        (GivenMark(answer, chief.id, "6", " "), ReasonNeeded),
        (GivenMark(answer, chief.id, "6.3", "理由"), MarkRefused),
    ):
        with pytest.raises(refusal), transaction():
            arbitrate(given, clock.now())
    with transaction():
        arbitrate(GivenMark(answer, chief.id, "6.5", "要点齐全"), clock.now())
    assert answers_of(session, sat)[0].mark == Decimal("6.5")
    jobs.grade_pending(exam_id)
    grade = grade_of(session, sat.attempt_id)
    assert grade is not None
    assert Decimal(grade.marks[0]) == Decimal("6.5")
    actions = session.scalars(
        select(AuditRow.action).where(AuditRow.action.like("essay.%")).order_by(AuditRow.id)
    ).all()
    assert list(actions) == ["essay.mark", "essay.mark", "essay.arbitrate"]


def test_whoever_knows_the_contestant_or_set_the_question_gets_no_answer(session: Session) -> None:
    at = clock.now()
    setter = make_account()
    session.commit()
    exam_id = make_written_exam(session, setter)
    sat = write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    uncle = marker(session, exam_id)
    session.add(
        Interest(
            person_id=uncle.person_id, relation="relative", about_person_id=sat.person_id, declared_at=at
        )
    )
    session.commit()
    with transaction():
        assert take_next(exam_id, uncle.id, clock.now()) is None
        assert take_next(exam_id, setter.id, clock.now()) is None
    answer = answers_of(session, sat)[0].id
    with pytest.raises(ConflictOfInterest), transaction():
        give_mark(GivenMark(answer, uncle.id, "6"), clock.now())
    with pytest.raises(OwnQuestion), transaction():
        give_mark(GivenMark(answer, setter.id, "6"), clock.now())


def test_x04_nobody_marks_while_somebody_may_still_write(session: Session) -> None:
    exam_id = make_written_exam(session)
    write(exam_id)
    jobs.grade_pending(exam_id)
    with pytest.raises(StillWritten), transaction():
        take_next(exam_id, marker(session, exam_id).id, clock.now())


def test_a_mark_for_another_text_is_never_counted(session: Session) -> None:
    """A damaged sheet is put aside with its reason: a mark belongs to the very text that was marked."""
    exam_id = make_written_exam(session)
    sat = write(exam_id)
    jobs.grade_pending(exam_id)
    with transaction():
        assert settle(answers_of(session, sat)[0].id, Decimal(9))
        assert not settle(answers_of(session, sat)[0].id, Decimal(1))
    session.execute(
        text("UPDATE essay_answers SET answer_digest = repeat('0', 64) WHERE attempt_id = :id"),
        {"id": sat.attempt_id},
    )
    session.commit()
    for _ in range(3):
        jobs.grade_pending(exam_id)
    assert grade_of(session, sat.attempt_id) is None
    assert "another answer" in session.get_one(GradingFailure, sat.attempt_id).error


def test_p04_marks_are_only_ever_added(session: Session) -> None:
    exam_id = make_written_exam(session)
    write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    mark_next(exam_id, marker(session, exam_id), "6")
    for statement in ("UPDATE essay_marks SET mark = 0", "DELETE FROM essay_marks"):
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(text(f"SET LOCAL ROLE jiangsai_pages; {statement}"))
        db.session.rollback()


def test_the_figures_name_every_stand(session: Session) -> None:
    exam_id = make_written_exam(session)
    for _ in range(4):
        write(exam_id)
    jobs.grade_pending(exam_id)
    close(session, exam_id)
    one, other = marker(session, exam_id), marker(session, exam_id)
    first = mark_next(exam_id, one, "5")
    second = mark_next(exam_id, one, "5")
    third = mark_next(exam_id, one, "5")
    given = {mark_next(exam_id, other, "5"), mark_next(exam_id, other, "9")}
    assert given < {first, second, third}, "begun answers come first"
    (line,) = [line for line in exams_with_answers(one.id) if line.exam_id == exam_id]
    assert (line.total, line.unmarked, line.one, line.differing, line.settled, line.mine) == (
        4,
        1,
        1,
        1,
        1,
        3,
    )
    (question,) = questions_of(exam_id)
    assert (question.total, question.unmarked, question.one, question.differing, question.settled) == (
        4,
        1,
        1,
        1,
        1,
    )
    figures = {found.account_id: found for found in markers_of(exam_id)}
    assert (figures[one.id].count, figures[one.id].pairs, figures[one.id].agreeing) == (3, 2, 1)
    assert figures[other.id].lean == pytest.approx(0.2)
    jobs.grade_pending(exam_id)
    assert regrade_check(plan(exam_id).stage_id).waiting == 3, "nothing is published while people mark"
