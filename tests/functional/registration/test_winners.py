"""Earlier winners: from a workbook to a refusal, and who may keep the register (6.3)."""

import io
import re
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import document_number, make_account, make_person, make_staff
from tests.functional.registration.test_journeys import browser, decide, register, the_application
from tests.integration.registration.stand import Stand, definition, make_stand
from tests.unit.registration.test_winners_workbook import GOOD, book, changed
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.contests.service import load_contest
from webapp.registration.models import EarlierWinner


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


@pytest.fixture
def host(app: Flask, stand: Stand) -> FlaskClient:
    return browser(app, make_staff(Role.HOST, stand.contest))


def bring_in(client: FlaskClient, stand: Stand, rows: Sequence[Sequence[str]], part: str = "") -> int:
    address = f"/staff/winners/contests/{stand.contest.id}/import"
    seen = client.post(address, data={"file": (io.BytesIO(book(*rows)), "winners.xlsx")})
    assert seen.status_code == 200, seen.text
    found = re.search(r'name="ticket" value="([^"]+)"', seen.text)
    assert found is not None, seen.text
    return client.post(f"{address}/accept", data={"ticket": found.group(1), "part": part}).status_code


def winner_with(stand: Stand, number: str, name: str = "王芳") -> Account:
    return make_account(make_person(name, number, unit=stand.county_firm))


def never_again(stand: Stand) -> None:
    text = definition().replace(
        'rule = "earlier-first-place"\nforce = "normal"', 'rule = "first-prize-winner"\nforce = "hard"'
    )
    load_contest(text, because="章程修订")


def only(session: Session) -> EarlierWinner:
    session.expire_all()
    return session.scalars(select(EarlierWinner)).one()


def test_a_winner_with_a_number_is_matched_and_refused(
    app: Flask, session: Session, stand: Stand, host: FlaskClient
) -> None:
    never_again(stand)
    number = document_number(701)
    alice = winner_with(stand, number)
    assert bring_in(host, stand, [changed(证件号码=number)]) == 303
    assert (only(session).match_state, only(session).person_id) == ("matched", alice.person_id)
    hers = browser(app, alice)
    page = hers.get(f"/register/{stand.event.id}").text
    assert "一等奖" in page
    assert "2023" in page
    assert (
        hers.post(f"/register/{stand.event.id}", data={"occupation": "worker", "consent": "y"}).status_code
        == 422
    )
    assert register(hers, stand.second_event.id) == 303, "another trade is free"


def test_somebody_who_registers_after_the_import_is_known_too(
    app: Flask, session: Session, stand: Stand, host: FlaskClient
) -> None:
    never_again(stand)
    number = document_number(702)
    assert bring_in(host, stand, [changed(证件号码=number)]) == 303
    late = browser(app, winner_with(stand, number))
    assert (
        late.post(f"/register/{stand.event.id}", data={"occupation": "worker", "consent": "y"}).status_code
        == 422
    )


def test_a_first_place_is_a_warning_that_a_named_reviewer_excepts(
    app: Flask, session: Session, stand: Stand, host: FlaskClient
) -> None:
    number = document_number(703)
    alice = winner_with(stand, number)
    bring_in(host, stand, [changed(证件号码=number)])
    assert register(browser(app, alice), stand.event.id) == 303
    application = the_application(session, alice)
    assert [one["code"] for one in application.warnings] == ["earlier-first-place"]
    reviewer = browser(app, stand.reviewer(stand.county, "刘审核"))
    assert "第一名" in reviewer.get(f"/staff/review/{application.id}").text
    assert decide(reviewer, application.id) == 422
    assert decide(reviewer, application.id, reason="本工种报名不足，经研究同意参赛") == 303
    assert "刘审核" in reviewer.get(f"/staff/review/{application.id}").text
    audited = session.scalars(select(AuditRow).where(AuditRow.action == "application.except")).one()
    assert audited.why == "本工种报名不足，经研究同意参赛"


def test_a_record_without_number_is_decided_by_a_person(
    app: Flask, session: Session, stand: Stand, host: FlaskClient
) -> None:
    never_again(stand)
    number = document_number(704)
    alice = winner_with(stand, number)
    bring_in(host, stand, [changed(证件号码="", 证件后四位=number[-4:])])
    assert register(browser(app, alice), stand.event.id) == 303, (
        "a record nobody has decided on never refuses"
    )
    application = the_application(session, alice)
    assert [one["code"] for one in application.warnings] == ["earlier-winner-open"]
    address = f"/staff/winners/{only(session).id}"
    assert "王芳" in host.get(address).text
    data = {"action": "match", "person": alice.person_id}
    assert host.post(address, data=data).status_code == 422, "a reason is needed"
    assert host.post(address, data={**data, "person": "999999", "why": "x"}).status_code == 422
    assert host.post(address, data={**data, "why": "与通报原件一致"}).status_code == 303
    assert only(session).person_id == alice.person_id
    reviewer = browser(app, stand.reviewer(stand.county))
    assert decide(reviewer, application.id, reason="同意") == 422, "the match came after the application"
    assert (
        host.post(address, data={"action": "rule-out", "person": alice.person_id, "why": "同名"}).status_code
        == 303
    )
    assert decide(reviewer, application.id, reason="已认定不是同一人") == 303


