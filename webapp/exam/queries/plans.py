"""What never changes of an exam, kept in process memory: blueprint, question pool, draw secret."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from threading import Lock

from sqlalchemy import select, text

from webapp.contests.rules.blueprint import Blueprint, from_json
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.exam.errors import ExamNotFound
from webapp.exam.models import Exam
from webapp.exam.rules.draw import PoolQuestion


@dataclass(frozen=True)
class Plan:
    """The frozen side of one exam."""

    exam_id: int
    stage_id: int
    event_id: int
    kind: str
    component: str
    blueprint: Blueprint
    pool: tuple[PoolQuestion, ...]
    secret: bytes
    secret_digest: str
    grace_s: int
    attempts_allowed: int


_cache: dict[int, Plan] = {}
_lock = Lock()

_POOL = text(
    """
    SELECT q.id, q.type, coalesce(t.key, '') AS topic, q.difficulty
    FROM bank_version_questions b
    JOIN question_versions q ON q.id = b.question_version_id
    LEFT JOIN topics t ON t.id = q.topic_id
    WHERE b.bank_version_id = :bank_version_id AND (:is_whole OR t.key = ANY(:topics))
    """
)


_BELOW = text(
    """
    SELECT t.key, above.key AS above
    FROM bank_versions v
    JOIN topics t ON t.bank_id = v.bank_id
    JOIN topics above ON above.id = t.parent_id
    WHERE v.id = :bank_version_id
    ORDER BY t.key
    """
)


def tree_of(bank_version_id: int) -> tuple[tuple[str, str], ...]:
    """(topic, the one it stands below) of a bank version's bank, by keys."""
    rows = db.session.execute(_BELOW, {"bank_version_id": bank_version_id})
    return tuple((row.key, row.above) for row in rows)


def with_tree(blueprint: Blueprint, bank_version_id: int) -> Blueprint:
    """The blueprint, told which topics of its bank stand below which: what an exam is opened and counted with."""
    return replace(blueprint, below=tree_of(bank_version_id))


def pool(bank_version_id: int, topics: Collection[str] = ()) -> tuple[PoolQuestion, ...]:
    """The questions of a bank version, without their keys; topics: only of these, none means all."""
    values = {"bank_version_id": bank_version_id, "is_whole": not topics, "topics": list(topics)}
    rows = db.session.execute(_POOL, values)
    return tuple(PoolQuestion(row.id, row.type, row.topic, row.difficulty) for row in rows)


def plan(exam_id: int, fresh: bool = False) -> Plan:
    """The plan of an exam. fresh: read again, because the draw secret was replaced. raise (ExamNotFound)."""
    return (None if fresh else _cache.get(exam_id)) or _read(exam_id)


def forget_plans() -> None:
    """Empty the cache: tests reuse ids."""
    with _lock:
        _cache.clear()


def secret_owner(exam_id: int) -> str:
    """What the encrypted draw secret is bound to."""
    return f"exam:{exam_id}"


def revealed_secret(exam: Exam) -> str:
    """The secret in hex once it is public, else ''."""
    if exam.secret_revealed_at is None:
        return ""
    return keyring().decrypt(exam.secret_cipher, secret_owner(exam.id))


def _read(exam_id: int) -> Plan:
    exam = db.session.scalars(select(Exam).where(Exam.id == exam_id)).one_or_none()
    if exam is None:
        raise ExamNotFound
    blueprint = from_json(exam.blueprint)
    made = Plan(
        exam_id=exam.id,
        stage_id=exam.stage_id,
        event_id=exam.event_id,
        kind=exam.kind,
        component=exam.component,
        blueprint=blueprint,
        pool=_without(pool(exam.bank_version_id, blueprint.with_below(blueprint.topics)), exam.excluded_ids),
        secret=bytes.fromhex(keyring().decrypt(exam.secret_cipher, secret_owner(exam.id))),
        secret_digest=exam.secret_digest,
        grace_s=exam.grace_s,
        attempts_allowed=exam.attempts_allowed,
    )
    with _lock:
        _cache[exam_id] = made
    return made


def _without(questions: tuple[PoolQuestion, ...], excluded_ids: Collection[int]) -> tuple[PoolQuestion, ...]:
    gone = frozenset(excluded_ids)
    return tuple(question for question in questions if question.version_id not in gone) if gone else questions
