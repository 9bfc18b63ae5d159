"""Correcting the settled mark of a written answer: one person asks, a second one agrees, the paper gets a new
grade. The marks that people gave, the mark that held and the old grade all stay."""

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text

from webapp.access import interests
from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.words import N_, Message
from webapp.exam.errors import (
    AnswerNotSettled,
    MarkChanged,
    MarkUnchanged,
    RulingApplies,
)
from webapp.exam.models import EssayCorrection
from webapp.exam.queries.essays import ESSAY_MARKS, EssayPlace, essay_place
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.plans import plan
from webapp.exam.rules.essays import SettledMark
from webapp.exam.rules.grading import GRADING_VERSION, Graded, SheetInput, grade_sheet
from webapp.exam.rules.rulings import moves, summary
from webapp.exam.service.actions import Deed, Effect, Kind, register
from webapp.exam.service.doors import require_not_frozen, weigh
from webapp.exam.service.grading import RULINGS_LOCK, facts_of, sheet_input
from webapp.notifications.service import notify

KIND = "essay-mark"


@dataclass(frozen=True)
class MarkCorrection:
    """The answer, the mark that it has and the one that it should have, as text."""

    answer_id: int = 0
    before: str = "0"
    mark: str = "0"


_PAPER = text(
    f"""
    SELECT s.attempt_id, s.participation_id, s.person_id, s.answers, a.paper, a.sections, a.option_seed,
           a.paper_digest, g.score, {ESSAY_MARKS},
           (SELECT coalesce(max(x.version), 0) + 1 FROM grades x WHERE x.attempt_id = s.attempt_id) AS version
    FROM sheets s JOIN attempts a ON a.id = s.attempt_id JOIN grades g ON g.id = s.current_grade_id
    WHERE s.attempt_id = :attempt_id AND s.state = 'graded' FOR UPDATE OF s
    """  # noqa: S608 - no value of anybody is spliced in
)
_EXCLUSIVE = text("SELECT pg_advisory_xact_lock(:space, :exam_id)")
_APPLYING = text("SELECT EXISTS (SELECT FROM rulings WHERE exam_id = :exam_id AND state = 'applying')")
_CHANGE = text("UPDATE essay_answers SET mark = :mark WHERE id = :answer_id AND mark = :before RETURNING id")
_GRADE = text(
    """
    WITH stored AS (
        INSERT INTO grades (attempt_id, version, marks, sections, mark, full_mark, score, input_digest,
                            code_version, reason)
        SELECT g.*, :code_version, :reason FROM jsonb_to_record(CAST(:grade AS jsonb)) AS g(
            attempt_id bigint, version int, marks jsonb, sections jsonb, mark numeric, full_mark numeric,
            score numeric, input_digest text)
        RETURNING id, attempt_id)
    UPDATE sheets s SET current_grade_id = stored.id FROM stored WHERE s.attempt_id = stored.attempt_id
    """
)


def _check(exam_id: int, wanted: MarkCorrection) -> None:
    """raise (AnswerNotSettled): no mark or no grade yet, or of another exam. raise (MarkChanged): it has another
    mark by now. raise (MarkUnchanged, RulingApplies, ListFrozen)."""
    place = _place(exam_id, wanted)
    before, mark = Decimal(wanted.before), Decimal(wanted.mark)
    if place.mark != before:
        raise MarkChanged
    if mark == before:
        raise MarkUnchanged
    if db.session.scalar(_APPLYING, {"exam_id": exam_id}):
        raise RulingApplies
    require_not_frozen(plan(exam_id).stage_id)


def _place(exam_id: int, wanted: MarkCorrection) -> EssayPlace:
    place = essay_place(wanted.answer_id)
    if place is None or place.exam_id != exam_id or place.mark is None or place.sheet_state != "graded":
        raise AnswerNotSettled
    return place


