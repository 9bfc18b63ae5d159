"""Granting roles and taking them away; the first administrator."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import (
    grant,
    make_account,
    make_contest,
    make_event,
    make_organisation,
    make_person,
    make_staff,
    sign_in,
)
from tests.functional.accounts.people import card, in_english, sign_in_as
from webapp.access.permissions import Role
from webapp.accounts.cli import admin
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.organisations.models import RoleGrant


def held(session: Session, account: Account) -> list[tuple[str, str, int]]:
    rows = (
        session.query(RoleGrant)
        .filter_by(person_id=account.person_id, revoked_at=None)
        .order_by(RoleGrant.id)
    )
    return [(row.role, row.scope_kind, row.scope_id) for row in rows]


def test_administrator_finds_a_person_grants_and_takes_away(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    union = make_organisation("长春市总工会")
    worker = make_account(make_person(name="王芳", number=card(1)))
    sign_in(in_english(client), make_staff(Role.ADMINISTRATOR))
    theirs = app.test_client()
    sign_in(theirs, worker)
    assert "王芳" in client.post("/staff/roles/find", data={"name": "王芳", "last4": card(1)[-4:]}).text
    address = f"/staff/roles/{worker.person_id}"
    assert "长春市总工会" in client.get(f"{address}?unit_search=changchun").text
    data = {"role": "union-reviewer", "scope": f"organisation:{union.id}", "why": "appointed"}
    assert client.post(address, data=data).status_code == 303
    assert held(session, worker) == [("union-reviewer", "organisation", union.id)]
    assert theirs.get("/staff/people").status_code == 200
    client.post(address, data=data)
    assert len(held(session, worker)) == 1
    one = session.query(RoleGrant).filter_by(person_id=worker.person_id).one()
    assert "王芳" in client.get("/staff/roles").text
    assert client.post(f"/staff/roles/grants/{one.id}/revoke", data={"why": "left"}).status_code == 303
    assert theirs.get("/staff/people").status_code == 303
    assert held(session, worker) == []
    assert client.post(f"/staff/roles/grants/{one.id}/revoke").status_code == 404
    assert session.query(AuditRow).filter(AuditRow.action.in_(["role.grant", "role.revoke"])).count() == 2


def test_nobody_grants_or_revokes_own_roles(client: FlaskClient, session: Session) -> None:
    account = make_staff(Role.ADMINISTRATOR)
    sign_in(client, account)
    client.post(f"/staff/roles/{account.person_id}", data={"role": "host", "scope": "everything"})
    one = session.query(RoleGrant).one()
    client.post(f"/staff/roles/grants/{one.id}/revoke")
    assert held(session, account) == [("administrator", "everything", 0)]


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("emperor", "everything"),
        ("host", "organisation:x"),
        ("host", "organisation:99999999"),
        ("host", "contest:99999999"),
        ("host", "galaxy:1"),
        ("host", ""),
        ("", ""),
        ("union-reviewer", "contest"),
    ],
)
def test_impossible_grants_are_refused(client: FlaskClient, session: Session, role: str, scope: str) -> None:
    worker = make_account()
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    answer = client.post(f"/staff/roles/{worker.person_id}", data={"role": role, "scope": scope})
    assert answer.status_code in {303, 403, 404}
    assert held(session, worker) == []


def test_administrator_of_a_part_stays_within_it(client: FlaskClient, session: Session) -> None:
    top = make_organisation()
    mine, other = make_organisation(parent=top, level="city"), make_organisation(parent=top, level="city")
    worker = make_account(make_person(unit=mine))
    stranger = make_account(make_person(unit=other))
    sign_in(client, make_staff(Role.ADMINISTRATOR, mine))
    address = f"/staff/roles/{worker.person_id}"
    for scope, status in (
        (f"organisation:{mine.id}", 303),
        (f"organisation:{other.id}", 403),
        ("everything", 403),
    ):
        assert client.post(address, data={"role": "union-reviewer", "scope": scope}).status_code == status
    assert held(session, worker) == [("union-reviewer", "organisation", mine.id)]
    foreign = grant(worker, Role.HOST)
    assert client.post(f"/staff/roles/grants/{foreign.id}/revoke").status_code == 404
    assert client.get(f"/staff/roles/{worker.person_id}").status_code == 200
    assert client.get(f"/staff/roles/{stranger.person_id}").status_code == 404


def test_pages_of_roles_are_closed_to_others(client: FlaskClient) -> None:
    worker = make_account()
    sign_in(client, make_staff(Role.HOST))
    assert client.get("/staff/roles").status_code == 403
    assert (
        client.post(
            f"/staff/roles/{worker.person_id}", data={"role": "host", "scope": "everything"}
        ).status_code
        == 403
    )


@pytest.fixture
def create(app: Flask, session: Session) -> Callable[..., Any]:
    def run(**fields: str) -> Any:
        session.commit()
        given = {
            "name": "管理员",
            "document-number": card(1),
            "phone": "13900000001",
            "password": "Zhuangpei-2026",
            **fields,
        }
        arguments = [f"--{name}={value}" for name, value in given.items()]
        return CliRunner().invoke(admin, ["create", *arguments], obj=lambda: app)

    return run


def test_first_administrator_is_made_from_the_command_line(
    create: Callable[..., Any], client: FlaskClient, session: Session
) -> None:
    done = create()
    assert done.exit_code == 0, done.output
    assert card(1) not in done.output
    assert sign_in_as(client, card(1), "Zhuangpei-2026").status_code == 303
    assert client.get("/staff/roles").headers["Location"].startswith("/confirm")
    assert client.post("/confirm", data={"privacy": "y"}).status_code == 303
    assert client.get("/staff/roles").status_code == 200
    again = create(password="Another-one-2026")
    assert again.exit_code == 0
    assert session.query(Person).count() == 1
    assert sign_in_as(client, card(1), "Zhuangpei-2026").status_code == 303


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "zhuangpei"},
        {"password": "onlysmallletters"},
        {"document-number": "123"},
        {"phone": "1"},
        {"name": "x"},
    ],
)
def test_weak_or_wrong_first_administrator_is_refused(
    create: Callable[..., Any], session: Session, fields: dict[str, str]
) -> None:
    assert create(**fields).exit_code == 1
    assert session.query(Person).count() == 0


def test_list_of_roles_costs_the_same_for_few_and_many(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    event = make_event(make_contest())
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    counts = []
    for people in (2, 30):
        for _ in range(people):
            make_staff(Role.JUDGE, event)
        session.commit()
        assert client.get("/staff/roles").status_code == 200
        count_queries.clear()
        client.get("/staff/roles")
        counts.append(len(count_queries))
    assert counts[0] == counts[1]