def test_a_record_is_taken_out_with_a_reason_and_stays(
    session: Session, stand: Stand, host: FlaskClient
) -> None:
    bring_in(host, stand, [GOOD])
    row = only(session)
    assert host.post(f"/staff/winners/{row.id}", data={"action": "remove"}).status_code == 422
    assert (
        host.post(f"/staff/winners/{row.id}", data={"action": "nobody", "why": "查无此人"}).status_code == 303
    )
    assert host.post(f"/staff/winners/{row.id}", data={"action": "reopen", "why": "误点"}).status_code == 303
    assert (
        host.post(f"/staff/winners/{row.id}", data={"action": "remove", "why": "录入错误"}).status_code == 303
    )
    assert only(session).removed_why == "录入错误"
    assert "王芳" not in host.get(f"/staff/winners/contests/{stand.contest.id}").text
    assert host.post(f"/staff/winners/{row.id}", data={"action": "remove", "why": "再来"}).status_code == 409


def test_wrong_rows_are_told_and_left_out_and_a_second_import_adds_nothing(
    session: Session, stand: Stand, host: FlaskClient
) -> None:
    rows = [GOOD, changed(工种="", 年份="")]
    assert bring_in(host, stand, rows) == 422
    assert bring_in(host, stand, rows, part="valid") == 303
    assert bring_in(host, stand, [GOOD]) == 303
    assert session.scalar(select(func.count()).select_from(EarlierWinner)) == 1
    wrong = host.post(
        f"/staff/winners/contests/{stand.contest.id}/import", data={"file": (io.BytesIO(b"x"), "a.xlsx")}
    )
    assert wrong.status_code == 422
    gone = host.post(f"/staff/winners/contests/{stand.contest.id}/import/accept", data={"ticket": "none"})
    assert gone.status_code == 409


def test_the_register_is_searched_and_empty_at_first(stand: Stand, host: FlaskClient) -> None:
    address = f"/staff/winners/contests/{stand.contest.id}"
    assert host.get("/staff/winners").headers["Location"].endswith(address)
    assert "还没有记录" in host.get(address).text
    bring_in(host, stand, [GOOD, changed(姓名="赵敏", 证件号码=document_number(9), 工种="电工", 年份="2021")])
    for query, names in (
        ("", {"王芳", "赵敏"}),
        ("name=王", {"王芳"}),
        ("trade=电 工", {"赵敏"}),
        ("year=2021", {"赵敏"}),
        ("state=matched", set()),
    ):
        page = host.get(f"{address}?{query}").text
        assert {name for name in ("王芳", "赵敏") if f">{name}<" in page} == names, query


def test_the_register_takes_the_same_number_of_queries_for_one_and_for_many(
    stand: Stand, host: FlaskClient, count_queries: list[str]
) -> None:
    address = f"/staff/winners/contests/{stand.contest.id}"

    def queries() -> int:
        host.get(address)
        count_queries.clear()
        assert host.get(address).status_code == 200
        return len(count_queries)

    bring_in(host, stand, [GOOD])
    few = queries()
    bring_in(host, stand, [changed(证件号码=document_number(n), 工种=f"工种{n}") for n in range(40)])
    assert queries() == few


def test_another_contests_host_finds_nothing(
    app: Flask, session: Session, stand: Stand, host: FlaskClient
) -> None:
    bring_in(host, stand, [GOOD])
    other = load_contest(definition().replace('code = "sample-1"', 'code = "sample-2"'))
    stranger = browser(app, make_staff(Role.ORGANISER, stand.event))
    for client in (stranger,):
        for path in (
            f"contests/{stand.contest.id}",
            f"contests/{stand.contest.id}/import",
            str(only(session).id),
        ):
            assert client.get(f"/staff/winners/{path}").status_code == 404
    both = browser(app, make_staff(Role.HOST))
    target = f"/staff/winners/contests/{other.contest_id}"
    assert both.post(f"{target}/take-over", data={"source": str(stand.contest.id)}).status_code == 303
    assert both.post(f"{target}/take-over", data={"source": str(stand.contest.id)}).status_code == 303
    assert "王芳" in both.get(target).text
    assert both.post(f"{target}/take-over", data={"source": str(other.contest_id)}).status_code == 404
    assert host.post(f"{target}/take-over", data={"source": str(stand.contest.id)}).status_code == 404