def _preview(exam_id: int, wanted: MarkCorrection) -> Effect:
    """What the mark, the score and the places of the stage would become; nothing is changed."""
    place = _place(exam_id, wanted)
    row = _paper(place)
    sheet = sheet_input(row)
    given = SettledMark(Decimal(wanted.mark), place.out_of, place.digest)
    marks = {**sheet.essay_marks, (place.slot, place.part): given}
    after = _graded(exam_id, replace(sheet, essay_marks=marks)).paper.score
    changed = {row.participation_id: (row.score, after)}
    old, new = weigh(plan(exam_id).stage_id, {row.attempt_id: after})
    counts = summary(moves(changed, old, new, {}), 1)
    lines = (
        Message(
            N_("The score of the paper changes from %(before)s to %(after)s."),
            {"before": str(row.score), "after": str(after)},
        ),
        Message(
            N_("%(enters)s people come above the cut line, %(leaves)s fall below it."),
            {"enters": counts["enters"], "leaves": counts["leaves"]},
        ),
    )
    return Effect(1, lines)


def _carry_out(deed: Deed, wanted: MarkCorrection) -> None:
    place = _place(deed.exam_id, wanted)
    for account_id in (deed.asked_by, deed.decided_by):
        interests.require_no_conflict(account_id, interests.Deed.ATTEMPT, place.attempt_id)
    # Grades of a ruling are prepared under the same lock: none of them is made with the mark of before.
    db.session.execute(_EXCLUSIVE, {"space": RULINGS_LOCK, "exam_id": deed.exam_id})
    _check(deed.exam_id, wanted)
    _paper(place)
    values = {"answer_id": place.answer_id, "before": wanted.before, "mark": wanted.mark}
    if db.session.execute(_CHANGE, values).one_or_none() is None:
        raise MarkChanged
    db.session.add(
        EssayCorrection(
            answer_id=place.answer_id,
            before=Decimal(wanted.before),
            mark=Decimal(wanted.mark),
            reason=deed.reason,
            action_id=deed.action_id,
            asked_by_account_id=deed.asked_by,
            decided_by_account_id=deed.decided_by,
        )
    )
    db.session.flush()
    row = _paper(place)
    grade = facts_of(row, _graded(deed.exam_id, sheet_input(row)))
    reason = f"correction of written answer {place.answer_id}: {deed.reason}"
    grade_values = {"grade": json.dumps(grade), "code_version": GRADING_VERSION, "reason": reason}
    db.session.execute(_GRADE, grade_values)
    frozen = plan(deed.exam_id)
    if frozen.kind == "formal":
        enqueue(Job.COMBINE_SCORES, stage_id=frozen.stage_id, participation_ids=str(row.participation_id))
    record(
        "essay.correct", "essay_answer", place.answer_id, why=deed.reason, action_id=deed.action_id,
        before=wanted.before, mark=wanted.mark, out_of=str(place.out_of),
    )  # fmt: skip
    notify(
        row.person_id,
        N_("The mark of question %(number)s was corrected from %(before)s to %(after)s: %(reason)s"),
        {
            "number": place.slot + 1,
            "before": _said(wanted.before),
            "after": _said(wanted.mark),
            "reason": deed.reason,
        },
        link=f"/attempts/{place.attempt_id}/result",
    )


def _paper(place: EssayPlace) -> Row[Any]:
    """The graded paper, locked. raise (AnswerNotSettled): it is void or being graded."""
    row = db.session.execute(_PAPER, {"attempt_id": place.attempt_id}).one_or_none()
    if row is None:
        raise AnswerNotSettled
    return row


def _graded(exam_id: int, sheet: SheetInput) -> Graded:
    questions = marked_questions(set(sheet.paper), exam_id)
    return grade_sheet(sheet, plan(exam_id).blueprint.sections, questions)


def _said(mark: str) -> str:
    return f"{Decimal(mark).normalize():f}"


def _describe(wanted: MarkCorrection) -> Message:
    facts = {"n": wanted.answer_id, "before": _said(wanted.before), "after": _said(wanted.mark)}
    return Message(N_("Written answer %(n)s gets the mark %(after)s instead of %(before)s"), facts)


register(Kind(KIND, MarkCorrection, _describe, _check, _preview, _carry_out))
