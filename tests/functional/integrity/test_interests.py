"""回避: setters, reviewers and those who decide are kept from what they have an interest in."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_person, make_staff, sign_in
from tests.integration.exam.exams import make_bank_version, make_exam, participant, sit
from webapp.access.interests import ConflictOfInterest, Deed, require_no_conflict
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.banks.models import Bank, BankVersion
from webapp.banks.service import review, uploads
from webapp.contests.models import Event
from webapp.core import clock
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.exam.models import Exam
from webapp.exam.service import control
from webapp.integrity.models import Interest
from webapp.integrity.rules.decisions import Decision
from webapp.integrity.rules.interests import Relation
from webapp.integrity.service.cases import decide, open_case
from webapp.integrity.service.interests import Declaration, declare, withdraw
from webapp.registration.models import Participation


def contestant(session: Session, exam_id: int) -> Account:
    account = make_account(session.get_one(Person, participant(exam_id).person_id))
    session.commit()
    return account


def draft(session: Session, of: BankVersion) -> BankVersion:
    version = BankVersion(bank_id=of.bank_id, number=2, state="review", digest="0" * 64)
    session.add(version)
    session.commit()
    return version


def test_a_contestant_neither_sets_nor_approves_questions_of_the_own_event(session: Session) -> None:
    bank = make_bank_version()
    account = contestant(session, make_exam(bank_version=bank))
    waiting = draft(session, bank)
    with pytest.raises(ConflictOfInterest), keys_scope(), transaction():
        review.approve(waiting.id, account.id)
    with pytest.raises(ConflictOfInterest), keys_scope(), transaction():
        review.return_version(waiting.id, account.id, "有误")
    with pytest.raises(ConflictOfInterest), keys_scope(), transaction():
        uploads.receive(bank.bank_id, b"x", "a.toml", account.id)
    session.expire_all()
    assert session.get_one(BankVersion, waiting.id).state == "review"
    other = make_account()
    session.commit()
    with keys_scope(), transaction():
        review.approve(waiting.id, other.id)


def test_a_contestant_of_an_event_with_another_bank_is_free(session: Session) -> None:
    bank = make_bank_version()
    make_exam(bank_version=bank)
    account = contestant(session, make_exam())
    require_no_conflict(account.id, Deed.BANK, bank.bank_id)


def test_a_declared_relative_in_the_event_keeps_a_setter_away_until_withdrawn(session: Session) -> None:
    bank = make_bank_version()
    exam_id = make_exam(bank_version=bank)
    relative = participant(exam_id)
    setter = make_account()
    session.commit()
    require_no_conflict(setter.id, Deed.BANK, bank.bank_id)
    with transaction():
        interest_id = declare(
            setter.person_id, Declaration(Relation.RELATIVE, number=relative.number), clock.now()
        )
    with pytest.raises(ConflictOfInterest):
        require_no_conflict(setter.id, Deed.BANK, bank.bank_id)
    with transaction():
        withdraw(setter.person_id, interest_id, clock.now())
    require_no_conflict(setter.id, Deed.BANK, bank.bank_id)


def test_nobody_acts_on_an_exam_in_which_they_compete(session: Session) -> None:
    exam_id = make_exam()
    account = contestant(session, exam_id)
    with pytest.raises(ConflictOfInterest), transaction():
        control.ask_extend(exam_id, control.Who(), 5, "停电", account.id, False)


def test_nobody_decides_about_a_unit_in_which_they_declared_an_interest(session: Session) -> None:
    exam_id = make_exam()
    person = make_person(unit=_unit(session))
    sat = sit(exam_id, person=person, unit_id=_unit_id(person, session))
    host = make_account()
    session.commit()
    with transaction():
        case_id = open_case(exam_id, sat.attempt_id, "核对", host.id, clock.now())
    unit = session.get_one(Participation, sat.participation_id).unit_id
    assert unit is not None
    session.add(Interest(person_id=host.person_id, relation="employed", organisation_id=unit))
    session.commit()
    with pytest.raises(ConflictOfInterest), transaction():
        decide(case_id, Decision.NO_ACTION, "无", host.id, clock.now(), two_person=True)


def _unit(session: Session):  # type: ignore[no-untyped-def]  # an organisation of the factories
    from tests.factories import make_organisation

    unit = make_organisation()
    session.flush()
    return unit


def _unit_id(person: Person, session: Session) -> int | None:
    return person.unit_id


def test_interests_are_declared_and_withdrawn_on_a_page(client: FlaskClient, session: Session) -> None:
    event = session.get_one(Event, session.get_one(Exam, make_exam()).event_id)
    account = make_staff(Role.QUESTION_SETTER)
    session.commit()
    sign_in(client, account)
    assert "尚未申报" in client.get("/my/interests").text
    nothing = client.post(
        "/my/interests", data={"relation": "relative", "event_id": "", "unit": "没有的单位"}
    )
    assert nothing.status_code == 422
    assert 'value="没有的单位"' in nothing.text, "what was typed stays"
    sent = client.post("/my/interests", data={"relation": "coach", "event_id": str(event.id)})
    assert sent.status_code == 303
    row = session.scalars(select(Interest)).one()
    assert (row.person_id, row.event_id) == (account.person_id, event.id)
    assert client.post(f"/my/interests/{row.id}/withdraw").status_code == 303
    assert client.post(f"/my/interests/{row.id}/withdraw").status_code == 404
    actions = set(session.scalars(select(AuditRow.action)))
    assert {"interest.declare", "interest.withdraw"} <= actions


def test_a_refusal_names_its_reason(client: FlaskClient, session: Session) -> None:
    bank = make_bank_version()
    account = contestant(session, make_exam(bank_version=bank))
    grant(account, Role.QUESTION_REVIEWER)
    waiting = draft(session, bank)
    code = session.get_one(Bank, bank.bank_id).code
    sign_in(client, account)
    answer = client.post(f"/staff/banks/{code}/versions/{waiting.number}/approve")
    assert answer.status_code == 403
    assert "您是本赛项的选手" in answer.text
