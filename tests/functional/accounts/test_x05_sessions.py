"""X05: fixation; the cookie after logout, password change, disabling, removal of a role; its attributes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import another_app
from tests.factories import make_account, make_organisation, make_staff, sign_in
from tests.functional.accounts.people import PASSWORD, card, sign_in_as, sign_up_as
from webapp.access.permissions import Role
from webapp.accounts.models import Account, AuthSession, Person
from webapp.audit.models import AuditRow
from webapp.core.db import db
from webapp.organisations.models import RoleGrant

OWN_PAGE = "/my/account"


def cookie_of(client: FlaskClient) -> str:
    kept = client.get_cookie("jiangsai")
    assert kept is not None
    return kept.value


def is_dead(app: Flask, value: str) -> bool:
    """Whether a stolen copy of the cookie opens nothing, not even once."""
    thief = app.test_client()
    thief.set_cookie("jiangsai", value)
    return thief.get(OWN_PAGE).status_code == 303


def test_x05_signing_in_takes_no_session_id_from_before(app: Flask, client: FlaskClient) -> None:
    """A session planted in the victim's browser never becomes the victim's session."""
    sign_up_as(client, number=card(1))
    client.post("/sign-out")
    attacker = app.test_client()
    sign_up_as(attacker, number=card(2), name="李芳", phone="13900000002")
    attackers = cookie_of(attacker)
    for planted in (attackers, "garbage", ""):
        victim = app.test_client()
        if planted:
            victim.set_cookie("jiangsai", planted)
        assert sign_in_as(victim, card(1)).status_code == 303
        assert cookie_of(victim) != planted
        assert "王芳" in victim.get(OWN_PAGE).text
    thief = app.test_client()
    thief.set_cookie("jiangsai", attackers)
    assert "王芳" not in thief.get(OWN_PAGE).text


def test_x05_every_sign_in_has_an_id_of_128_random_bits_or_more(app: Flask, session: Session) -> None:
    first = app.test_client()
    sign_up_as(first, number=card(1))
    tokens = set()
    for _ in range(5):
        again = app.test_client()
        sign_in_as(again, card(1))
        with again.session_transaction() as cookie:
            tokens.add(cookie["_user_id"])
    assert len(tokens) == 5
    assert all(len(token) * 6 >= 128 for token in tokens)
    assert session.scalar(select(func.count(AuthSession.token_hash.distinct()))) == 6


@pytest.fixture
def administrator(app: Flask, session: Session) -> FlaskClient:
    client = app.test_client()
    sign_in(client, make_staff(Role.ADMINISTRATOR, name="管理员"))
    return client


def by_sign_out(app: Flask, owner: FlaskClient, administrator: FlaskClient) -> None:
    assert owner.post("/sign-out").status_code == 303


def by_sign_out_everywhere(app: Flask, owner: FlaskClient, administrator: FlaskClient) -> None:
    other = app.test_client()
    sign_in_as(other, card(1))
    assert other.post("/sign-out-everywhere").status_code == 303


def by_new_password(app: Flask, owner: FlaskClient, administrator: FlaskClient) -> None:
    other = app.test_client()
    sign_in_as(other, card(1))
    changed = other.post("/my/password", data={"present": PASSWORD, "password": "Another good one 9"})
    assert changed.status_code == 303
    assert other.get(OWN_PAGE).status_code == 200, "who changes the password stays"


def by_disabling(app: Flask, owner: FlaskClient, administrator: FlaskClient) -> None:
    person = db.session.scalars(select(Person.id).where(Person.name == "王芳")).one()
    path = f"/staff/roles/{person}/account"
    assert administrator.post(path, data={"state": "disabled", "why": "已离职"}).status_code == 303
    assert sign_in_as(app.test_client(), card(1)).status_code == 422


def by_removed_role(app: Flask, owner: FlaskClient, administrator: FlaskClient) -> None:
    grant = db.session.scalars(
        select(RoleGrant.id).join(Person, Person.id == RoleGrant.person_id).where(Person.name == "王芳")
    ).one()
    path = f"/staff/roles/grants/{grant}/revoke"
    assert administrator.post(path, data={"why": "不再任职"}).status_code == 303


def by_reset_second_factor(app: Flask, owner: FlaskClient, administrator: FlaskClient) -> None:
    person = db.session.scalars(select(Person.id).where(Person.name == "王芳")).one()
    path = f"/staff/roles/{person}/second-factor/reset"
    assert administrator.post(path, data={"why": "手机丢失"}).status_code == 303


@pytest.mark.parametrize(
    "end",
    [
        by_sign_out,
        by_sign_out_everywhere,
        by_new_password,
        by_disabling,
        by_removed_role,
        by_reset_second_factor,
    ],
)
def test_x05_the_old_cookie_is_dead_at_the_next_request(
    app: Flask,
    session: Session,
    administrator: FlaskClient,
    end: Callable[[Flask, FlaskClient, FlaskClient], None],
) -> None:
    owner = app.test_client()
    sign_up_as(owner, number=card(1))
    person = session.scalars(select(Person).where(Person.name == "王芳")).one()
    session.add(RoleGrant(person_id=person.id, role="union-reviewer", scope_kind="everything", scope_id=0))
    session.commit()
    value = cookie_of(owner)
    assert not is_dead(app, value), "alive before"
    end(app, owner, administrator)
    assert is_dead(app, value)


def test_x05_disabling_is_told_reasoned_noted_and_can_be_taken_back(
    app: Flask, client: FlaskClient, session: Session, administrator: FlaskClient
) -> None:
    sign_up_as(client, number=card(1))
    account = session.scalars(select(Account).join(Person).where(Person.name == "王芳")).one()
    path = f"/staff/roles/{account.person_id}/account"
    assert administrator.post(path, data={"state": "disabled", "why": " "}).status_code == 303
    assert session.get_one(Account, account.id).state == "active", "not without a reason"
    administrator.post(path, data={"state": "disabled", "why": "已离职"})
    assert session.get_one(Account, account.id).state == "disabled"
    page = administrator.get(f"/staff/roles/{account.person_id}").text
    assert "此账号已停用" in page
    administrator.post(path, data={"state": "active", "why": "已返岗"})
    assert sign_in_as(app.test_client(), card(1)).status_code == 303
    told = select(AuditRow.action).where(AuditRow.target_kind == "account").order_by(AuditRow.id)
    noted = session.scalars(told).all()
    assert [action for action in noted if "able" in action] == ["account.disable", "account.enable"]
    assert administrator.post(path, data={"state": "invited", "why": "x"}).status_code == 400
    own = session.scalars(select(Person.id).where(Person.name == "管理员")).one()
    administrator.post(f"/staff/roles/{own}/account", data={"state": "disabled", "why": "x"})
    assert administrator.get("/staff").status_code == 200, "nobody closes the own account"


def test_x05_an_administrator_of_a_part_disables_nobody(client: FlaskClient, session: Session) -> None:
    part = make_organisation("长春市总工会")
    victim = make_account()
    sign_in(client, make_staff(Role.ADMINISTRATOR, part))
    answer = client.post(f"/staff/roles/{victim.person_id}/account", data={"state": "disabled", "why": "x"})
    assert answer.status_code in {403, 404}
    assert session.get_one(Account, victim.id).state == "active"


@pytest.fixture
def secure(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The same site as people reach it in production: by https."""
    made = another_app(app, tmp_path, {"JIANGSAI_PUBLIC_URL": "https://jiangsai.example"})
    yield made
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()


def test_x05_the_attributes_of_every_cookie_are_right(secure: Flask, session: Session) -> None:
    client = secure.test_client()
    number = card(1)
    made = client.post(
        "/sign-up",
        base_url="https://jiangsai.example",
        data={
            "name": "王芳",
            "document_kind": "resident-id",
            "document_number": number,
            "phone": "13900000001",
            "unit": "none",
            "password": PASSWORD,
            "privacy": "y",
        },
    )
    assert made.status_code == 303
    language = client.get("/language/en", base_url="https://jiangsai.example")
    cookies = made.headers.getlist("Set-Cookie") + language.headers.getlist("Set-Cookie")
    assert {one.split("=", 1)[0] for one in cookies} >= {"__Host-jiangsai", "__Host-device", "language"}
    for one in cookies:
        name, attributes = one.split("=", 1)[0], {part.strip().lower() for part in one.split(";")[1:]}
        assert {"secure", "samesite=lax", "path=/"} <= attributes, one
        assert not any(attribute.startswith("domain") for attribute in attributes), one
        if name != "language":
            assert "httponly" in attributes, one
        assert number not in one
        assert "王" not in one
