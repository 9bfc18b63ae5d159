"""Sealed banks (DECISIONS 11): closed to people on every page, opened by two, or by itself after the exam."""

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_contest, make_event, make_staff, make_stage, sign_in
from tests.functional.routes import Route, routes
from tests.functional.world import FORM, World, make_world
from tests.integration.exam.exams import make_bank_version, make_exam, sit
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.banks.cli import cli
from webapp.banks.jobs import open_sealed_banks
from webapp.banks.models import Bank, BankSeal, BankVersion
from webapp.contests.models import Contest
from webapp.core import clock
from webapp.exam.models import Exam, Sheet

SEALED = "题库已封存"
REVIEWED = tomllib.loads((Path(__file__).parents[2] / "architecture" / "policies.toml").read_text())["routes"]
OF_A_BANK = re.compile(r"/staff/banks/(?:<code>|uploads/<int:upload_id>)")
TELL_NO_QUESTION = re.compile(r"/staff/banks/<code>(?:/seal.*|/analyses)?")
"""What a bank is called, who sealed it, and figures of its exams without words: open while it is sealed."""


def calls() -> Iterator[tuple[str, str]]:
    """(method, rule) of every reviewed staff route of a bank."""
    for line in REVIEWED:
        methods, rule = line.split(" ", 1)
        if OF_A_BANK.match(rule):
            yield from ((method, rule) for method in methods.split(","))


@pytest.fixture
def bank(session: Session) -> Bank:
    made = session.get_one(Bank, make_bank_version(8).bank_id)
    session.commit()
    return made


def actions(session: Session) -> list[str]:
    return list(
        session.scalars(
            select(AuditRow.action).where(AuditRow.action.like("bank.seal%")).order_by(AuditRow.id)
        )
    )


def test_one_person_seals_and_two_open(client: FlaskClient, session: Session, bank: Bank) -> None:
    setter, reviewer = make_staff(Role.QUESTION_SETTER), make_staff(Role.QUESTION_REVIEWER)
    session.commit()
    where = f"/staff/banks/{bank.code}/seal"
    sign_in(client, setter)
    page = client.get(where).text
    assert page.index("封存意味着什么") < page.index('name="reason"')
    refused = client.post(where, data={"reason": "  "})
    assert refused.status_code == 422
    assert "请填写理由" in refused.text
    assert client.post(where, data={"reason": "决赛用题"}).status_code == 303
    assert client.post(where, data={"reason": "再次"}).status_code == 409
    assert "决赛用题" in client.get(where).text
    assert client.post(f"{where}/agree").status_code == 409
    assert client.post(f"{where}/open", data={"reason": ""}).status_code == 422
    assert client.post(f"{where}/open", data={"reason": "第三题有误"}).status_code == 303
    assert client.post(f"{where}/open", data={"reason": "还是我"}).status_code == 409
    assert client.post(f"{where}/agree").status_code == 403
    assert session.get_one(Bank, bank.id, populate_existing=True).is_sealed
    sign_in(client, reviewer)
    assert "第三题有误" in client.get(where).text
    assert client.post(f"{where}/keep").status_code == 303
    assert client.post(f"{where}/agree").status_code == 409
    assert client.post(where, data={"reason": "审题人不封存"}).status_code == 403
    sign_in(client, setter)
    client.post(f"{where}/open", data={"reason": "第三题有误"})
    sign_in(client, reviewer)
    assert client.post(f"{where}/agree").status_code == 303
    assert not session.get_one(Bank, bank.id, populate_existing=True).is_sealed
    assert actions(session) == [
        "bank.seal", "bank.seal.ask", "bank.seal.keep", "bank.seal.ask", "bank.seal.open",
    ]  # fmt: skip
    assert client.get(f"/staff/banks/{bank.code}/versions/1").status_code == 200


