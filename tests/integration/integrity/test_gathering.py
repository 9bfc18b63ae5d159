"""Planted copiers are found in a real exam: own draw, own order of questions and options for everybody."""

import json
from datetime import timedelta
from random import Random

import pytest
from flask import current_app
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from tests.integration.exam.exams import Sat, make_bank_version, make_exam, sit
from webapp.core import clock
from webapp.core.crypto import keyring
from webapp.core.transaction import transaction
from webapp.exam import jobs as exam_jobs
from webapp.exam.models import Attempt, Exam
from webapp.exam.queries.plans import plan
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.integrity import jobs
from webapp.integrity.models import Evidence, EvidenceRun, ExamSighting
from webapp.integrity.queries.material import material
from webapp.integrity.service.gathering import do_step, start_run

PEOPLE = 40
WRONG = {"single": ("B", "C", "D"), "multiple": ("AB", "AD", "BC", "BD", "CD"), "true_false": ("F",)}


def displayed(original: str, attempt: Attempt, exam_id: int, slot: int) -> str:
    """Letters of the question as this contestant sees them."""
    section = plan(exam_id).blueprint.sections[attempt.sections[slot]]
    order = option_order(bytes(attempt.option_seed), slot, 4, shuffle=shuffles_options(section))
    return "".join(sorted("ABCD"[order.index("ABCD".index(letter))] for letter in original))


def types_of(session: Session) -> dict[int, str]:
    rows = session.execute(text("SELECT id, type FROM question_versions"))
    return {int(version): str(kind) for version, kind in rows}


def answer(session: Session, exam_id: int, sat: Sat, own: dict[int, str]) -> None:
    """Write the answers (question version -> the question's own letters) as displayed, and hand in."""
    attempt = session.get_one(Attempt, sat.attempt_id)
    types = types_of(session)
    answers = []
    for slot, version in enumerate(attempt.paper):
        original = own.get(version, "")
        is_choice = types[version] in {"single", "multiple"}
        answers.append(displayed(original, attempt, exam_id, slot) if original and is_choice else original)
    session.execute(
        text(
            "UPDATE sheets SET answers = :answers, state = 'submitted', submitted_at = :at WHERE attempt_id = :id"
        ),
        {"answers": answers, "at": clock.now(), "id": sat.attempt_id},
    )
    session.commit()


@pytest.fixture
def exam_id(session: Session) -> int:
    """Everybody gets the same twenty questions in an order of their own; two of them wrote together."""
    exam = make_exam(bank_version=make_bank_version(20))
    chance = Random(7)
    types = types_of(session)
    right = {
        "single": "A",
        "multiple": "AC",
        "true_false": "T",
        "fill": json.dumps(["触电"], ensure_ascii=False),
    }
    sheets = []
    for _ in range(PEOPLE):
        own = {}
        for version, kind in sorted(types.items()):
            wrong = kind in WRONG and chance.random() < 0.35
            own[version] = chance.choice(WRONG[kind]) if wrong else right[kind]
        sheets.append(own)
    same = {
        version: WRONG[kind][-1] if kind in {"single", "multiple"} else right[kind]
        for version, kind in sorted(types.items())
    }
    sheets[3] = sheets[4] = same
    for own in sheets:
        answer(session, exam, sit(exam), own)
    exam_jobs.grade_pending(exam)
    current_app.extensions["jobs_inline"].clear()
    session.execute(update(Exam).where(Exam.id == exam).values(closes_at=clock.now() - timedelta(hours=1)))
    session.commit()
    return exam


def gather(session: Session, exam_id: int) -> EvidenceRun:
    with transaction():
        run_id = start_run(exam_id, None, clock.now())
    for step in range(4):
        do_step(run_id, step)
    session.expire_all()
    return session.get_one(EvidenceRun, run_id)


def test_copiers_are_found_although_every_paper_is_shuffled(session: Session, exam_id: int) -> None:
    run = gather(session, exam_id)
    assert (run.state, run.progress) == ("done", 100)
    ids = list(session.scalars(select(Attempt.id).where(Attempt.exam_id == exam_id).order_by(Attempt.id)))
    pairs = session.scalars(
        select(Evidence).where(Evidence.kind == "pair").order_by(Evidence.attempt_id)
    ).all()
    assert [(row.attempt_id, row.facts["other"]) for row in pairs] == [(ids[3], ids[4]), (ids[4], ids[3])]
    assert pairs[0].facts["identical"] == 10
    measured = run.facts["calibration"]
    assert measured["rounds"] == 20
    assert measured["probe_rate"] <= 0.001
    assert run.facts["pairs"] == PEOPLE * (PEOPLE - 1) // 2


def test_wrong_answers_are_read_in_the_questions_own_letters(session: Session, exam_id: int) -> None:
    papers = material(exam_id).papers
    shuffled = papers[3].wrong
    assert shuffled == papers[4].wrong
    types = types_of(session)
    assert {WRONG[types[version]][-1] for version in shuffled} == set(shuffled.values())


def test_addresses_are_deleted_after_their_days(session: Session) -> None:
    exam = make_exam()
    sat = sit(exam)
    days = current_app.config["ADDRESS_DAYS"]
    for n, age in enumerate((days - 1, days + 1)):
        session.add(
            ExamSighting(
                attempt_id=sat.attempt_id,
                exam_id=exam,
                device_hash=b"d",
                address_hash=keyring().lookup_hash(str(n), "test"),
                prefix="10.0.0.0/24",
                at=clock.now() - timedelta(days=age),
            )
        )
    session.commit()
    assert jobs.forget_addresses() == 1
    assert len(session.scalars(select(ExamSighting)).all()) == 1
