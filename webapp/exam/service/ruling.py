"""Deciding about a question after the close: its effect is computed and shown first, a second person agrees,
then every paper concerned gets a new grade, and all of them take effect in one step. Old grades stay."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select, text

from webapp.audit.service import record
from webapp.banks.rules.schema import QuestionKey
from webapp.core import clock
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.words import N_, Message
from webapp.exam.errors import (
    NothingLeft,
    QuestionNotFound,
    ReasonMissing,
    RulingNotFound,
    RulingNotReady,
    StillOpen,
    StillWriting,
)
from webapp.exam.models import Ruling
from webapp.exam.queries.essays import ESSAY_MARKS
from webapp.exam.queries.keys import correct_key, marked_questions
from webapp.exam.queries.plans import plan
from webapp.exam.rules.grading import GRADING_VERSION, grade_sheet
from webapp.exam.rules.rulings import RulingKind, moves, summary
from webapp.exam.service import actions
from webapp.exam.service.actions import Asked, Deed, Effect, Kind, register
from webapp.exam.service.doors import require_not_frozen, weigh
from webapp.exam.service.grading import RULINGS_LOCK, TRIES, facts_of, hold_rulings, sheet_input

BATCH = 500
MOST_SHOWN = 200
"""Changes that are written down one by one; the numbers count all."""

# What is put aside for a person does not hold rulings up: it is graded by them later.
_WRITING = text(
    """
    SELECT count(*) FROM sheets
    WHERE exam_id = :exam_id AND (state = 'open' OR (state = 'submitted' AND grade_tries < :tries))
    """
)
_CLOSES = text("SELECT closes_at FROM exams WHERE id = :exam_id")
_CONCERNED = text(
    f"""
    SELECT s.attempt_id, s.participation_id, s.answers, a.paper, a.sections, a.option_seed, a.paper_digest,
           g.score, g.mark, {ESSAY_MARKS},
           (SELECT coalesce(max(x.version), 0) + 1 FROM grades x WHERE x.attempt_id = s.attempt_id) AS version
    FROM sheets s JOIN attempts a ON a.id = s.attempt_id JOIN grades g ON g.id = s.current_grade_id
    WHERE s.exam_id = :exam_id AND s.state = 'graded' AND s.attempt_id > :after
      AND a.paper @> ARRAY[CAST(:version_id AS int)]
      AND (:ruling_id = 0 OR NOT EXISTS (
              SELECT FROM grades x WHERE x.attempt_id = s.attempt_id AND x.ruling_id = :ruling_id))
    ORDER BY s.attempt_id LIMIT :batch
    """  # noqa: S608 - no value of anybody is spliced in
)
_COUNT = text(
    """
    SELECT count(*) FROM sheets s JOIN attempts a ON a.id = s.attempt_id
    WHERE s.exam_id = :exam_id AND s.state = 'graded' AND a.paper @> ARRAY[CAST(:version_id AS int)]
    """
)
_NAMES = text(
    """
    SELECT p.id, p.number, person.name FROM participations p JOIN persons person ON person.id = p.person_id
    WHERE p.id = ANY(:ids)
    """
)
_STORE = text(
    """
    INSERT INTO grades (attempt_id, version, marks, sections, mark, full_mark, score, input_digest,
                        code_version, reason, ruling_id)
    SELECT g.attempt_id, g.version, g.marks, g.sections, g.mark, g.full_mark, g.score, g.input_digest,
           :code_version, :reason, :ruling_id
    FROM jsonb_to_recordset(CAST(:grades AS jsonb)) AS g(
        attempt_id bigint, version int, marks jsonb, sections jsonb, mark numeric, full_mark numeric,
        score numeric, input_digest text)
    ON CONFLICT DO NOTHING
    """
)
_EXCLUSIVE = text("SELECT pg_advisory_xact_lock(:space, :exam_id)")
_SWITCH = text(
    """
    UPDATE sheets s SET current_grade_id = g.id
    FROM grades g
    WHERE g.ruling_id = :ruling_id AND g.attempt_id = s.attempt_id AND s.state = 'graded'
      AND s.exam_id = :exam_id
    RETURNING s.participation_id
    """
)


@dataclass(frozen=True)
class RulingOrder:
    """A ruling to be weighed. kind: drop | everybody | answered | key; key: only for key."""

    exam_id: int
    version_id: int
    kind: RulingKind
    reason: str
    key: QuestionKey | None = None


def draft_ruling(order: RulingOrder, account_id: int) -> int:
    """Begin to weigh a ruling; a job computes its effect. Nothing changes. Return its id.

    raise (ReasonMissing, QuestionNotFound). raise (StillOpen, StillWriting): the window is open, somebody writes or is
    not graded yet.
    raise (NothingLeft): a paper would lose its only question. raise (ListFrozen)."""
    if not order.reason.strip():
        raise ReasonMissing
    frozen = plan(order.exam_id)
    if order.version_id not in {question.version_id for question in frozen.pool}:
        raise QuestionNotFound
    require_settled(order.exam_id)
    if order.kind is RulingKind.DROP and frozen.blueprint.question_count == 1:
        raise NothingLeft
    key_id = None
    if order.kind is RulingKind.KEY:
        assert order.key is not None, "a ruling of kind key brings one"
        key_id = correct_key(order.exam_id, order.version_id, order.key, account_id)
    values = {"exam_id": order.exam_id, "version_id": order.version_id}
    row = Ruling(
        exam_id=order.exam_id,
        question_version_id=order.version_id,
        kind=str(order.kind),
        key_id=key_id,
        reason=order.reason.strip()[:500],
        total=db.session.scalar(_COUNT, values) or 0,
        by_account_id=account_id,
    )
    db.session.add(row)
    db.session.flush()
    enqueue(Job.WEIGH_RULING, ruling_id=row.id)
    record(
        "exam.ruling.draft", "exam", order.exam_id, why=row.reason, ruling_id=row.id, kind=row.kind,
        question_version_id=order.version_id,
    )  # fmt: skip
    return row.id


def require_settled(exam_id: int) -> None:
    """raise (StillOpen, StillWriting, ListFrozen): rulings wait for the close, and for a list that is not frozen."""
    closes_at = db.session.execute(_CLOSES, {"exam_id": exam_id}).scalar_one()
    if closes_at > clock.now():
        raise StillOpen(closes=closes_at)
    writing = db.session.scalar(_WRITING, {"exam_id": exam_id, "tries": TRIES}) or 0
    if writing:
        raise StillWriting(n=writing)
    require_not_frozen(plan(exam_id).stage_id)


def weigh_ruling(ruling_id: int) -> None:
    """Grade all papers concerned as if the ruling held, and keep who would change and who would cross the
    cut line. No grade, digest or standing is touched. Doing it again gives the same."""
    ruling = _ruling(ruling_id, lock=True)
    if ruling.state not in {"computing", "ready"}:
        return
    changed: dict[int, tuple[Decimal, Decimal]] = {}
    scores: dict[int, Decimal] = {}
    papers = 0
    for row, graded in _regraded(ruling, fresh_only=False):
        papers += 1
        if graded["score"] != str(row.score):
            scores[row.attempt_id] = Decimal(graded["score"])
            changed[row.participation_id] = (row.score, scores[row.attempt_id])
    before, after = weigh(plan(ruling.exam_id).stage_id, scores)
    concerned = list(changed.keys() | before.keys())
    names = {row.id: (row.number, row.name) for row in db.session.execute(_NAMES, {"ids": concerned})}
    found = moves(changed, before, after, names)
    ruling.total = ruling.done = papers
    ruling.effect = {
        **summary(found, papers),
        "people": [
            {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(one).items()}
            for one in found[:MOST_SHOWN]
        ],
    }
    ruling.state = "ready"
    db.session.flush()


def _regraded(ruling: Ruling, fresh_only: bool) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    """Every graded paper with the question, and its grade under the ruling; fresh_only: those without one."""
    frozen, after = plan(ruling.exam_id), 0
    while True:
        values = {
            "exam_id": ruling.exam_id,
            "version_id": ruling.question_version_id,
            "after": after,
            "batch": BATCH,
            "ruling_id": ruling.id if fresh_only else 0,
        }
        rows = db.session.execute(_CONCERNED, values).all()
        if not rows:
            return
        ids = {version_id for row in rows for version_id in row.paper}
        questions = marked_questions(ids, ruling.exam_id, instead=ruling.id)
        for row in rows:
            yield row, facts_of(row, grade_sheet(sheet_input(row), frozen.blueprint.sections, questions))
        after = rows[-1].attempt_id


def cancel_ruling(ruling_id: int, exam_id: int) -> None:
    """Give a ruling up before anybody agreed; every grade and standing stays as it was.
    raise (RulingNotFound, RulingNotReady)."""
    ruling = _of_exam(ruling_id, exam_id)
    if ruling.state not in {"computing", "ready"}:
        raise RulingNotReady
    ruling.state = "cancelled"
    record("exam.ruling.cancel", "exam", exam_id, why=ruling.reason, ruling_id=ruling.id)
    db.session.flush()


@dataclass(frozen=True)
class RulingPayload:
    """Which ruling is to take effect."""

    ruling_id: int = 0
    kind: str = ""
    question: int = 0


def ask_ruling(ruling_id: int, exam_id: int, asked: Asked) -> Any:
    """Ask for a weighed ruling to take effect. raise (RulingNotReady): not weighed, or settled already."""
    ruling = _of_exam(ruling_id, exam_id)
    if ruling.state != "ready":
        raise RulingNotReady
    payload = RulingPayload(ruling.id, ruling.kind, ruling.question_version_id)
    return actions.ask("ruling", exam_id, payload, asked)


def _check(exam_id: int, wanted: RulingPayload) -> None:
    ruling = _of_exam(wanted.ruling_id, exam_id)
    if ruling.state != "ready":
        raise RulingNotReady
    require_settled(exam_id)


def _preview(exam_id: int, wanted: RulingPayload) -> Effect:
    effect = _of_exam(wanted.ruling_id, exam_id).effect
    lines = (
        Message(
            N_("%(papers)s papers hold the question; %(higher)s scores rise, %(lower)s fall."),
            {name: effect[name] for name in ("papers", "higher", "lower")},
        ),
        Message(
            N_("%(enters)s people come above the cut line, %(leaves)s fall below it."),
            {name: effect[name] for name in ("enters", "leaves")},
        ),
    )
    return Effect(int(effect["higher"]) + int(effect["lower"]), lines)


def _carry_out(deed: Deed, wanted: RulingPayload) -> None:
    ruling = _ruling(wanted.ruling_id, lock=True)
    ruling.state, ruling.action_id, ruling.done = "applying", deed.action_id, 0
    db.session.flush()
    enqueue(Job.APPLY_RULING, ruling_id=ruling.id)


DESCRIPTIONS: Mapping[str, str] = {
    "drop": N_("Question %(question)s is left out and the full mark computed anew"),
    "everybody": N_("Everybody gets the mark of question %(question)s"),
    "answered": N_("Every answer to question %(question)s counts as right"),
    "key": N_("The key of question %(question)s is corrected"),
}


def _describe(wanted: RulingPayload) -> Message:
    words = DESCRIPTIONS.get(wanted.kind, DESCRIPTIONS["key"])
    return Message(words, {"question": wanted.question})


register(Kind("ruling", RulingPayload, _describe, _check, _preview, _carry_out, is_long=True))


def prepare_grades(ruling_id: int) -> int:
    """Write the next new grades of an agreed ruling, up to BATCH; how many. Nobody sees them before
    `switch_grades`. Call it in a transaction of its own until it returns 0."""
    ruling = _ruling(ruling_id, lock=True)
    if ruling.state != "applying":
        return 0
    hold_rulings(ruling.exam_id)  # no mark of a written answer is corrected meanwhile
    made = _store_batch(ruling)
    ruling.done += made
    return made


def _store_batch(ruling: Ruling) -> int:
    facts = []
    for _row, graded in _regraded(ruling, fresh_only=True):
        facts.append(graded)
        if len(facts) == BATCH:
            break
    if facts:
        values = {
            "grades": json.dumps(facts),
            "code_version": GRADING_VERSION,
            "reason": f"ruling {ruling.id}: {ruling.reason}",
            "ruling_id": ruling.id,
        }
        db.session.execute(_STORE, values)
    return len(facts)


def switch_grades(ruling_id: int, at: datetime) -> int:
    """Let all new grades of a ruling take effect in one step; scores and boards follow. How many papers.

    Grading waits meanwhile: what was graded since the preparation is graded anew here as well."""
    ruling = _ruling(ruling_id, lock=True)
    if ruling.state != "applying":
        return 0
    db.session.execute(_EXCLUSIVE, {"space": RULINGS_LOCK, "exam_id": ruling.exam_id})
    while _store_batch(ruling):
        pass
    values = {"ruling_id": ruling.id, "exam_id": ruling.exam_id}
    people = db.session.scalars(_SWITCH, values).all()
    ruling.state, ruling.applied_at, ruling.done, ruling.total = "applied", at, len(people), len(people)
    db.session.flush()
    frozen = plan(ruling.exam_id)
    if frozen.kind == "formal":
        for start in range(0, len(people), BATCH):
            ids = ",".join(map(str, people[start : start + BATCH]))
            enqueue(Job.COMBINE_SCORES, stage_id=frozen.stage_id, participation_ids=ids)
    if ruling.action_id is not None:
        actions.finish(ruling.action_id)
    record(
        "exam.ruling.apply", "exam", ruling.exam_id, why=ruling.reason, actor="grading", ruling_id=ruling.id,
        papers=len(people), action_id=ruling.action_id,
    )  # fmt: skip
    return len(people)


def unfinished_rulings() -> tuple[list[int], list[int]]:
    """(to weigh, to apply): rulings whose job may have been lost."""
    rows = db.session.execute(
        select(Ruling.id, Ruling.state).where(
            Ruling.state.in_(("computing", "applying")),
            Ruling.created_at < func.now() - text("interval '20 seconds'"),
        )
    ).all()
    return [row.id for row in rows if row.state == "computing"], [
        row.id for row in rows if row.state == "applying"
    ]


def _of_exam(ruling_id: int, exam_id: int) -> Ruling:
    ruling = _ruling(ruling_id, lock=True)
    if ruling.exam_id != exam_id:
        raise RulingNotFound
    return ruling


def _ruling(ruling_id: int, lock: bool) -> Ruling:
    query = select(Ruling).where(Ruling.id == ruling_id)
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise RulingNotFound
    return found
