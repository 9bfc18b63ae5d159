"""Many ask for scores to be combined; one run of the job does what all of them asked for."""

from collections.abc import Iterator

import pytest
from flask import Flask
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.leaderboard.boards import Board, grade, make_board
from webapp.core.db import db
from webapp.core.outbox import OutboxRow, enqueue, relay
from webapp.core.queue import Job, QueueName, run
from webapp.core.redis import redis_client
from webapp.core.transaction import transaction
from webapp.leaderboard import jobs
from webapp.leaderboard.models import Standing


@pytest.fixture
def board(session: Session) -> Board:
    made = make_board()
    grade([(person, 90) for person in made.people])
    return made


@pytest.fixture
def queued(app: Flask) -> Iterator[None]:
    """Jobs go to Redis, as on a site."""
    kept = app.extensions.pop("jobs_inline")
    yield
    app.extensions["jobs_inline"] = kept


def ask(stage_id: int, *people: int) -> None:
    """As a graded paper or a passed quiz does."""
    with transaction():
        enqueue(Job.COMBINE_SCORES, stage_id=stage_id, participation_ids=",".join(map(str, people)))


def queue_of(name: QueueName) -> Queue:
    return Queue(name, connection=redis_client(), serializer=JSONSerializer)


def unsent() -> list[int]:
    return list(db.session.scalars(select(OutboxRow.id).where(OutboxRow.sent_at.is_(None))))


def test_a_hundred_wishes_wait_as_one_job_and_are_done_by_one_run(board: Board, queued: None) -> None:
    people = [person.participation_id for person in board.people]
    for nth in range(100):
        ask(board.stage_id, people[nth % len(people)])
    assert queue_of(QueueName.BOARDS).count == 1
    assert len(unsent()) == 100
    run(Job.COMBINE_SCORES.value, {})
    assert unsent() == []
    assert len(db.session.scalars(select(Standing)).all()) == len(people)


def test_a_wish_after_the_job_has_begun_gets_a_run_of_its_own(board: Board, queued: None) -> None:
    ask(board.stage_id, board.people[0].participation_id)
    queue_of(QueueName.BOARDS).pop_job_id()  # the worker has taken the job,
    run(Job.COMBINE_SCORES.value, {})  # and does it
    ask(board.stage_id, board.people[1].participation_id)
    assert queue_of(QueueName.BOARDS).count == 1


def test_what_cannot_be_combined_stays_and_stops_nobody(board: Board, session: Session) -> None:
    ask(board.stage_id, board.people[0].participation_id)
    ask(4_040_404, 1)
    ask(board.stage_id, board.people[2].participation_id)
    jobs.combine()
    left = session.scalars(select(OutboxRow).where(OutboxRow.sent_at.is_(None))).all()
    assert [row.args["stage_id"] for row in left] == [4_040_404]
    assert len(session.scalars(select(Standing)).all()) == 2


def test_an_emptied_redis_loses_no_wish(board: Board, queued: None) -> None:
    ask(board.stage_id, board.people[0].participation_id)
    redis_client().flushdb()
    assert queue_of(QueueName.BOARDS).count == 0
    relay(older_than_s=0)
    relay(older_than_s=0)
    assert queue_of(QueueName.BOARDS).count == 1
    run(Job.COMBINE_SCORES.value, {})
    assert unsent() == []
    assert len(db.session.scalars(select(Standing)).all()) == 1


def test_papers_handed_in_together_wait_as_one_grading_job(
    app: Flask, session: Session, queued: None
) -> None:
    for exam_id in (1, 1, 2, 1):
        with transaction():
            enqueue(Job.GRADE_PENDING, exam_id=exam_id)
    assert queue_of(QueueName.GRADING).count == 2
    assert unsent() == []
