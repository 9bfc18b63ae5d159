"""A bank, an exam and people who sit it, for the tests of the exam package."""

import itertools
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from tests.factories import make_event, make_participation, make_stage
from tests.unit.exam.blueprints import blueprint, cell, section
from webapp.banks.models import (
    Bank,
    BankVersion,
    BankVersionQuestion,
    Question,
    QuestionKeyRow,
    QuestionVersion,
    Topic,
)
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.db import db, keys_engine
from webapp.exam.queries.layouts import forget_layouts
from webapp.exam.queries.plans import forget_plans
from webapp.exam.rules.saving import Running
from webapp.exam.service import hot
from webapp.exam.service.exams import ExamOrder, open_exam
from webapp.exam.service.papers import paper_for
from webapp.registration.models import Participation

_numbers = itertools.count(1)
DEVICE = "test-device"


@dataclass(frozen=True)
class Sat:
    """A running attempt and what its page knows."""

    attempt_id: int
    participation_id: int
    person_id: int
    lease: str
    running: Running


def add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def add_all(rows: Iterable[Any]) -> list[Any]:
    """Write the rows together; one after the other they take a tenth of the time of these tests."""
    made = list(rows)
    db.session.add_all(made)
    db.session.flush()
    return made


def make_bank_version(questions: int = 40) -> BankVersion:
    """An approved version with single, multiple, true/false and fill questions in equal shares.

    Keys: single A, multiple AC, true_false true, fill ["触电"]."""
    n = next(_numbers)
    bank = add(Bank(code=f"bank-{n}", title={"zh": "安全生产", "en": "Work safety"}))
    topic = add(Topic(bank_id=bank.id, key="electric", title={"zh": "用电", "en": "Power"}, position=1))
    version = add(BankVersion(bank_id=bank.id, number=1, state="approved", digest=secrets.token_hex(32)))
    keys = {"single": "A", "multiple": "AC", "true_false": True, "fill": [["触电"]]}
    kinds = [list(keys)[at % 4] for at in range(questions)]
    asked = add_all(Question(bank_id=bank.id, key=f"q-{at}") for at in range(questions))
    made = add_all(
        QuestionVersion(
            question_id=question.id,
            number=1,
            type=kind,
            stem=f"第{at}题____",
            options=["断电", "跑开", "报警", "等待"] if kind in {"single", "multiple"} else [],
            blanks=1 if kind == "fill" else 0,
            topic_id=topic.id,
            difficulty="easy",
            digest=secrets.token_hex(32),
        )
        for at, (question, kind) in enumerate(zip(asked, kinds, strict=True))
    )
    add_all(
        BankVersionQuestion(bank_version_id=version.id, question_version_id=one.id, position=at)
        for at, one in enumerate(made)
    )
    rows = [
        {"question_version_id": one.id, "answer": keys[kind], "rules": {}, "explanation": "因为"}
        for one, kind in zip(made, kinds, strict=True)
    ]
    db.session.commit()
    with keys_engine().begin() as connection:
        connection.execute(insert(QuestionKeyRow), rows)
    return version  # type: ignore[no-any-return]  # add() is untyped on purpose


def small_blueprint(**changes: Any) -> Any:
    """Twenty questions, five of each type, one mark each."""
    return blueprint(
        *(section(kind, cell(None, None, 5)) for kind in ("single", "multiple", "true_false", "fill")),
        **changes,
    )


def make_exam(
    stage: Stage | None = None,
    bank_version: BankVersion | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    kind: str = "formal",
    **changes: Any,
) -> int:
    """An exam that opened six hours ago and closes in a day, an hour long; its id."""
    forget_layouts()
    forget_plans()
    stage = stage or make_stage(make_event())
    at = clock.now()
    exam_id = open_exam(
        ExamOrder(
            stage_id=stage.id,
            event_id=stage.event_id,
            contest_version_id=_version_of(stage),
            bank_version_id=(bank_version or make_bank_version()).id,
            component="theory",
            kind=kind,
            title={"zh": "理论考试", "en": "Theory exam"},
            blueprint=small_blueprint(**changes),
            opens_at=opens_at or at - timedelta(hours=6),
            closes_at=closes_at or at + timedelta(days=1),
        )
    )
    db.session.commit()
    return exam_id


def _version_of(stage: Stage) -> int:
    return int(
        db.session.execute(
            text(
                "SELECT c.current_version_id FROM contests c"
                " JOIN events e ON e.contest_id = c.id WHERE e.id = :id"
            ),
            {"id": stage.event_id},
        ).scalar_one()
    )


def participant(exam_id: int, **columns: Any) -> Participation:
    """An admitted person of the exam's event."""
    from webapp.contests.models import Event
    from webapp.exam.models import Exam

    event = db.session.get_one(Event, db.session.get_one(Exam, exam_id).event_id)
    made = make_participation(event, **columns)
    db.session.commit()
    return made


def sit(exam_id: int, at: datetime | None = None, device: str = DEVICE, **columns: Any) -> Sat:
    """Somebody new who has started the exam."""
    person = participant(exam_id, **columns)
    person_id, participation_id = person.person_id, person.id
    drawn = paper_for(exam_id, participation_id)
    db.session.commit()
    running = hot.start(drawn.attempt_id, person_id, device, at or clock.now())
    return Sat(drawn.attempt_id, participation_id, person_id, running.lease, running)
