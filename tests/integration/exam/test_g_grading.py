"""Rows G04, G05, G07, G08: grading happens once, comes in the end, and can be recomputed."""

import contextlib
import logging
import pickle
import random
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.integration.exam.exams import Sat, make_exam, sit
from tests.integration.exam.races import together
from webapp.banks.rules.schema import LETTERS
from webapp.core import clock
from webapp.core.db import db
from webapp.core.outbox import OutboxRow, relay
from webapp.core.queue import Job
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.models import Exam, Grade, GradingFailure, Sheet
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.scores import counting_scores
from webapp.exam.queries.sheets import own_sheet
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.exam.service.grading import ungraded_exams
from webapp.exam.service.regrading import regrade_check
from webapp.exam.service.submitting import submit


def answer_at_random(sat: Sat, source: random.Random) -> None:
    """Some right, some partly right, some wrong, some empty."""
    sheet = own_sheet(sat.attempt_id, sat.person_id)
    questions = marked_questions(set(sheet.paper))
    items = []
    for slot, version_id in enumerate(sheet.paper):
        question = questions[version_id].public
        match question.type:
            case "single":
                answer = source.choice("ABCD")
            case "multiple":
                answer = "".join(sorted(source.sample("ABCD", source.randint(1, 4))))
            case "true_false":
                answer = source.choice("TF")
            case _:
                answer = source.choice(['["触电"]', '["触 电"]', '["断电"]'])
        if source.random() < 0.9:
            items.append(Item(slot, 1, answer))
    hot.save(sat.attempt_id, sat.person_id, sat.lease, items, clock.now())


def hand_in(exam_id: int, people: int) -> list[Sat]:
    source = random.Random(people)
    sats = []
    for _ in range(people):
        sat = sit(exam_id)
        answer_at_random(sat, source)
        with transaction():
            submit(sat.attempt_id, sat.person_id, sat.lease, clock.now())
        sats.append(sat)
    return sats


def graded_count(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).where(Sheet.state == "graded")) or 0


