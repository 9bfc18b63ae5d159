"""Row A05: fifty submits of one attempt make one transition and one receipt."""

from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.integration.exam.exams import make_exam, sit
from tests.integration.exam.races import together
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.idempotency import KeyReused
from webapp.core.outbox import OutboxRow
from webapp.core.transaction import transaction
from webapp.exam.service.submitting import submit_with_key


@pytest.mark.parametrize("keys", ["equal", "different"])
def test_a05_one_transition_one_outbox_row_and_the_same_receipt_fifty_times(
    app: Flask, committed_db: Session, keys: str
) -> None:
    sat = sit(make_exam())

    def call(n: int) -> dict[str, Any]:
        with transaction():
            key = "same-key" if keys == "equal" else f"key-{n}"
            return submit_with_key(sat.attempt_id, sat.person_id, 7, sat.lease, key, clock.now())

    answers = together(app, [partial(call, n) for n in range(50)])
    assert all(answer == answers[0] for answer in answers), answers
    assert answers[0]["code"]
    assert committed_db.scalar(select(func.count(OutboxRow.id))) == 1
    assert committed_db.scalar(select(func.count()).where(AuditRow.action == "attempt.submit")) == 1


def test_a05_the_same_key_for_another_attempt_is_refused(app: Flask, committed_db: Session) -> None:
    exam_id = make_exam()
    first, second = sit(exam_id), sit(exam_id)
    with transaction():
        submit_with_key(first.attempt_id, first.person_id, 7, first.lease, "key", clock.now())
    with pytest.raises(KeyReused), transaction():
        submit_with_key(second.attempt_id, second.person_id, 7, second.lease, "key", clock.now())
