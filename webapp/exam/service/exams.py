"""Opening an exam for a stage: contest rules and bank version are frozen into one row."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.audit.service import record
from webapp.contests.rules.blueprint import Blueprint, to_json
from webapp.core.db import db
from webapp.exam.errors import PoolTooSmall, TooExposed
from webapp.exam.models import Exam
from webapp.exam.queries.plans import pool, with_tree
from webapp.exam.rules.draw import SupplyCheck, can_satisfy
from webapp.exam.rules.supply import Kind
from webapp.exam.service.secrets import commit_secret


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


def supply(
    blueprint: Blueprint, bank_version_id: int, excluded_ids: frozenset[int] = frozenset()
) -> SupplyCheck:
    """Whether a bank version without some questions can serve a blueprint that was told its topics (`with_tree`),
    before anything is opened."""
    counts: dict[Kind, int] = {}
    for question in pool(bank_version_id, blueprint.with_below(blueprint.topics)):
        if question.version_id in excluded_ids:
            continue
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
    order = replace(order, blueprint=with_tree(order.blueprint, order.bank_version_id))
    excluded_ids = over_used(order)
    check = supply(order.blueprint, order.bank_version_id, frozenset(excluded_ids))
    if check.shortages:
        raise PoolTooSmall(missing=sum(shortage.missing for shortage in check.shortages))
    if check.too_exposed:
        raise TooExposed(cells=len(check.too_exposed))
    exam = _add(order, excluded_ids)
    record(
        "exam.open",
        "exam",
        exam.id,
        bank_version_id=order.bank_version_id,
        thin_cells=len(check.warnings),
        left_out=len(excluded_ids),
        secret_digest=exam.secret_digest,
    )
    return exam.id


def over_used(order: ExamOrder) -> list[int]:
    """Question versions of the bank version that were taken out of the bank since, or whose question stood on
    more papers of earlier formal exams of the contest than the file allows, in order."""
    return left_out(order.event_id, order.bank_version_id, order.blueprint)


def left_out(event_id: int, bank_version_id: int, blueprint: Blueprint) -> list[int]:
    """The same before anything is ordered."""
    retired = db.session.scalars(_RETIRED, {"bank_version_id": bank_version_id}).all()
    fairness = blueprint.fairness
    if fairness is None or fairness.most_earlier_papers is None:
        return sorted(retired)
    values = {
        "event_id": event_id,
        "bank_version_id": bank_version_id,
        "most": fairness.most_earlier_papers,
    }
    return sorted({*retired, *db.session.scalars(_OVER_USED, values)})


_RETIRED = text(
    """
    SELECT b.question_version_id FROM retired_questions r
    JOIN question_versions q ON q.question_id = r.question_id
    JOIN bank_version_questions b ON b.question_version_id = q.id AND b.bank_version_id = :bank_version_id
    WHERE r.restored_at IS NULL
    """
)

_OVER_USED = text(
    """
    WITH used AS (
        SELECT v.question_id, count(*) AS papers
        FROM events mine
        JOIN events ev ON ev.contest_id = mine.contest_id
        JOIN exams e ON e.event_id = ev.id AND e.kind = 'formal'
        JOIN attempts a ON a.exam_id = e.id
        JOIN sheets s ON s.attempt_id = a.id AND s.state <> 'created'
        CROSS JOIN LATERAL unnest(a.paper) AS slot(version_id)
        JOIN question_versions v ON v.id = slot.version_id
        WHERE mine.id = :event_id
        GROUP BY v.question_id
        HAVING count(*) > :most
    )
    SELECT b.question_version_id FROM bank_version_questions b
    JOIN question_versions q ON q.id = b.question_version_id
    JOIN used ON used.question_id = q.question_id
    WHERE b.bank_version_id = :bank_version_id
    ORDER BY b.question_version_id
    """
)


def _add(order: ExamOrder, excluded_ids: list[int]) -> Exam:
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
        secret_digest="",
        excluded_ids=excluded_ids,
    )
    db.session.add(exam)
    db.session.flush()
    commit_secret(exam)
    db.session.flush()
    return exam
