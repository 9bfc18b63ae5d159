"""The draw secret of an exam: promised by its digest before, revealed after, replaced when needed again."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from webapp.audit.service import record
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.exam.models import Exam, PastDrawSecret
from webapp.exam.queries.plans import Plan, plan, revealed_secret, secret_owner

REVEAL_AFTER = timedelta(hours=24)
"""After the window: by then papers are closed and mistaken submissions are settled."""

_DUE = text(
    """
    SELECT e.id FROM exams e
    WHERE e.kind = 'formal' AND e.secret_revealed_at IS NULL AND e.closes_at < :before
      AND NOT EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state IN ('open', 'submitted'))
      AND NOT EXISTS (SELECT FROM sheets s JOIN attempts a ON a.id = s.attempt_id
                      WHERE s.exam_id = e.id AND s.state = 'created' AND a.number > 1)
      AND NOT EXISTS (SELECT FROM exam_actions a WHERE a.exam_id = e.id AND a.state = 'waiting')
    ORDER BY e.id FOR UPDATE OF e SKIP LOCKED
    """
)


def commit_secret(exam: Exam) -> None:
    """Give an exam a new secret and fix its digest. The row needs its id."""
    secret = secrets.token_bytes(32)
    exam.secret_digest = hashlib.sha256(secret).hexdigest()
    exam.secret_cipher = keyring().encrypt(secret.hex(), secret_owner(exam.id))
    exam.secret_revealed_at = None


def reveal_due(at: datetime) -> list[int]:
    """Reveal the secrets of exams that are over at `at`: window closed for REVEAL_AFTER, nobody writes or waits
    for marks, nothing waits for a second person. The ids of these exams."""
    due = list(db.session.scalars(_DUE, {"before": at - REVEAL_AFTER}))
    for exam in db.session.scalars(select(Exam).where(Exam.id.in_(due))):
        exam.secret_revealed_at = at
        record("exam.reveal-secret", "exam", exam.id, actor="clock", secret_digest=exam.secret_digest)
    db.session.flush()
    return due


def replace_revealed_secret(exam_id: int) -> Plan:
    """The plan with a secret that nobody knows: a public one is kept as a past one and a new one promised."""
    exam = db.session.scalars(
        select(Exam).where(Exam.id == exam_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if exam.secret_revealed_at is not None:
        number = db.session.scalars(
            select(func.count()).select_from(PastDrawSecret).where(PastDrawSecret.exam_id == exam_id)
        ).one()
        db.session.add(
            PastDrawSecret(
                exam_id=exam_id,
                number=number + 1,
                digest=exam.secret_digest,
                secret=revealed_secret(exam),
                committed_at=exam.secret_committed_at,
                revealed_at=exam.secret_revealed_at,
            )
        )
        commit_secret(exam)
        exam.secret_committed_at = func.clock_timestamp()
        record("exam.replace-secret", "exam", exam_id, secret_digest=exam.secret_digest)
        db.session.flush()
    return plan(exam_id, fresh=True)
