"""Row A04: what a submission froze is exactly what stands in the sheet, whatever raced with it."""

import random

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.exam.exams import make_exam, sit
from tests.integration.exam.races import together
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.transaction import transaction
from webapp.exam.errors import AttemptClosed
from webapp.exam.models import AnswerEvent, Attempt, Sheet
from webapp.exam.rules.receipt import Submission, submission_digest
from webapp.exam.rules.saving import Item, Running
from webapp.exam.service import hot
from webapp.exam.service.submitting import Receipt, submit

ATTEMPTS = 300
SAVERS = 6
SUBMITTERS = 2


def test_a04_the_snapshot_equals_the_stored_rows_in_every_attempt(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    for _ in range(ATTEMPTS):
        sat = sit(exam_id)
        calls = [
            lambda n=n, sat=sat: hot.save(
                sat.attempt_id,
                sat.person_id,
                sat.lease,
                [Item(n % 5, n + 1, "A"), Item(10 + n, 1, "T")],
                clock.now(),
            )
            for n in range(SAVERS)
        ] + [lambda sat=sat: submit_once(sat.attempt_id, sat.person_id, sat.lease) for _ in range(SUBMITTERS)]
        random.shuffle(calls)
        results = together(app, calls)
        receipts = {result.digest for result in results if isinstance(result, Receipt)}
        refused = [result for result in results if isinstance(result, DomainError)]
        saved = [result for result in results if isinstance(result, Running)]
        assert len(receipts) == 1
        assert all(isinstance(error, AttemptClosed) for error in refused)
        assert len(saved) + len(refused) == SAVERS
        assert_frozen(committed_db, sat.attempt_id, receipts.pop(), saved)


def changes(n: int) -> list[Item]:
    """One slot that others write too, one of its own."""
    return [Item(n % 5, n + 1, "A"), Item(10 + n, 1, "T")]


def submit_once(attempt_id: int, person_id: int, lease: str) -> Receipt:
    with transaction():
        return submit(attempt_id, person_id, lease, clock.now())


def assert_frozen(session: Session, attempt_id: int, receipt: str, saved: list[Running]) -> None:
    session.expire_all()
    sheet = session.get_one(Sheet, attempt_id)
    attempt = session.get_one(Attempt, attempt_id)
    frozen = Submission(attempt_id, sheet.participation_id, attempt.paper_digest, sheet.answers, sheet.seqs)
    assert sheet.state == "submitted"
    assert sheet.receipt == receipt == submission_digest(frozen), "database and rules agree on the digest"
    for reply in saved:
        for ack in reply.acks:
            assert sheet.seqs[ack.slot] >= ack.seq, "what was acknowledged is in the snapshot"
    stored = session.scalars(
        select(AnswerEvent).where(AnswerEvent.attempt_id == attempt_id, AnswerEvent.outcome == "saved")
    ).all()
    assert len(stored) == sum(ack.outcome == "saved" for reply in saved for ack in reply.acks)