def test_no_staff_route_of_a_bank_shows_anything_while_it_is_sealed(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    world = make_world(session, client.application.test_client())
    sign_in(client, world.everywhere)
    found = {(method, route.rule.rule): route for route in routes(app) for method in route.methods}
    open_before, wrong, seen = 0, [], 0
    asked = [(method, rule, path_of(world, found[method, rule])) for method, rule in calls()]
    for method, _rule, path in asked:
        open_before += method == "GET" and client.get(path).status_code == 200
    code = str(world.ids["banks.code"])
    assert client.post(f"/staff/banks/{code}/seal", data={"reason": "决赛"}).status_code == 303
    for method, rule, path in asked:
        answer = client.open(path, method=method, data=FORM if method == "POST" else None)
        if "题 1" in answer.text or "第1题" in answer.text:
            wrong.append(f"{method} {rule}: shows a question")
        if TELL_NO_QUESTION.fullmatch(rule):
            continue
        seen += 1
        if answer.status_code != 403 or SEALED not in answer.text:
            wrong.append(f"{method} {rule}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert seen > 25
    assert open_before > 8
    assert session.get_one(Bank, bank_id(session, code), populate_existing=True).is_sealed


def path_of(world: World, route: Route) -> str:
    return route.path(world.values(route.endpoint, route.names))


def bank_id(session: Session, code: str) -> int:
    return session.scalars(select(Bank.id).where(Bank.code == code)).one()


def test_the_pages_of_hosts_work_on_while_the_bank_is_sealed(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    world = make_world(session, client.application.test_client())
    sign_in(client, world.everywhere)
    pages = [
        path_of(world, route)
        for route in routes(app)
        if route.rule.rule.startswith("/staff/exams/") and "GET" in route.methods
    ]
    before = [client.get(path).status_code for path in pages]
    assert before.count(200) > 10
    session.execute(update(Bank).where(Bank.code == world.ids["banks.code"]).values(is_sealed=True))
    session.commit()
    after = [client.get(path).status_code for path in pages]
    changed = [(path, was, now) for path, was, now in zip(pages, before, after, strict=True) if was != now]
    assert changed == []


def test_hosts_seal_the_bank_of_their_exam_and_no_other(
    client: FlaskClient, session: Session, bank: Bank
) -> None:
    event, other = make_event(make_contest()), make_event(make_contest())
    version = make_bank_version(40)
    drawn = session.get_one(Bank, version.bank_id)
    exam_id = make_exam(make_stage(event), version)
    host = make_staff(Role.HOST, session.get_one(Contest, event.contest_id))
    stranger = make_staff(Role.HOST, session.get_one(Contest, other.contest_id))
    session.commit()
    sign_in(client, stranger)
    assert client.get(f"/staff/banks/{drawn.code}/seal").status_code == 404
    sign_in(client, host)
    assert client.get(f"/staff/banks/{bank.code}/seal").status_code == 404
    assert f"/staff/banks/{drawn.code}/seal" in client.get(f"/staff/exams/{exam_id}/questions").text
    page = client.get(f"/staff/banks/{drawn.code}/seal").text
    assert "理论考试" in page
    assert client.post(f"/staff/banks/{drawn.code}/seal", data={"reason": "开考前"}).status_code == 303
    assert session.get_one(Bank, drawn.id, populate_existing=True).is_sealed
    assert client.get(f"/staff/banks/{drawn.code}").status_code == 403  # hosts set no questions


def seal_for(session: Session, exam_id: int, ended: timedelta) -> Bank:
    """The bank of an exam, sealed the day before; the exam ended this long ago."""
    exam = session.get_one(Exam, exam_id)
    exam.closes_at = clock.now() - ended
    version = session.get_one(BankVersion, exam.bank_version_id)
    bank = session.get_one(Bank, version.bank_id)
    bank.is_sealed = True
    sealed_at = clock.now() - timedelta(days=1)
    session.add(BankSeal(bank_id=bank.id, reason="决赛", sealed_by_account_id=1, sealed_at=sealed_at))
    session.commit()
    return bank


def test_a_bank_opens_by_itself_once_its_exam_is_over(session: Session) -> None:
    exam_id = make_exam()
    sat = sit(exam_id)
    bank = seal_for(session, exam_id, timedelta(minutes=1))
    open_sealed_banks()
    assert session.get_one(Bank, bank.id, populate_existing=True).is_sealed  # somebody writes still
    session.execute(update(Sheet).where(Sheet.attempt_id == sat.attempt_id).values(state="submitted"))
    session.commit()
    open_sealed_banks()
    open_sealed_banks()
    assert not session.get_one(Bank, bank.id, populate_existing=True).is_sealed
    assert actions(session) == ["bank.seal.open"]


def test_after_the_exam_one_person_opens(client: FlaskClient, session: Session) -> None:
    setter = make_staff(Role.QUESTION_SETTER)
    bank = seal_for(session, make_exam(), timedelta(minutes=1))
    sign_in(client, setter)
    assert "一个人即可启封" in client.get(f"/staff/banks/{bank.code}/seal").text
    assert client.post(f"/staff/banks/{bank.code}/seal/open", data={"reason": "复盘"}).status_code == 303
    assert not session.get_one(Bank, bank.id, populate_existing=True).is_sealed


def test_the_command_line_exports_and_imports_nothing_of_a_sealed_bank(
    app: Flask, session: Session, bank: Bank, tmp_path: Path
) -> None:
    session.execute(update(Bank).where(Bank.id == bank.id).values(is_sealed=True))
    session.commit()
    runner = CliRunner()
    target = tmp_path / "out.xlsx"
    done = runner.invoke(cli, ["export", bank.code, "--output", str(target)], obj=lambda: app)
    assert done.exit_code == 1
    assert "封存" in done.output or "sealed" in done.output
    assert not target.exists()
    file = tmp_path / "one.csv"
    file.write_text("题型,题干,选项A,选项B,正确答案\n单选,新题,甲,乙,A\n")
    done = runner.invoke(cli, ["import", str(file), "--bank", bank.code], obj=lambda: app)
    assert done.exit_code == 1
    assert "封存" in done.output or "sealed" in done.output
