"""Issue 5, point 8: which attempts an item analysis counts, and who may read its report."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.integration.exam.exams import Sat, make_exam, sit
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.errors import ExamNotOver
from webapp.exam.models import Attempt, Ruling, Sheet
from webapp.exam.queries.analyses import measured_facilities, progress_of, report_of
from webapp.exam.rules.draw import option_order
from webapp.exam.rules.item_analysis.analyse import analyse
from webapp.exam.service import analysing
from webapp.exam.service.analysing import analyses_due, ask_analysis, even_part
from webapp.exam.service.submitting import submit

WORDS = {"A": 0, "B": 1, "C": 2, "D": 3}


def answer(session: Session, sat: Sat, single: str, truth: str = "T") -> None:
    """The same original letter for every single choice of a paper, in the letters that were shown."""
    attempt = session.get_one(Attempt, sat.attempt_id)
    answers = [""] * len(attempt.paper)
    for slot, section in enumerate(attempt.sections):
        if section == 0 and single:
            order = option_order(bytes(attempt.option_seed), slot, 4)
            answers[slot] = "ABCD"[order.index(WORDS[single])]
        elif section == 2:
            answers[slot] = truth
    session.execute(
        text("UPDATE sheets SET answers = :answers WHERE attempt_id = :id"),
        {"answers": answers, "id": sat.attempt_id},
    )
    session.commit()


def close(session: Session, exam_id: int, sat: list[Sat]) -> None:
    """Everybody hands in, all is marked, and the window lies in the past."""
    with transaction():
        for one in sat:
            submit(one.attempt_id, one.person_id, one.lease, clock.now())
    jobs.grade_pending(exam_id)
    session.execute(
        text(
            "UPDATE exams SET opens_at = opens_at - interval '3 days', closes_at = closes_at - interval '3 days'"
        )
    )
    session.execute(text("UPDATE sheets SET deadline_at = deadline_at - interval '3 days'"))
    session.commit()


def sat_exam(session: Session, *singles: str) -> tuple[int, list[Sat]]:
    exam_id = make_exam()
    sat = [sit(exam_id) for _ in singles]
    for one, letter in zip(sat, singles, strict=True):
        answer(session, one, letter)
    close(session, exam_id, sat)
    return exam_id, sat


def made(exam_id: int) -> None:
    with transaction():
        ask_analysis(exam_id, clock.now())
    jobs.item_analysis(exam_id)


def test_picks_are_counted_in_the_letters_of_the_question(session: Session) -> None:
    exam_id, _ = sat_exam(session, "A", "A", "B", "")
    made(exam_id)
    report = report_of(exam_id, clock.now())
    assert report is not None
    assert (report.counted, report.graded, report.waiting) == (4, 4, 0)
    assert report.analysis.is_mixed
    assert report.analysis.test.alpha is None
    singles = [item for item in report.analysis.items if item.question_type == "single"]
    assert sum(item.attempts for item in singles) == 4 * 5
    for letter, people in (("A", 2), ("B", 1), ("C", 0), ("D", 0)):
        picked = sum(
            option.share * item.attempts
            for item in singles
            for option in item.options
            if option.letter == letter
        )
        assert picked == pytest.approx(5 * people)
    assert {option.letter for item in singles for option in item.options if option.is_key} == {"A"}
    assert {item.guess for item in singles} == {0.25}


def test_a_report_is_made_from_the_stored_marks(session: Session) -> None:
    exam_id, _ = sat_exam(session, "A", "A", "B")
    made(exam_id)
    report = report_of(exam_id, clock.now())
    assert report is not None
    grades = session.execute(text("SELECT mark FROM grades")).scalars().all()
    assert report.analysis.test.mean == pytest.approx(float(sum(grades)) / 3)
    assert report.analysis.test.attempts == 3
    assert report.analysis != analyse([], [])


def test_only_the_first_graded_attempt_of_a_person_counts(session: Session) -> None:
    exam_id = make_exam(attempts_allowed=2)
    first = [sit(exam_id), sit(exam_id)]
    for one in first:
        answer(session, one, "A")
    close(session, exam_id, first)
    again = session.execute(
        text(
            """
            INSERT INTO attempts (exam_id, participation_id, number, supersedes_id, paper, sections, option_seed,
                                  draw_version, paper_digest)
            SELECT exam_id, participation_id, 2, id, paper, sections, option_seed, draw_version, paper_digest
            FROM attempts WHERE id = :id RETURNING id
            """
        ),
        {"id": first[0].attempt_id},
    ).scalar_one()
    session.commit()
    sheet = session.get_one(Sheet, first[0].attempt_id)
    session.add(
        Sheet(
            attempt_id=again,
            **{
                name: getattr(sheet, name)
                for name in [
                    "exam_id",
                    "participation_id",
                    "person_id",
                    "answers",
                    "seqs",
                    "flags",
                    "started_at",
                    "deadline_at",
                    "grace_s",
                ]
            },
            state="submitted",
            submitted_at=sheet.submitted_at,
        )
    )
    session.commit()
    jobs.grade_pending(exam_id)
    made(exam_id)
    report = report_of(exam_id, clock.now())
    assert report is not None
    assert (report.graded, report.counted) == (3, 2)
    # A paper that hosts gave instead takes the place of the first.
    session.execute(text("UPDATE attempts SET origin = 'resit' WHERE id = :id"), {"id": again})
    session.commit()
    made(exam_id)
    report = report_of(exam_id, clock.now())
    assert report is not None
    assert report.counted == 2


def test_nothing_is_asked_or_read_before_everybody_has_handed_in(session: Session) -> None:
    exam_id = make_exam()
    sit(exam_id)
    with pytest.raises(ExamNotOver), transaction():
        ask_analysis(exam_id, clock.now())
    assert jobs.item_analysis(exam_id) == 0
    assert report_of(exam_id, clock.now()) is None
    assert progress_of(exam_id) is None


def test_a_closed_exam_is_analysed_by_itself_once(session: Session) -> None:
    exam_id, _ = sat_exam(session, "A", "B")
    with transaction():
        assert analyses_due(clock.now()) == [exam_id]
    with transaction():
        assert analyses_due(clock.now()) == []
    session.execute(text("UPDATE item_analyses SET asked_at = asked_at - interval '1 hour'"))
    session.commit()
    with transaction():
        assert analyses_due(clock.now()) == [exam_id], "its job was lost"
    jobs.item_analysis(exam_id)
    jobs.item_analysis(exam_id)
    found = progress_of(exam_id)
    assert found is not None
    assert (found.done, found.total, found.is_waiting) == (2, 2, False)
    with transaction():
        assert analyses_due(clock.now() + timedelta(hours=1)) == []
    session.add(
        Ruling(
            exam_id=exam_id,
            question_version_id=session.scalars(select(Attempt.paper)).all()[0][0],
            kind="everybody",
            reason="题目有误",
            state="applied",
            applied_at=clock.now(),
        )
    )
    session.commit()
    with transaction():
        assert analyses_due(clock.now()) == [exam_id], "marks are others since a ruling"


def test_pages_cannot_read_reports_past_the_check(session: Session) -> None:
    exam_id, _ = sat_exam(session, "A", "B")
    made(exam_id)
    assert session.scalars(select(Attempt.id)).all()
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM keys.item_reports"))
    session.rollback()


def test_a_very_large_exam_is_read_in_an_even_part(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert even_part(list(range(10)), 4) == [0, 2, 5, 7]
    assert even_part([3, 1], 2) == [3, 1]
    exam_id, _ = sat_exam(session, "A", "B", "C")
    monkeypatch.setattr(analysing, "MOST", 2)
    made(exam_id)
    report = report_of(exam_id, clock.now())
    assert report is not None
    assert (report.counted, report.eligible, report.graded) == (2, 3, 3)


def test_facilities_of_earlier_exams_are_known_from_enough_attempts(session: Session) -> None:
    exam_id, _ = sat_exam(session, "A", "A", "B", "C")
    made(exam_id)
    report = report_of(exam_id, clock.now())
    assert report is not None
    ids = [item.version_id for item in report.analysis.items]
    known = measured_facilities(ids, 2)
    assert known == {
        item.version_id: pytest.approx(item.facility) for item in report.analysis.items if item.attempts > 1
    }
    assert len(known) > 10
    assert measured_facilities(ids, 5) == {}
