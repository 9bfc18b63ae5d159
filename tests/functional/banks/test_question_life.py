"""A question's versions are told apart; a leaked one is out of every draw at once and comes back by two people."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_event, make_participation, make_staff, make_stage, sign_in
from tests.functional.banks.test_edit_questions import form_of, held, newest
from tests.integration.exam.exams import make_bank_version, make_exam, sit
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.banks.models import Bank, BankVersion, QuestionComment, QuestionVersion
from webapp.contests.models import Event
from webapp.core.transaction import transaction
from webapp.exam.models import Attempt, Exam, StoppedQuestion
from webapp.exam.queries.exposure import exposure
from webapp.exam.service.papers import paper_for


@pytest.fixture
def setter(session: Session, client: FlaskClient) -> Account:
    account = make_staff(Role.QUESTION_SETTER)
    session.commit()
    sign_in(client, account)
    return account


@pytest.fixture
def version(session: Session) -> BankVersion:
    return make_bank_version(40)


@pytest.fixture
def bank(session: Session, version: BankVersion) -> Bank:
    return session.get_one(Bank, version.bank_id)


def test_the_history_tells_who_changed_what_and_where_it_stood(
    client: FlaskClient, session: Session, setter: Account, bank: Bank, version: BankVersion
) -> None:
    where = f"/staff/banks/{bank.code}/questions/q-0"
    form = form_of(client.get(f"{where}/edit").text)
    client.post(f"{where}/edit", data=form | {"stem": "第0题改过____"})
    page = client.get(f"{where}/life")
    assert page.status_code == 200
    assert "改过</ins>" in page.text
    assert "第 2 版" in page.text


def test_the_history_costs_the_same_whatever_its_length(
    client: FlaskClient, setter: Account, bank: Bank, count_queries: list[str]
) -> None:
    where = f"/staff/banks/{bank.code}/questions/q-0"
    client.get(f"{where}/life")
    counts = []
    for stem in ("一____", "二____", "三____"):
        form = form_of(client.get(f"{where}/edit").text)
        client.post(f"{where}/edit", data=form | {"stem": stem})
        count_queries.clear()
        client.get(f"{where}/life")
        counts.append(len(count_queries))
    assert counts[0] == counts[-1]
    assert counts[0] < 30


def test_a_leaked_question_is_out_of_every_draw_at_once(
    client: FlaskClient, session: Session, setter: Account, bank: Bank, version: BankVersion,
    run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    exam_id = make_exam(bank_version=version)
    event = session.get_one(Event, session.get_one(Exam, exam_id).event_id)
    waiting = make_participation(event)
    session.commit()
    with transaction():
        drawn = paper_for(exam_id, waiting.id)
    paper = session.get_one(Attempt, drawn.attempt_id).paper
    leaked = session.get_one(QuestionVersion, paper[0])
    key = next(name for name, one in held(bank).items() if one.id == leaked.id)
    where = f"/staff/banks/{bank.code}/questions/{key}"
    assert client.post(f"{where}/retire", data={"reason": " "}).status_code == 422
    assert client.post(f"{where}/retire", data={"reason": "群里有人发题"}).status_code == 303
    assert client.post(f"{where}/retire", data={"reason": "再来"}).status_code == 409
    assert key not in held(bank)
    assert (newest(bank).number, newest(bank).state) == (2, "draft")
    run_jobs()
    session.expire_all()
    papers = {row.id: row.paper for row in session.scalars(select(Attempt).where(Attempt.exam_id == exam_id))}
    assert len(papers) == 2, "the paper that nobody had started was drawn anew"
    assert leaked.id not in papers[max(papers)]
    later = make_exam(make_stage(make_event()), version)
    assert leaked.id in session.get_one(Exam, later).excluded_ids
    assert "bank.question.retire" in set(session.scalars(select(AuditRow.action)))
    page = client.get(f"{where}/life").text
    assert "群里有人发题" in page


def test_an_exam_that_needs_the_question_is_named(
    client: FlaskClient, session: Session, setter: Account
) -> None:
    version = make_bank_version(20)
    bank = session.get_one(Bank, version.bank_id)
    make_exam(bank_version=version)
    where = f"/staff/banks/{bank.code}/questions/q-0"
    answer = client.post(f"{where}/retire", data={"reason": "泄题"}, follow_redirects=True)
    assert "理论考试" in answer.text
    assert session.scalars(select(StoppedQuestion)).all() == []


def test_coming_back_takes_two_people(
    client: FlaskClient, session: Session, setter: Account, bank: Bank
) -> None:
    where = f"/staff/banks/{bank.code}/questions/q-3"
    before = held(bank)["q-3"].id
    client.post(f"{where}/retire", data={"reason": "过时"})
    assert client.post(f"{where}/restore").status_code == 403
    assert client.post(f"{where}/ask-back", data={"reason": "标准恢复"}).status_code == 303
    reviewer = make_staff(Role.QUESTION_REVIEWER)
    session.commit()
    sign_in(client, reviewer)
    assert client.post(f"{where}/retire", data={"reason": "x"}).status_code == 403
    assert client.post(f"{where}/restore").status_code == 303
    assert client.post(f"{where}/restore").status_code == 409
    assert held(bank)["q-3"].id == before
    assert reviewer.id not in newest(bank).edited_by


def test_exposure_counts_papers_and_exams(
    client: FlaskClient, session: Session, setter: Account, bank: Bank, version: BankVersion
) -> None:
    exam_id = make_exam(bank_version=version)
    seen = [session.get_one(Attempt, sit(exam_id).attempt_id).paper for _ in range(3)]
    question = session.get_one(QuestionVersion, seen[0][0])
    found = exposure(question.question_id)
    assert found.papers == sum(question.id in paper for paper in seen)
    assert found.exams == 1
    assert found.last_at is not None


def test_a_comment_stays_open_until_it_is_settled_and_a_returned_version_shows_it(
    client: FlaskClient, session: Session, setter: Account, bank: Bank
) -> None:
    where = f"/staff/banks/{bank.code}/questions/q-0"
    assert client.post(f"{where}/comments", data={"said": " "}).status_code == 422
    form = form_of(client.get(f"{where}/edit").text)
    client.post(f"{where}/edit", data=form | {"stem": "改了____"})
    client.post(f"/staff/banks/{bank.code}/versions/2/submit")
    reviewer = make_staff(Role.QUESTION_REVIEWER)
    session.commit()
    sign_in(client, reviewer)
    said = "第一行<script>alert(1)</script>"
    assert client.post(f"{where}/comments", data={"said": said}).status_code == 303
    client.post(f"/staff/banks/{bank.code}/versions/2/return", data={"reason": "见评论"})
    sign_in(client, setter)
    page = client.get(f"/staff/banks/{bank.code}/versions/2").text
    assert "第一行&lt;script&gt;" in page
    comment_id = session.scalars(select(QuestionComment.id)).one()
    assert client.post(f"/staff/banks/{bank.code}/comments/{comment_id}").status_code == 303
    assert "第一行" not in client.get(f"/staff/banks/{bank.code}/versions/2").text
    client.post(f"/staff/banks/{bank.code}/comments/{comment_id}", data={"open": "1"})
    assert "第一行" in client.get(f"/staff/banks/{bank.code}/versions/2").text
    other = session.get_one(Bank, make_bank_version(4).bank_id)
    assert client.post(f"/staff/banks/{other.code}/comments/{comment_id}").status_code == 404
    stranger = make_staff(Role.HOST)
    session.commit()
    sign_in(client, stranger)
    assert client.post(f"{where}/comments", data={"said": "x"}).status_code == 403
