"""Row X01: every role calls every route with every method; the answer follows the reviewed policy."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.test import TestResponse

from tests.architecture import policies
from tests.factories import grant, make_account, make_staff, sign_in
from tests.functional.routes import Route, routes
from webapp.access.permissions import ROLE_PERMISSIONS, Role
from webapp.accounts.models import Account, AuthSession

HINT = (
    "\nA route is new, gone or has another policy. Read each line: is it the policy you mean?"
    "\nThen run `python -m tests.architecture.policies --write` and commit the list with the change."
)
WRITING = ("POST", "PUT", "PATCH", "DELETE")
WHO = ("visitor", "contestant", "unconfirmed", *Role)
PROBES = {"operations.readyz"}
"""These say by themselves with 503 what is not ready."""


def test_every_route_has_the_policy_that_was_reviewed(app: Flask) -> None:
    changed = policies.differences(policies.live(app), policies.reviewed())
    assert changed == [], HINT


def account_of(who: str) -> Account | None:
    """Somebody of this kind; staff with everything in scope."""
    if who == "visitor":
        return None
    if who in set(Role):
        return make_staff(Role(who))
    return make_account(must_confirm=who == "unconfirmed")


def make_everybody() -> Account:
    """One account with every role over everything."""
    account = make_account()
    for role in Role:
        grant(account, role)
    return account


def may(who: str, route: Route) -> bool:
    """What the policy says about this kind of person."""
    if route.is_public:
        return True
    if who == "visitor":
        return False
    if who == "unconfirmed":
        return route.policy == "signed in, data not yet confirmed"
    if not route.permissions:
        return True
    held = ROLE_PERMISSIONS[Role(who)] if who in set(Role) else frozenset()
    return any(permission in held for permission in route.permissions)


def is_refused(answer: TestResponse, who: str, method: str) -> bool:
    """Refused as the policy wants it: visitors are sent to sign in, the unconfirmed to confirm."""
    if method == "GET" and who in {"visitor", "unconfirmed"}:
        target = "/sign-in" if who == "visitor" else "/confirm"
        return answer.status_code == 303 and answer.location.startswith(target)
    return answer.status_code == (401 if who == "visitor" else 403)


class Walk:
    """Calls every route as one kind of person and keeps what is wrong."""

    def __init__(self, client: FlaskClient, session: Session, who: str) -> None:
        self.client, self.session, self.who = client, session, who
        self.account = account_of(who)
        self.wrong: list[str] = []
        self.may_be_out = True

    def call(self, route: Route, method: str) -> TestResponse:
        """A call with a session that no earlier call can have ended: only an allowed one that writes can."""
        if self.account is not None and (self.may_be_out or not self._is_open()):
            sign_in(self.client, self.account)
        self.may_be_out = method in WRITING and may(self.who, route)
        return self.client.open(route.path(), method=method)

    def _is_open(self) -> bool:
        with self.client.session_transaction() as cookie:
            return "_user_id" in cookie

    def check(self, route: Route, method: str) -> None:
        answer = self.call(route, method)
        status = answer.status_code
        if status >= 500 and not (route.endpoint in PROBES and status == 503):
            self.wrong.append(f"{method} {route.rule.rule}: {status}")
        elif may(self.who, route):
            if status == 401 or (status == 403 and not self._may_still_refuse(route)):
                self.wrong.append(f"{method} {route.rule.rule}: {status}, but {route.policy}")
        elif not is_refused(answer, self.who, method):
            self.wrong.append(f"{method} {route.rule.rule}: {status} {answer.location}, but {route.policy}")

    def _may_still_refuse(self, route: Route) -> bool:
        return route.endpoint in {"accounts.second_factor", "accounts.set_up_second_factor"}


@pytest.mark.parametrize("who", WHO)
def test_every_answer_follows_the_policy(app: Flask, client: FlaskClient, session: Session, who: str) -> None:
    walk = Walk(client, session, who)
    for route in routes(app):
        for method in route.methods:
            walk.check(route, method)
        if "GET" in route.methods:
            walk.check(route, "HEAD")
    assert walk.wrong == []
    session.execute(delete(AuthSession))


UNDECLARED = ("GET", *WRITING, "TRACE", "PROPFIND")


def undeclared(app: Flask) -> dict[str, list[str]]:
    """Address -> the methods that none of its routes declares."""
    declared: dict[str, set[str]] = {}
    for route in routes(app):
        declared.setdefault(route.path(), set()).update(route.methods)
    return {path: [one for one in UNDECLARED if one not in methods] for path, methods in declared.items()}


def test_every_route_says_which_methods_it_takes(app: Flask) -> None:
    """A rule without methods would take all of them; with them the table refuses before anybody is asked who he is."""
    table, wrong = app.url_map.bind("localhost"), []
    for path, methods in undeclared(app).items():
        for method in methods:
            try:
                rule, _values = table.match(path, method, return_rule=True)
            except (MethodNotAllowed, NotFound):
                continue
            wrong += [] if rule.methods and method in rule.methods else [(method, path)]
    assert wrong == []


@pytest.mark.parametrize(
    ("at", "who"),
    [(0, "visitor"), (1, "contestant"), (2, Role.ADMINISTRATOR)],
    ids=["visitor", "contestant", "administrator"],
)
def test_methods_that_no_route_declares_are_refused(
    app: Flask, client: FlaskClient, session: Session, at: int, who: str
) -> None:
    """Each kind of person tries one such method of each address, another one than the others try."""
    walk, wrong = Walk(client, session, who), []
    if walk.account is not None:
        sign_in(client, walk.account)
    for nth, (path, methods) in enumerate(undeclared(app).items()):
        method = methods[(nth + at) % len(methods)]
        answer = client.open(path, method=method)
        if answer.status_code not in {404, 405}:
            wrong.append(f"{method} {path}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize(
    "headers", [{"HX-Request": "true"}, {"Accept": "application/json"}], ids=["htmx", "json"]
)
def test_fragments_and_programs_are_refused_like_pages(
    app: Flask, client: FlaskClient, session: Session, headers: dict[str, str]
) -> None:
    wrong = []
    for route in routes(app):
        if route.is_public:
            continue
        for method in route.methods:
            answer = client.open(route.path(), method=method, headers=headers)
            led_away = answer.status_code == 204 and "/sign-in" in answer.headers.get("HX-Redirect", "")
            if answer.status_code != 401 and not led_away:
                wrong.append(f"{method} {route.rule.rule}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40], ids=["zero", "int4", "int8", "huge"])
def test_no_number_in_an_address_breaks_a_page(
    app: Flask, client: FlaskClient, session: Session, number: int
) -> None:
    account = make_everybody()
    wrong = []
    for route in routes(app):
        numbers: dict[str, int | str] = {name: number for name in route.names if route.is_number(name)}
        for method in route.methods if numbers else ():
            sign_in(client, account)
            answer = client.open(route.path(numbers), method=method)
            if answer.status_code >= 500 or answer.status_code == 200:
                wrong.append(f"{method} {route.rule.rule}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("number", ["0", "-1", "1e9", "٣", "x" * 3000, "9" * 5000, "\x00", "1;--"])
def test_no_value_in_a_query_breaks_a_page(
    app: Flask, client: FlaskClient, session: Session, number: str
) -> None:
    sign_in(client, make_everybody())
    names = (
        "page",
        "unit",
        "event",
        "contest",
        "state",
        "days",
        "whose",
        "name",
        "words",
        "next",
        "q",
        "code",
    )
    more = (
        "hall",
        "shown",
        "unit_search",
        "parent",
        "mine",
        "action",
        "actor",
        "target",
        "number",
        "topic",
    )
    wrong = []
    for route in routes(app):
        if "GET" in route.methods and not route.names:
            answer = client.get(route.path(), query_string=dict.fromkeys(names + more, number))
            if answer.status_code >= 500 and route.endpoint not in PROBES:
                wrong.append(f"{route.rule.rule}: {answer.status_code}")
    assert wrong == []
