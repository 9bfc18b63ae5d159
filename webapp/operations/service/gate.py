"""Red items hold an exam back before it opens, unless two people accept them for this exam.

The clock process computes it and stores the answer on the exam's own row (state 'ready' | 'blocked'), which
the start statement reads anyway. Once an exam has begun nothing holds it back any more: late comers must
not suffer from a disk that fills up. Without the clock process nothing is held back either."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, text, update

from webapp.audit.service import record
from webapp.contests.errors import ContestInvalid
from webapp.contests.queries import stage_by_id
from webapp.core import clock
from webapp.core.db import db
from webapp.operations import queries
from webapp.operations.errors import NeverAccepted, SamePerson, WaiverNotFound
from webapp.operations.models import DoctorWaiver
from webapp.operations.queries import facts
from webapp.operations.rules import readiness
from webapp.operations.rules.readiness import Item, Light
from webapp.stages.queries.holding import minimum

log = logging.getLogger(__name__)

WAIVED_FOR = timedelta(days=1)
"""A waiver ends a day after the exam was to open: it never carries over to another one."""

_SET = text(
    """
    UPDATE exams SET state = :state
    WHERE id = :exam_id AND state IN ('ready', 'blocked') AND state <> :state
      AND (:state = 'ready' OR NOT EXISTS (SELECT FROM sheets s WHERE s.exam_id = :exam_id AND s.state <> 'created'))
    RETURNING id
    """
)


def items_of(row: Mapping[str, Any], shared: list[Item], now: datetime) -> list[Item]:
    """All items that matter to an exam: the installation's and its own. row: from `facts.coming_exams`."""
    return [*shared, *readiness.exam(facts.exam_facts(row), now), *rule_items(row, now)]


def rule_items(row: Mapping[str, Any], now: datetime) -> list[Item]:
    """What the contest file itself asks before the exam: a hard minimum of contestants, where it has one. A file that
    this version of the program cannot read asks nothing: one contest does not keep the exams of others from being decided on."""
    try:
        found = minimum(stage_by_id(row["stage_id"]), now)
    except ContestInvalid:
        log.exception("exam %d: the file of its contest cannot be read", row["id"])
        return []
    if found is None or not found.is_hard:
        return []
    return [
        readiness.minimum(row["id"], found.needed, found.people, few=found.few is not None, holds=found.holds)
    ]


def shared_items(now: datetime) -> list[Item]:
    """The items of the installation: the technical checks and the rules of readiness."""
    technical = [queries.as_item(check) for check in queries.everything()]
    return [*technical, *readiness.installation(facts.installation_facts(), now)]


def everything() -> list[Item]:
    """What `jiangsai doctor` tells: the installation, and every exam of the next seven days.

    Without a database, or on one without our tables, only the technical checks."""
    now = clock.now()
    technical = [queries.as_item(check) for check in queries.everything()]
    if any(item.light is Light.RED and item.key in {"database", "migrations"} for item in technical):
        return technical
    shared = readiness.installation(facts.installation_facts(), now)
    exams = [item for row in facts.coming_exams() for item in readiness.exam(facts.exam_facts(row), now)]
    return [*technical, *shared, *exams]


def waived(exam_id: int, now: datetime) -> set[str]:
    """Keys that two people have accepted for this exam and that still hold."""
    return set(
        db.session.scalars(
            select(DoctorWaiver.check_key).where(
                DoctorWaiver.exam_id == exam_id,
                DoctorWaiver.agreed_by_account_id.is_not(None),
                DoctorWaiver.until > now,
            )
        )
    )


def decide() -> list[int]:
    """Hold back or let go the exams that open soon; ids of those that are held back now.

    In the demo only what the contest file itself asks holds an exam back. Call it in a transaction of its own."""
    now, is_demo = clock.now(), bool(current_app.config["DEMO"])
    rows = facts.gated_exams()
    if not rows:
        return []
    shared, held = [] if is_demo else shared_items(now), []
    for row in rows:
        items = rule_items(row, now) if is_demo else items_of(row, shared, now)
        red = readiness.blocks(items, waived(row["id"], now))
        state = "blocked" if red else "ready"
        if db.session.scalar(_SET, {"exam_id": row["id"], "state": state}) is not None:
            record(f"exam.{state}", "exam", row["id"], actor="doctor", red=", ".join(red))
        if red:
            held.append(row["id"])
    return held


def ask(exam_id: int, check_key: str, reason: str, opens_at: datetime, account_id: int) -> DoctorWaiver:
    """Ask that an exam may start although a check is red; nothing changes until a second person agrees.

    raise (NeverAccepted): the contest file allows no exception."""
    if check_key in readiness.NEVER_ACCEPTED:
        raise NeverAccepted
    until = max(opens_at, clock.now()) + WAIVED_FOR
    waiver = DoctorWaiver(
        exam_id=exam_id, check_key=check_key, reason=reason, asked_by_account_id=account_id, until=until
    )
    db.session.add(waiver)
    db.session.flush()
    record("doctor.waive.ask", "exam", exam_id, why=reason, check=check_key)
    return waiver


def waiver(waiver_id: int) -> DoctorWaiver:
    """A request. Raise WaiverNotFound."""
    found = db.session.get(DoctorWaiver, waiver_id)
    if found is None:
        raise WaiverNotFound
    return found


def agree(asked: DoctorWaiver, account_id: int) -> None:
    """The second person's yes; saying it again changes nothing. Raise SamePerson."""
    if asked.asked_by_account_id == account_id:
        raise SamePerson
    changed = db.session.scalar(
        update(DoctorWaiver)
        .where(DoctorWaiver.id == asked.id, DoctorWaiver.agreed_by_account_id.is_(None))
        .values(agreed_by_account_id=account_id, agreed_at=clock.now())
        .returning(DoctorWaiver.id)
    )
    if changed is not None:
        record("doctor.waive.agree", "exam", asked.exam_id, check=asked.check_key)


def open_waivers(exam_ids: list[int], now: datetime) -> list[DoctorWaiver]:
    """Requests and decisions for these exams that still hold, the oldest first."""
    return list(
        db.session.scalars(
            select(DoctorWaiver)
            .where(DoctorWaiver.exam_id.in_(exam_ids), DoctorWaiver.until > now)
            .order_by(DoctorWaiver.id)
        )
    )
