"""G05, X11: a settled mark is corrected by two people; what was given stays and the grade follows."""

from decimal import Decimal
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.integration.exam.exams import Sat
from tests.integration.exam.races import together
from tests.integration.learning.stand import DEFINITION
from tests.integration.marking.written import answers_of, close, make_written_exam, mark_next, marker, write
from webapp.access.interests import ConflictOfInterest
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.contests.models import Event, Stage
from webapp.core import clock
from webapp.core.errors import Conflict
from webapp.core.outbox import OutboxRow
from webapp.core.queue import Job
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.errors import (
    AnswerNotSettled,
    ListFrozen,
    MarkChanged,
    MarkUnchanged,
    OwnRequest,
    RulingApplies,
)
from webapp.exam.models import EssayCorrection, Exam, ExamAction, Grade, Ruling, Sheet
from webapp.exam.queries.plans import forget_plans, plan
from webapp.exam.rules.rulings import RulingKind
from webapp.exam.service import actions, doors
from webapp.exam.service import ruling as rulings
from webapp.exam.service.correcting import KIND, MarkCorrection
from webapp.exam.service.regrading import regrade_check
from webapp.integrity.models import Interest
from webapp.marking.models import EssayMark
from webapp.marking.queries.settled import marks_of, settled_answers
from webapp.notifications.models import Notice


class Settled:
    """A graded paper whose written answer has 7 of 10 marks; a host who asks and another who agrees."""

    def __init__(self, session: Session) -> None:
        self.session = session
        contest_service.load_contest(DEFINITION.read_text(encoding="utf-8"))
        stage = contests.stage_by_codes("jilin-5", "welding", "preliminary")
        self.exam_id = make_written_exam(session, stage=session.get_one(Stage, stage.stage_id))
        self.sat: Sat = write(self.exam_id)
        jobs.grade_pending(self.exam_id)
        close(session, self.exam_id)
        for mark in ("7", "7"):
            mark_next(self.exam_id, marker(session, self.exam_id), mark, "要点齐")
        jobs.grade_pending(self.exam_id)
        event = session.get_one(Event, session.get_one(Exam, self.exam_id).event_id)
        self.host: Account = make_staff(Role.HOST, event)
        self.second: Account = make_staff(Role.HOST, event)
        self.second_id = self.second.id  # read here: several threads agree at once
        session.commit()
        self.answer_id = answers_of(session, self.sat)[0].id

    def ask(self, mark: str = "9", before: str = "7", two_person: bool = True) -> int:
        wanted = MarkCorrection(self.answer_id, before, mark)
        with transaction():
            who = actions.Asked(self.host.id, "漏看了一个要点", two_person)
            return int(actions.ask(KIND, self.exam_id, wanted, who).id)

    def agree(self, action_id: int, account: Account | None = None) -> None:
        with transaction():
            by = account.id if account is not None else self.second_id
            actions.decide(action_id, by, True, clock.now())

    def mark(self) -> Decimal | None:
        return answers_of(self.session, self.sat)[0].mark

    def grades(self) -> list[Grade]:
        self.session.expire_all()
        found = select(Grade).where(Grade.attempt_id == self.sat.attempt_id).order_by(Grade.version)
        return list(self.session.scalars(found))


@pytest.fixture
def settled(session: Session) -> Settled:
    return Settled(session)


def test_g05_a_correction_waits_for_a_second_person_and_then_makes_a_new_grade(
    settled: Settled, session: Session
) -> None:
    before = settled.grades()
    action_id = settled.ask()
    assert settled.mark() == 7
    assert len(settled.grades()) == 1
    lines = session.get_one(ExamAction, action_id).effect["lines"]
    assert lines[0]["params"] == {"before": str(before[0].score), "after": "78.5714"}
    session.commit()
    settled.agree(action_id)
    assert settled.mark() == 9
    first, second = settled.grades()
    assert (first.mark, second.mark) == (Decimal(9), Decimal(11))
    assert second.version == first.version + 1
    assert "漏看了一个要点" in second.reason
    assert session.get_one(Sheet, settled.sat.attempt_id).current_grade_id == second.id
    assert first.input_digest != second.input_digest
    assert regrade_check(plan(settled.exam_id).stage_id).agrees
    assert sorted(int(one.mark) for one in session.scalars(select(EssayMark))) == [7, 7], "given marks stay"
    kept = session.scalars(select(EssayCorrection)).one()
    assert (kept.before, kept.mark, kept.action_id) == (7, 9, action_id)
    assert (kept.asked_by_account_id, kept.decided_by_account_id) == (settled.host.id, settled.second.id)
    assert [(one.kind, int(one.mark), one.before and int(one.before)) for one in marks_of(settled.answer_id)] == [
        ("marker", 7, None), ("marker", 7, None), ("correction", 9, 7),
    ]  # fmt: skip
    assert [(one.number > 0, int(one.mark)) for one in settled_answers(settled.sat.attempt_id)] == [(True, 9)]
    told = session.scalars(select(Notice).where(Notice.person_id == settled.sat.person_id)).all()
    assert any(one.params.get("after") == "9" for one in told)
    combined = session.scalars(select(OutboxRow).where(OutboxRow.job == Job.COMBINE_SCORES)).all()
    assert any(row.args.get("participation_ids") == str(settled.sat.participation_id) for row in combined)


def test_a_correction_of_a_correction_keeps_both(settled: Settled, session: Session) -> None:
    settled.agree(settled.ask())
    settled.agree(settled.ask(mark="8", before="9"))
    assert settled.mark() == 8
    assert [
        (one.before, one.mark)
        for one in session.scalars(select(EssayCorrection).order_by(EssayCorrection.id))
    ] == [(7, 9), (9, 8)]
    assert [grade.mark for grade in settled.grades()] == [9, 11, 10]


