"""Opening an exam for a stage: contest rules and bank version are frozen into one row."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.audit.service import record
from webapp.contests.rules.blueprint import Blueprint, to_json
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.exam.errors import PoolTooSmall
from webapp.exam.models import Exam
from webapp.exam.queries.plans import pool, secret_owner
from webapp.exam.rules.draw import SupplyCheck, can_satisfy
from webapp.exam.rules.supply import Kind


@dataclass(frozen=True)
class ExamOrder:
    """What an exam is made from. kind: formal | mock. The window is half-open."""

    stage_id: int
    event_id: int
    contest_version_id: int
    bank_version_id: int
    component: str
    kind: str
    title: dict[str, Any]
    blueprint: Blueprint
    opens_at: datetime
    closes_at: datetime


def supply(blueprint: Blueprint, bank_version_id: int) -> SupplyCheck:
    """Whether a bank version can serve a blueprint, before anything is opened."""
    counts: dict[Kind, int] = {}
    for question in pool(bank_version_id, blueprint.topics):
        counts[question.kind] = counts.get(question.kind, 0) + 1
    return can_satisfy(blueprint, counts)


def open_exam(order: ExamOrder) -> int:
    """Freeze blueprint, bank version and window into an exam; its id. Doing it again gives the same exam.

    A secret for the draws is made now and its digest stored, before anybody sits.
    raise (PoolTooSmall): the bank version cannot fill the blueprint."""
    existing = db.session.scalars(
        select(Exam.id).where(
            Exam.stage_id == order.stage_id, Exam.component == order.component, Exam.kind == order.kind
        )
    ).one_or_none()
    if existing is not None:
        return existing
    check = supply(order.blueprint, order.bank_version_id)
    if not check.is_satisfiable:
        raise PoolTooSmall(missing=sum(shortage.missing for shortage in check.shortages))
    exam = _add(order)
    record(
        "exam.open",
        "exam",
        exam.id,
        bank_version_id=order.bank_version_id,
        thin_cells=len(check.warnings),
        secret_digest=exam.secret_digest,
    )
    return exam.id


def _add(order: ExamOrder) -> Exam:
    secret = secrets.token_bytes(32)
    exam = Exam(
        stage_id=order.stage_id,
        event_id=order.event_id,
        contest_version_id=order.contest_version_id,
        bank_version_id=order.bank_version_id,
        component=order.component,
        kind=order.kind,
        title=order.title,
        blueprint=to_json(order.blueprint),
        duration_s=order.blueprint.duration_s,
        grace_s=order.blueprint.grace_s,
        attempts_allowed=order.blueprint.attempts_allowed,
        opens_at=order.opens_at,
        closes_at=order.closes_at,
        secret_cipher=b"",
        secret_digest=hashlib.sha256(secret).hexdigest(),
    )
    db.session.add(exam)
    db.session.flush()
    exam.secret_cipher = keyring().encrypt(secret.hex(), secret_owner(exam.id))
    db.session.flush()
    return exam
