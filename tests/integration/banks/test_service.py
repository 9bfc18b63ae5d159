"""From an upload to a version in force: nothing twice, nothing changed, nothing alone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from contextvars import Context
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.integration.banks.files import GOOD, table
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.banks import queries, service
from webapp.banks.errors import AlreadyDecided, HasErrors, ReasonNeeded, SamePerson
from webapp.banks.formats import writers
from webapp.banks.formats.export import WHOLE
from webapp.banks.formats.files import read_bank_file
from webapp.banks.models import BankVersion, QuestionVersion
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction


def writing() -> AbstractContextManager[object]:
    """Questions and keys in one transaction, as the routes do it."""
    stack = ExitStack()
    stack.enter_context(keys_scope())
    stack.enter_context(transaction())
    return stack


@pytest.fixture
def setter(session: Session) -> Account:
    account = make_staff(Role.QUESTION_SETTER)
    db.session.commit()
    return account


@pytest.fixture
def reviewer(session: Session) -> Account:
    account = make_staff(Role.QUESTION_REVIEWER)
    db.session.commit()
    return account


@pytest.fixture
def bank_id(setter: Account) -> int:
    with writing():
        return service.create_bank("safety", {"zh": "安全", "en": "Safety"}, setter.id)


def upload(bank_id: int, setter: Account, *rows: dict[str, str], name: str = "bank.csv") -> int:
    with writing():
        return service.receive(bank_id, table(*rows), name, setter.id)


def test_an_upload_is_parsed_accepted_approved_and_in_force(
    bank_id: int, setter: Account, reviewer: Account
) -> None:
    upload_id = upload(bank_id, setter, *GOOD)
    view = queries.upload(upload_id)
    assert (view.state, view.counts["valid"], view.problem_count) == ("parsed", 4, 0)
    with writing():
        stored = service.accept(upload_id, setter.id)
    with writing():
        service.submit(stored.version_id, setter.id)
    with writing():
        service.approve(stored.version_id, reviewer.id)
    assert queries.approved_version_id("safety") == stored.version_id
    pool = queries.pool(stored.version_id)
    assert sorted(row.type for row in pool) == ["fill", "multiple", "single", "true_false"]
    with keys_scope():
        keys = queries.keys([row.version_id for row in pool])
    assert {key.letters for key in keys.values()} == {"A", "AB", ""}
    actions = set(db.session.scalars(select(AuditRow.action)))
    assert {"bank.create", "bank.upload", "bank.accept", "bank.submit", "bank.approve"} <= actions


def test_sending_a_confirmation_again_imports_nothing_twice(bank_id: int, setter: Account) -> None:
    upload_id = upload(bank_id, setter, *GOOD)
    with writing():
        first = service.accept(upload_id, setter.id)
    with writing():
        again = service.accept(upload_id, setter.id)
    assert again.version_id == first.version_id
    assert db.session.scalar(select(func.count(BankVersion.id))) == 1


def test_confirmations_at_the_same_moment_make_one_version(app: Flask, bank_id: int, setter: Account) -> None:
    upload_id = upload(bank_id, setter, *GOOD)
    account_id = setter.id
    start = Barrier(4)

    def confirm(_number: int) -> int:
        with app.app_context():
            start.wait()
            with writing():
                return service.accept(upload_id, account_id).version_id

    with ThreadPoolExecutor(4) as threads:
        versions = list(threads.map(lambda number: Context().run(confirm, number), range(4)))
    assert len(set(versions)) == 1
    assert db.session.scalar(select(func.count(BankVersion.id))) == 1


def test_the_same_file_twice_makes_no_second_version(bank_id: int, setter: Account) -> None:
    with writing():
        first = service.accept(upload(bank_id, setter, *GOOD), setter.id)
    with writing():
        second = service.accept(upload(bank_id, setter, *GOOD, name="again.csv"), setter.id)
    assert (second.version_id, second.is_new) == (first.version_id, False)
    assert db.session.scalar(select(func.count(QuestionVersion.id))) == len(GOOD)


def test_errors_stop_the_whole_and_the_valid_part_is_taken_on_request(bank_id: int, setter: Account) -> None:
    broken = {**GOOD[0], "正确答案": "D", "外部编号": "fire-9", "题干": "另一道题？"}
    upload_id = upload(bank_id, setter, *GOOD, broken)
    with pytest.raises(HasErrors), writing():
        service.accept(upload_id, setter.id)
    with writing():
        stored = service.accept(upload_id, setter.id, valid_part=True)
    assert stored.questions == len(GOOD)


def test_a_changed_question_gets_a_version_and_the_rest_keep_theirs(bank_id: int, setter: Account) -> None:
    with writing():
        first = service.accept(upload(bank_id, setter, *GOOD), setter.id)
    changed = {**GOOD[0], "正确答案": "B"}
    with writing():
        second = service.accept(upload(bank_id, setter, changed), setter.id)
    assert (second.questions, second.new_questions, second.changed_questions) == (4, 0, 1)
    difference = queries.difference(second.version_id, first.version_id)
    assert (difference.changed, difference.unchanged) == (("fire-1",), 3)
    with keys_scope():
        before = queries.keys([row.version_id for row in queries.pool(first.version_id)])
    assert "A" in {key.letters for key in before.values()}


def test_a_setter_cannot_approve_their_own_version(bank_id: int, setter: Account) -> None:
    with writing():
        stored = service.accept(upload(bank_id, setter, *GOOD), setter.id)
    with writing():
        service.submit(stored.version_id, setter.id)
    with pytest.raises(SamePerson), writing():
        service.approve(stored.version_id, setter.id)
    assert queries.approved_version_id("safety") is None


def test_a_new_approved_version_supersedes_the_one_before(
    bank_id: int, setter: Account, reviewer: Account
) -> None:
    versions = []
    for answer in ("A", "B"):
        with writing():
            stored = service.accept(upload(bank_id, setter, {**GOOD[0], "正确答案": answer}), setter.id)
            service.submit(stored.version_id, setter.id)
            service.approve(stored.version_id, reviewer.id)
        versions.append(stored.version_id)
    states = {item.version_id: item.state for item in queries.versions(bank_id)}
    assert states == {versions[0]: "superseded", versions[1]: "approved"}


def test_returning_needs_a_reason_and_ends_the_review(
    bank_id: int, setter: Account, reviewer: Account
) -> None:
    with writing():
        stored = service.accept(upload(bank_id, setter, *GOOD), setter.id)
        service.submit(stored.version_id, setter.id)
    with pytest.raises(ReasonNeeded), writing():
        service.return_version(stored.version_id, reviewer.id, " ")
    with writing():
        service.return_version(stored.version_id, reviewer.id, "第 1 题答案有误")
    with pytest.raises(AlreadyDecided), writing():
        service.approve(stored.version_id, reviewer.id)


def test_exact_repeats_are_kept_once(bank_id: int, setter: Account) -> None:
    twin = {**GOOD[0], "外部编号": "fire-1b", "选项A": "每年", "选项B": "每月", "正确答案": "B"}
    upload_id = upload(bank_id, setter, *GOOD, twin)
    assert queries.upload(upload_id).counts["repeats"] == 1
    with writing():
        assert service.accept(upload_id, setter.id).questions == len(GOOD)


def test_pages_cannot_read_keys_nor_staged_questions(bank_id: int, setter: Account) -> None:
    upload(bank_id, setter, *GOOD)
    for name in ("question_keys", "staged_uploads"):
        with pytest.raises(DBAPIError, match="permission denied"):
            db.session.execute(text(f"SELECT * FROM keys.{name}"))
        db.session.rollback()


def test_an_exported_version_comes_back_unchanged(bank_id: int, setter: Account) -> None:
    with writing():
        stored = service.accept(upload(bank_id, setter, *GOOD), setter.id)
    for form in WHOLE:
        with keys_scope():
            file, pictures = queries.bank_file(stored.version_id)
        written = writers.write(file, pictures, form)
        assert read_bank_file(written.content, written.name).error_count == 0
        with writing():
            upload_id = service.receive(bank_id, written.content, written.name, setter.id)
            again = service.accept(upload_id, setter.id, keep_rest=False)
        assert (form, again.is_new) == (form, False)


def test_a_large_file_is_read_by_a_job_and_may_be_read_twice(
    bank_id: int, setter: Account, run_jobs: Callable[[], int]
) -> None:
    rows = [
        {**GOOD[0], "题干": f"第{number}道很长的题" + "甲" * 400, "外部编号": f"n-{number}"}
        for number in range(300)
    ]
    upload_id = upload(bank_id, setter, *rows)
    assert queries.upload(upload_id).state == "waiting"
    assert run_jobs() == 1
    assert queries.upload(upload_id).counts["valid"] == 300
    with writing():
        service.parse_upload(upload_id)
    assert queries.upload(upload_id).state == "parsed"


def test_lists_take_the_same_number_of_queries_for_any_number_of_banks(
    setter: Account, count_queries: list[str]
) -> None:
    def listed(number: int) -> int:
        with writing():
            for index in range(number):
                service.create_bank(f"bank-{number}-{index}", {"zh": "库", "en": ""}, setter.id)
        count_queries.clear()
        queries.banks()
        return len(count_queries)

    assert listed(1) == listed(20) <= 2
