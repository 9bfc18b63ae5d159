"""An exam with written answers that is over, for the tests of marking."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.integration.exam.exams import Sat, add, make_exam, sit
from tests.unit.exam.blueprints import blueprint, cell, section
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.banks.models import Bank, BankVersion, QuestionKeyRow, QuestionVersion
from webapp.banks.models import Question as BankQuestion
from webapp.banks.rules.schema import (
    BankFile,
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)
from webapp.banks.rules.storage import key_to_json
from webapp.banks.service.versions import store_version
from webapp.contests.models import Event
from webapp.contests.rules.essay_marking import EssayMarking
from webapp.core import clock
from webapp.core.db import db, keys_engine, keys_scope
from webapp.core.transaction import transaction
from webapp.exam.models import Attempt, EssayAnswer, Exam
from webapp.exam.queries.plans import forget_plans
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot
from webapp.exam.service.submitting import submit
from webapp.marking.service.claiming import take_next
from webapp.marking.service.marking import GivenMark, give_mark

ESSAY = (
    PublicQuestion(QuestionType.ESSAY, "发现配电箱冒烟，您怎么处置？"),
    QuestionKey(reference="先断电，再报告，用干粉灭火器。", keywords=("断电", "干粉")),
)
PASSAGE = (
    PublicQuestion(
        QuestionType.PASSAGE, "某工地材料。", parts=(
            PublicQuestion(QuestionType.SINGLE, "主要责任人是谁？", ("总承包", "分包")),
            PublicQuestion(QuestionType.ESSAY, "怎样整改？"),
        ),
    ),
    QuestionKey(
        parts=(QuestionKey(letters="A"), QuestionKey(reference="立即停工整改。")), part_weights=(Decimal(1), Decimal(2)),
    ),
)  # fmt: skip
SINGLE = (
    PublicQuestion(QuestionType.SINGLE, "安全色中红色表示？", ("禁止", "指令")),
    QuestionKey(letters="A"),
)


def make_written_exam(
    session: Session, setter: Account | None = None, comments: bool = False, **changes: Any
) -> int:
    """An open exam: one written answer of 10 marks in halves, a passage of 3 with a written part, a single choice."""
    bank = add(Bank(code="written", title={"zh": "问答题库", "en": "Written"}))
    session.commit()
    questions = tuple(
        Question(f"q-{at}", public, secret, "t", Difficulty.EASY)
        for at, (public, secret) in enumerate((ESSAY, PASSAGE, SINGLE))
    )
    with keys_scope(), transaction():
        file = BankFile("written", "问答题库", "", "zh-CN", "", "", "", (), questions)
        stored = store_version(bank.id, file, setter.id if setter else None)
    version = session.get_one(BankVersion, stored.version_id)
    version.state = "approved"
    session.commit()
    marking = EssayMarking(Decimal("0.5"), Decimal(10), comments)
    one = cell(None, None, 1)
    paper = blueprint(
        section("essay", one, mark=Decimal(10), marking=marking),
        section("passage", one, mark=Decimal(3), marking=marking),
        section("single", one, shuffle_options=False),
    )
    return make_exam(bank_version=version, sections=paper.sections, **changes)


def add_essay_version(session: Session, exam_id: int) -> QuestionVersion:
    """A question with a written answer in the bank of an exam, outside its papers."""
    version = session.get_one(BankVersion, session.get_one(Exam, exam_id).bank_version_id)
    question = add(BankQuestion(bank_id=version.bank_id, key="essay"))
    made: QuestionVersion = add(
        QuestionVersion(
            question_id=question.id, number=1, type="essay", stem="怎么处置？", options=[], blanks=0,
            difficulty="easy", digest="e" * 64,
        )
    )  # fmt: skip
    session.commit()
    answer, rules = key_to_json(QuestionKey(reference="先断电。"))
    row = {"question_version_id": made.id, "answer": answer, "rules": rules, "explanation": ""}
    with keys_engine().begin() as connection:
        connection.execute(insert(QuestionKeyRow), row)
    return made


def write(exam_id: int, essay: str = "断电后用干粉灭火器。", part: str = "") -> Sat:
    """Somebody new who answers (part: of the passage) and hands in."""
    sat = sit(exam_id)
    kinds = _kinds(sat)
    answers = {"essay": essay, "passage": f'["A", "{part}"]', "single": "A"}
    items = [Item(slot, 1, answers[kind]) for slot, kind in enumerate(kinds) if answers[kind]]
    hot.save(sat.attempt_id, sat.person_id, sat.lease, items, clock.now())
    with transaction():
        submit(sat.attempt_id, sat.person_id, sat.lease, clock.now())
    return sat


def _kinds(sat: Sat) -> Sequence[str]:
    paper = db.session.get_one(Attempt, sat.attempt_id).paper
    rows = db.session.execute(
        text("SELECT id, type FROM question_versions WHERE id = ANY(:ids)"), {"ids": paper}
    )
    kind_of = {row.id: row.type for row in rows}
    return [kind_of[version_id] for version_id in paper]


def close(session: Session, exam_id: int) -> None:
    """Let the exam be over for everybody."""
    exam = session.get_one(Exam, exam_id)
    exam.opens_at, exam.closes_at = exam.opens_at - timedelta(days=3), clock.now() - timedelta(hours=1)
    session.execute(
        text("UPDATE sheets SET deadline_at = now() - interval '1 hour' WHERE exam_id = :id"), {"id": exam_id}
    )
    session.commit()
    forget_plans()


def marker(session: Session, exam_id: int, role: Role = Role.JUDGE) -> Account:
    """Somebody who may mark this exam."""
    made = make_staff(role, session.get_one(Event, session.get_one(Exam, exam_id).event_id))
    session.commit()
    return made


def answers_of(session: Session, sat: Sat) -> list[EssayAnswer]:
    """The written answers of an attempt, in the order of the paper."""
    session.expire_all()
    found = select(EssayAnswer).where(EssayAnswer.attempt_id == sat.attempt_id)
    return list(session.scalars(found.order_by(EssayAnswer.slot, EssayAnswer.part)))


def mark_next(exam_id: int, account: Account, mark: str, comment: str = "") -> int | None:
    """Take the next answer and mark it; its id."""
    with transaction():
        taken = take_next(exam_id, account.id, clock.now())
    if taken is not None:
        with transaction():
            give_mark(GivenMark(taken, account.id, mark, comment), clock.now())
    return taken