def test_g04_five_jobs_in_parallel_grade_each_sheet_once(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    hand_in(exam_id, 30)
    done = together(app, [lambda: jobs.grade_pending(exam_id)] * 5)
    assert sum(done) == 30
    assert graded_count(committed_db) == 30
    assert committed_db.scalar(select(func.count(Grade.id))) == 30
    assert jobs.grade_pending(exam_id) == 0, "once more changes nothing"


def test_g04_a_wake_up_lost_after_the_commit_is_relayed(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    hand_in(exam_id, 1)
    app.extensions["jobs_inline"].clear()  # Redis was emptied, or the process died before it sent
    committed_db.execute(
        text("UPDATE outbox SET sent_at = NULL, created_at = created_at - interval '1 minute'")
    )
    committed_db.commit()
    assert relay() >= 1
    assert (Job.GRADE_PENDING, {"exam_id": exam_id}) in app.extensions["jobs_inline"]


def test_g04_even_without_any_outbox_row_the_sweep_picks_it_up(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    hand_in(exam_id, 2)
    committed_db.execute(text("DELETE FROM outbox"))
    committed_db.commit()
    app.extensions["jobs_inline"].clear()
    jobs.drive_grading()
    assert app.extensions["jobs_inline"] == [(Job.GRADE_PENDING, {"exam_id": exam_id})]


def test_g04_scores_are_handed_on_with_the_grades(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    sats = hand_in(exam_id, 3)
    jobs.grade_pending(exam_id)
    combine = committed_db.scalars(select(OutboxRow).where(OutboxRow.job == Job.COMBINE_SCORES.value)).all()
    stage_id = committed_db.get_one(Exam, exam_id).stage_id
    ids = [sat.participation_id for sat in sats]
    assert [row.args for row in combine] == [
        {"stage_id": stage_id, "participation_ids": ",".join(map(str, ids))}
    ]
    scores = counting_scores(stage_id, ids)
    assert {score.participation_id for score in scores} == set(ids)
    assert all(score.component == "theory" and 0 <= score.score <= 100 for score in scores)


def test_g05_the_second_grader_agrees_on_every_attempt(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    hand_in(exam_id, 60)
    stage_id = committed_db.get_one(Exam, exam_id).stage_id
    assert not regrade_check(stage_id).agrees, "nothing is published while somebody is ungraded"
    jobs.grade_pending(exam_id)
    report = regrade_check(stage_id)
    assert (report.checked, report.waiting, report.differences) == (60, 0, ())
    assert report.agrees


def test_g05_a_changed_mark_is_found(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    hand_in(exam_id, 5)
    jobs.grade_pending(exam_id)
    grade = committed_db.scalars(select(Grade).order_by(Grade.id)).first()
    assert grade is not None
    stage_id = committed_db.get_one(Exam, exam_id).stage_id
    grade_id, attempt_id = grade.id, grade.attempt_id
    committed_db.rollback()
    tamper(grade_id)
    report = regrade_check(stage_id)
    assert [difference.attempt_id for difference in report.differences] == [attempt_id]
    assert not report.agrees


def tamper(grade_id: int) -> None:
    """Change a grade as the database's owner; the role of the pages may not."""
    with db.engine.begin() as connection:
        connection.exec_driver_sql("RESET ROLE")
        connection.exec_driver_sql(f"UPDATE grades SET score = score + 0.0001 WHERE id = {grade_id}")
        connection.exec_driver_sql("SET ROLE jiangsai_pages")


def test_g07_a_poison_attempt_is_put_aside_and_the_others_are_graded(
    app: Flask, committed_db: Session, caplog: pytest.LogCaptureFixture
) -> None:
    exam_id = make_exam()
    sats = hand_in(exam_id, 1000)
    poison = sats[517]
    committed_db.execute(text("SET LOCAL ROLE NONE"))
    committed_db.execute(text("ALTER TABLE sheets DISABLE TRIGGER closed_sheet"))
    committed_db.execute(
        text("UPDATE sheets SET answers[1] = 'no answer at all' WHERE attempt_id = :id"),
        {"id": poison.attempt_id},
    )
    committed_db.execute(text("ALTER TABLE sheets ENABLE TRIGGER closed_sheet"))
    committed_db.commit()
    assert jobs.grade_pending(exam_id) == 999
    with caplog.at_level(logging.ERROR):
        for _ in range(4):
            jobs.grade_pending(exam_id)
    assert graded_count(committed_db) == 999
    failure = committed_db.scalars(select(GradingFailure)).one()
    assert failure.attempt_id == poison.attempt_id
    assert committed_db.get_one(Sheet, poison.attempt_id).grade_tries == 3, "not tried for ever"
    assert "ALARM" in caplog.text
    assert ungraded_exams() == []


class Bomb:
    """What a thief of Redis would plant: unpickling it would leave a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def test_g07_a_pickle_planted_in_redis_is_never_executed(app: Flask, tmp_path: Path) -> None:
    from rq import Queue, SimpleWorker
    from rq.serializers import JSONSerializer

    planted = tmp_path / "planted"
    redis = app.extensions["redis"]
    queue = Queue("grading", connection=redis, serializer=JSONSerializer)
    redis.hset(
        "rq:job:bomb",
        mapping={
            "data": pickle.dumps(Bomb(planted)),
            "created_at": "2026-05-22T01:00:00.000000Z",
            "origin": "grading",
            "status": "queued",
        },
    )
    redis.rpush(queue.key, "bomb")
    with app.app_context(), contextlib.suppress(ValueError):  # bytes that are no JSON
        SimpleWorker([queue], connection=redis, serializer=JSONSerializer).work(burst=True)
    assert not planted.exists()


def test_g08_scores_of_real_sheets_equal_a_plain_count(app: Flask, committed_db: Session) -> None:
    """All questions carry one mark and the key is known: the score is right answers times five."""
    exam_id = make_exam()
    sat = sit(exam_id)
    sheet = own_sheet(sat.attempt_id, sat.person_id)
    questions = marked_questions(set(sheet.paper))
    right = 0
    items = []
    for slot, version_id in enumerate(sheet.paper):
        question = questions[version_id].public
        order = sheet.order(slot, len(question.options))
        keys = {
            "single": "".join(LETTERS[order.index(at)] for at in (0,) if order),
            "multiple": "".join(sorted(LETTERS[order.index(at)] for at in (0, 2) if order)),
            "true_false": "T",
            "fill": '["触电"]',
        }
        if slot % 3:
            items.append(Item(slot, 1, keys[question.type.value]))
            right += 1
    hot.save(sat.attempt_id, sat.person_id, sat.lease, items, clock.now())
    with transaction():
        submit(sat.attempt_id, sat.person_id, sat.lease, clock.now())
    jobs.grade_pending(exam_id)
    grade = committed_db.scalars(select(Grade)).one()
    assert (grade.mark, grade.score) == (Decimal(right), Decimal(right * 5))