def test_nobody_agrees_to_their_own_request(settled: Settled) -> None:
    action_id = settled.ask()
    with pytest.raises(OwnRequest):
        settled.agree(action_id, settled.host)
    assert settled.mark() == 7


def test_a_refused_request_leaves_no_trace_in_the_grade(settled: Settled, session: Session) -> None:
    action_id = settled.ask()
    with transaction():
        actions.decide(action_id, settled.second.id, False, clock.now())
    assert settled.mark() == 7
    assert len(settled.grades()) == 1
    assert session.scalars(select(EssayCorrection)).all() == []


def test_who_has_an_interest_in_the_author_neither_asks_nor_agrees(
    settled: Settled, session: Session
) -> None:
    action_id = settled.ask()
    uncle = Interest(
        person_id=settled.second.person_id, relation="relative", about_person_id=settled.sat.person_id,
        declared_at=clock.now(),
    )  # fmt: skip
    session.add(uncle)
    session.commit()
    with pytest.raises(ConflictOfInterest):
        settled.agree(action_id)
    assert settled.mark() == 7


def test_the_second_of_two_requests_for_one_answer_finds_another_mark(settled: Settled) -> None:
    one, other = settled.ask("9"), settled.ask("8")
    settled.agree(one)
    with pytest.raises(MarkChanged):
        settled.agree(other)
    assert settled.mark() == 9


def test_two_who_agree_at_once_correct_once(app: Flask, settled: Settled, session: Session) -> None:
    requests = [settled.ask(str(mark)) for mark in (8, 9, 10, 6)]

    def agree(action_id: int) -> str:
        try:
            settled.agree(action_id)
        except Conflict:
            return "late"
        return "done"

    verdicts = together(app, [partial(agree, one) for one in requests])
    assert sorted(verdicts) == ["done", "late", "late", "late"], verdicts
    assert len(settled.grades()) == 2
    assert regrade_check(plan(settled.exam_id).stage_id).agrees


@pytest.mark.parametrize(
    ("mark", "before", "refusal"), [("7", "7", MarkUnchanged), ("9", "6", MarkChanged)], ids=["same", "stale"]
)
def test_what_changes_nothing_or_starts_from_another_mark_is_refused(
    settled: Settled, mark: str, before: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        settled.ask(mark, before)


def test_an_answer_without_a_mark_or_of_another_exam_is_refused(session: Session, settled: Settled) -> None:
    session.execute(text("UPDATE exams SET closes_at = clock_timestamp() + interval '1 hour'"))
    session.commit()
    forget_plans()
    waiting = write(settled.exam_id)
    jobs.grade_pending(settled.exam_id)
    for answer_id in (answers_of(session, waiting)[0].id, 10**9):
        with pytest.raises(AnswerNotSettled), transaction():
            actions.ask(
                KIND, settled.exam_id, MarkCorrection(answer_id, "0", "5"),
                actions.Asked(settled.host.id, "x", two_person=True),
            )  # fmt: skip


def test_x11_a_frozen_list_and_a_ruling_that_takes_effect_hold_corrections_up(
    settled: Settled, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    action_id = settled.ask()
    version_id = plan(settled.exam_id).pool[0].version_id
    ruling = Ruling(
        exam_id=settled.exam_id,
        question_version_id=version_id,
        kind="everybody",
        reason="x",
        state="applying",
    )
    session.add(ruling)
    session.commit()
    with pytest.raises(RulingApplies):
        settled.agree(action_id)
    ruling.state = "cancelled"
    session.commit()
    monkeypatch.setattr(doors, "_is_frozen", [lambda stage_id: stage_id == plan(settled.exam_id).stage_id])
    with pytest.raises(ListFrozen):
        settled.agree(action_id)
    assert settled.mark() == 7


def test_a_ruling_keeps_a_corrected_mark(settled: Settled, session: Session) -> None:
    settled.agree(settled.ask())
    version_id = next(
        one.version_id
        for one in plan(settled.exam_id).pool
        if one.version_id != _essay_version(session, settled)
    )
    with transaction():
        ruling_id = rulings.draft_ruling(
            rulings.RulingOrder(settled.exam_id, version_id, RulingKind.EVERYBODY, "题目有误"),
            settled.host.id,
        )
    with transaction():
        rulings.weigh_ruling(ruling_id)
    session.execute(text("UPDATE rulings SET state = 'applying'"))
    session.commit()
    with transaction():
        rulings.prepare_grades(ruling_id)
    with transaction():
        rulings.switch_grades(ruling_id, clock.now())
    last = settled.grades()[-1]
    assert Decimal(last.marks[0]) + Decimal(last.marks[1]) + Decimal(last.marks[2]) == last.mark
    assert Decimal(9) in {Decimal(mark) for mark in last.marks}


def _essay_version(session: Session, settled: Settled) -> int:
    return answers_of(session, settled.sat)[0].question_version_id


def test_the_database_keeps_corrections(settled: Settled, session: Session) -> None:
    settled.agree(settled.ask())
    for statement in (
        "UPDATE essay_corrections SET mark = 1",
        "DELETE FROM essay_corrections",
        "INSERT INTO essay_corrections (answer_id, before, mark, reason, action_id) "
        "SELECT answer_id, 1, 1, 'x', action_id FROM essay_corrections",
    ):
        with pytest.raises(DBAPIError):
            session.execute(text(statement))
        session.rollback()
