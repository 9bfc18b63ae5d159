"""Exams of the world: sessions, rulings, halls, marking."""

from datetime import timedelta

from flask import current_app
from sqlalchemy.orm import Session

from tests.factories import make_account
from tests.integration.exam.exams import Sat, sit
from tests.integration.marking.written import add_essay_version
from webapp.accounts.models import Account
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam.models import (
    Attempt,
    EssayAnswer,
    ExamSession,
    Grade,
    Ruling,
    Sheet,
)
from webapp.exam.service.submitting import submit
from webapp.halls.models import Hall, HallPaper, HallPlan, HallScan, HallSeat
from webapp.halls.rules import codes
from webapp.marking.models import EssayClaim, EssayMark
from webapp.media import service as media


def of_marking(session: Session, sat: Sat, judge: Account, graded: Sat) -> dict[str, int | str]:
    """Two written answers on alice's paper: one is kept for the judge, the other has two marks far apart;
    and a settled one on a graded paper of somebody else."""
    exam_id = session.get_one(Attempt, sat.attempt_id).exam_id
    version = add_essay_version(session, exam_id)
    made = [
        EssayAnswer(
            exam_id=exam_id, attempt_id=sat.attempt_id, slot=slot, part=0, section=0, question_version_id=version.id,
            answer_digest="0" * 64, out_of=10,
        )
        for slot in (0, 1)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    held, differing = (answer.id for answer in made)
    session.add(EssayClaim(answer_id=held, account_id=judge.id, until=clock.now() + timedelta(hours=1)))
    for mark in (2, 9):
        session.add(EssayMark(answer_id=differing, account_id=make_account().id, mark=mark))
    session.commit()
    settled = _settled_answer(session, graded, version.id)
    return {
        "marking.correction.answer_id": settled,
        "marking.correct.answer_id": settled,
        "marking.answer_id": held,
        "marking.differing.answer_id": differing,
        "marking.decide.answer_id": differing,
    }


def _settled_answer(session: Session, graded: Sat, version_id: int) -> int:
    attempt_id = graded.attempt_id
    with transaction():
        submit(attempt_id, graded.person_id, graded.lease, clock.now())
    exam_id = session.get_one(Attempt, attempt_id).exam_id
    answer = EssayAnswer(
        exam_id=exam_id, attempt_id=attempt_id, slot=0, part=0, section=0, question_version_id=version_id,
        answer_digest="0" * 64, out_of=10, mark=7, settled_at=clock.now(),
    )  # fmt: skip
    grade = Grade(
        attempt_id=attempt_id, version=1, marks=["7"], sections=[], mark=7, full_mark=10, score=70, input_digest="0",
        code_version="0",
    )  # fmt: skip
    session.add_all([answer, grade])
    session.flush()
    sheet = session.get_one(Sheet, attempt_id)
    sheet.state, sheet.current_grade_id = "graded", grade.id
    session.commit()
    return answer.id


def session_of(session: Session, exam_id: int) -> dict[str, int | str]:
    """A session of alice's exam; she started before it was offered."""
    at = clock.now()
    made = ExamSession(
        exam_id=exam_id,
        key="am",
        title={"zh": "上午场"},
        opens_at=at,
        starts_until=at + timedelta(hours=1),
        closes_at=at + timedelta(hours=2),
        seats=3,
    )
    session.add(made)
    session.flush()
    return {"session_id": made.id}


def ruling_of(session: Session, exam_id: int, version_id: int) -> int:
    row = Ruling(
        exam_id=exam_id, question_version_id=version_id, kind="drop", reason="题目有误", state="cancelled"
    )
    session.add(row)
    session.flush()
    return row.id


def of_halls(session: Session, exam_id: int, participation_id: int, action_id: int) -> dict[str, int | str]:
    """Alice's seat in a hall of her exam, with the picture on her ticket; a neighbour goes on on paper."""
    neighbour = sit(exam_id, hall="甲")
    hall = Hall(
        exam_id=exam_id,
        site="职教中心",
        address={"zh": "长春路"},
        name="甲",
        labels=["1", "2"],
        needs_check_in=False,
    )
    session.add(hall)
    session.flush()
    code = "ABCDEFGH"
    session.add(
        HallSeat(
            exam_id=exam_id,
            participation_id=participation_id,
            hall_id=hall.id,
            label="1",
            code=code,
            seated_at=clock.now(),
        )
    )
    session.flush()
    session.add(HallPlan(exam_id=exam_id, words={}, tickets_from=clock.now()))
    paper = HallPaper(
        exam_id=exam_id, attempt_id=neighbour.attempt_id, code="HGFEDCBA", slots=[0, 1], until=clock.now(),
        action_id=action_id, made_at=clock.now(),
    )  # fmt: skip
    session.add(paper)
    session.flush()
    scan = HallScan(
        paper_id=paper.id,
        file_id=media.store(b"%PDF-1.7", "application/pdf"),
        name="答卷.pdf",
        by_account_id=0,
        at=clock.now(),
    )
    session.add(scan)
    session.flush()
    secret = current_app.config["SECRET_KEY"]
    return {
        "paper_id": paper.id,
        "scan_id": scan.id,
        "hall_id": hall.id,
        "token": codes.signed(secret, exam_id, code),
        "halls.participation_id": participation_id,
    }
