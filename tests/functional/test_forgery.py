"""Row X06: without the session's own token nothing is changed; looking changes nothing."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import sign_in
from tests.functional.routes import Route, routes
from tests.functional.world import FORM, World, all_rows, changed, make_world

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
NOTED_WHEN_SEEN = frozenset({"auth_sessions", "audit_rows", "outbox"})
"""Looking may note that somebody looked (the end of a session moves on, the help desk's views are audited)
and may wake a job that brings a stale board up to date; such a job changes nothing that counts."""
LOOKED_AT_ONCE = 20
"""Pages between two comparisons of every row of every table."""


@pytest.fixture
def world(client: FlaskClient, session: Session) -> World:
    return make_world(session, client.application.test_client())


@pytest.fixture
def guarded(app: Flask, world: World) -> Iterator[Flask]:
    """The app with the token check that tests otherwise leave out."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False


def unsafe(app: Flask) -> list[tuple[Route, str]]:
    return [(route, method) for route in routes(app) for method in route.methods if method in UNSAFE]


def token_of(client: FlaskClient) -> str:
    """The token that a page of this browser carries."""
    found = re.search(r'"X-CSRFToken": "([^"]+)"', client.get("/help").text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("token", "place"),
    [("none", ""), ("foreign", "form"), ("foreign", "header"), ("garbage", "form"), ("garbage", "header")],
)
def test_an_unsafe_call_without_the_own_token_changes_nothing(
    guarded: Flask, client: FlaskClient, session: Session, world: World, token: str, place: str
) -> None:
    attacker = guarded.test_client()
    sign_in(attacker, world.bob)
    sent = {"none": "", "foreign": token_of(attacker), "garbage": "x.y.z"}[token]
    form = {**FORM, "csrf_token": sent} if place == "form" else FORM
    headers = {"X-CSRFToken": sent} if place == "header" else {}
    wrong: list[str] = []
    for caller in (world.everywhere, world.alice):
        sign_in(client, caller)
        before = all_rows(session)
        for route, method in unsafe(guarded):
            path = route.path(world.values(route.endpoint, route.names))
            for body in ({"data": form}, {"json": {"lease": world.lease, "items": []}}):
                answer = client.open(path, method=method, headers=headers, **body)
                if answer.status_code != 400:
                    wrong.append(f"{method} {path}: {answer.status_code}")
        assert changed(before, all_rows(session)) == []
    assert not wrong, "\n".join(wrong)


def test_the_own_token_opens_the_same_doors(
    guarded: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    sign_in(client, world.everywhere)
    token = token_of(client)
    new = {"subject": "无法登录", "text": "手机号已停用"}
    path = "/staff/help/tickets"
    assert client.post(path, data=new).status_code == 400
    assert client.post(path, data=new, headers={"X-CSRFToken": token}).status_code == 303
    assert client.post(path, data={**new, "csrf_token": token}).status_code == 303


def test_a_fragment_that_is_refused_brings_a_fresh_token(
    guarded: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    sign_in(client, world.alice)
    refused = client.post("/my/phone", data={"phone": "13900000000"}, headers={"HX-Request": "true"})
    fresh = re.search(r'data-csrf="([^"]+)"', refused.text)
    assert (refused.status_code, fresh is not None) == (400, True)
    assert fresh is not None
    again = client.post("/my/phone", data={"phone": "13900000000"}, headers={"X-CSRFToken": fresh[1]})
    assert again.status_code in {200, 303}


def test_other_sites_get_no_cookie_along(client: FlaskClient, session: Session, world: World) -> None:
    client.post("/sign-in", data={"identifier": "13900000000", "password": "x"})
    answer = client.get("/sign-up")
    cookies = [value for name, value in answer.headers if name == "Set-Cookie"]
    assert all("SameSite=Lax" in cookie and "HttpOnly" in cookie for cookie in cookies)
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("who", ["visitor", "alice", "bob", "elsewhere", "everywhere"])
def test_looking_changes_nothing(
    app: Flask, client: FlaskClient, session: Session, world: World, who: str
) -> None:
    if who != "visitor":
        sign_in(client, getattr(world, who))
    paths = [
        route.path(world.values(route.endpoint, route.names))
        for route in routes(app)
        if "GET" in route.methods
    ]
    before = all_rows(session, NOTED_WHEN_SEEN)
    wrote = []
    for start in range(0, len(paths), LOOKED_AT_ONCE):
        looked = paths[start : start + LOOKED_AT_ONCE]
        for path in looked:
            client.get(path)
            client.get(path, headers={"HX-Request": "true"})
        after = all_rows(session, NOTED_WHEN_SEEN)
        wrote += [f"one of {', '.join(looked)}: {row}" for row in changed(before, after)]
        before = after
    assert not wrote, "\n".join(wrote)
