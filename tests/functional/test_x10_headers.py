"""X10: headers on all responses; forged Host and X-Forwarded-*; redirects through next= stay on the site."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.conftest import another_app
from tests.factories import sign_in
from tests.functional.accounts.people import card, sign_in_as, sign_up_as
from tests.functional.routes import routes
from tests.functional.world import make_world
from webapp.accounts.models import AuthSession, SignInFailure
from webapp.config import Settings
from webapp.core.db import db

HOST = "jiangsai.example"
SITE = f"https://{HOST}"
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
READS_CODES = EXACT | {
    "Permissions-Policy": EXACT["Permissions-Policy"].replace("camera=()", "camera=(self)")
}
"""Of the page on which staff of a hall read admission tickets with the camera."""

IN_POLICY = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")


@pytest.fixture
def production(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The site as in production: https, one proxy in front, its host named by nothing but its address."""
    environ = {"JIANGSAI_PUBLIC_URL": SITE, "JIANGSAI_DEMO": "0", "JIANGSAI_PROXIES": "1"}
    made = another_app(app, tmp_path, environ, SECOND_FACTOR=False)
    yield made
    with made.app_context():
        for engine in db.engines.values():
            engine.dispose()


def faults(what: str, answer: TestResponse, exact: dict[str, str] = EXACT) -> list[str]:
    """What is missing on one answer."""
    found = [f"{what}: {name}" for name, value in exact.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    needed = IN_POLICY[:1] if answer.mimetype == "application/json" else IN_POLICY
    found += [f"{what}: {part}" for part in needed if part not in policy]
    if "unsafe" in policy or "*" in policy:
        found.append(f"{what}: {policy}")
    if not answer.headers.get("Cache-Control"):
        found.append(f"{what}: Cache-Control")
    if answer.headers.get("Server", "").lower().startswith(("werkzeug", "python")):
        found.append(f"{what}: tells its server")
    return found


def test_x10_every_answer_of_every_route_has_the_headers(
    production: Flask, app: Flask, client: FlaskClient, session: Session
) -> None:
    """All routes and methods of the live map: for a visitor, and with real ids for somebody with every role."""
    world = make_world(session, client)
    visitor, everybody = production.test_client(), production.test_client()
    wrong: list[str] = []
    seen: set[int] = set()

    def look(who: FlaskClient, method: str, path: str, exact: dict[str, str] = EXACT) -> None:
        answer = who.open(path, method=method, base_url=SITE, buffered=True)
        seen.add(answer.status_code)
        wrong.extend(faults(f"{method} {path} {answer.status_code}", answer, exact))
        answer.close()

    token = sign_in(client, world.everywhere)
    for route in routes(production):
        real = route.path(world.values(route.endpoint, route.names))
        for method in route.methods:
            if method == "GET":
                with everybody.session_transaction(base_url=SITE) as cookie:
                    cookie["_user_id"], cookie["_fresh"] = token, True
                look(everybody, method, real, READS_CODES if route.endpoint == "halls.scan" else EXACT)
            look(visitor, method, real)
    look(visitor, "PROPFIND", "/")
    assert wrong == []
    assert {200, 303, 401, 404, 405} <= seen, "pages, redirects and refusals of every kind were looked at"


def test_x10_files_and_broken_requests_have_the_headers_too(production: Flask) -> None:
    client = production.test_client()
    wrong = []
    for what, answer in {
        "static": client.get("/static/favicon.svg", base_url=SITE),
        "no such file": client.get("/static/no-such.css", base_url=SITE),
        "no such page": client.get("/nothing/here", base_url=SITE),
        "traversal": client.get("/static/..%2f..%2fconfig.py", base_url=SITE),
        "too large": client.post("/sign-in", data=b"x" * 21 * 1024 * 1024, base_url=SITE),
        "fragment": client.get("/nothing", base_url=SITE, headers={"HX-Request": "true"}),
        "json": client.get("/nothing", base_url=SITE, headers={"Accept": "application/json"}),
        "null": client.get("/boards/%00/x/y", base_url=SITE),
    }.items():
        wrong += faults(f"{what} {answer.status_code}", answer)
        answer.close()
    assert wrong == []


@pytest.mark.parametrize(
    "host",
    ["evil.example", "jiangsai.example.evil.example", "evil.example:443", "jiangsai.example@evil.example"],
)
def test_x10_a_forged_host_is_a_400(production: Flask, host: str) -> None:
    """Without a list of trusted hosts a production site trusts the host of its own address."""
    for path in ("/", "/sign-in", "/nothing", "/static/favicon.svg"):
        client = production.test_client()
        assert client.get(path, headers={"Host": HOST}).status_code in {200, 404}, path
        assert client.get(path, headers={"Host": host}).status_code == 400, path
        assert client.get(path, headers={"Host": HOST, "X-Forwarded-Host": host}).status_code == 400, path


def test_x10_the_demo_answers_to_any_name_and_production_to_its_own() -> None:
    demo = Settings.from_env({"JIANGSAI_DEMO": "1", "JIANGSAI_PUBLIC_URL": SITE})
    assert demo.trusted_hosts == ()
    own = Settings.from_env({"JIANGSAI_DEMO": "0", "JIANGSAI_PUBLIC_URL": f"{SITE}:8443/"})
    assert own.trusted_hosts == (HOST,)
    local = Settings.from_env({"JIANGSAI_DEMO": "0"})
    assert local.trusted_hosts == ("127.0.0.1",)
    named = Settings.from_env({"JIANGSAI_DEMO": "0", "JIANGSAI_TRUSTED_HOSTS": "a.example, b.example"})
    assert named.trusted_hosts == ("a.example", "b.example")


def addresses(session: Session) -> set[str]:
    session.rollback()
    return set(session.scalars(select(SignInFailure.address))) | set(
        session.scalars(select(AuthSession.address))
    )


def test_x10_nobody_chooses_the_address_that_is_counted(
    production: Flask, app: Flask, session: Session
) -> None:
    """Without a proxy all forwarded headers are the visitor's own words; with one only its last word counts."""
    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
        "X-Client-IP": "203.0.113.9",
        "X-Forwarded-Proto": "http",
    }
    app.test_client().post("/sign-in", data={"identifier": card(1), "password": "x"}, headers=forged)
    assert addresses(session) == {"127.0.0.1"}
    proxied = {**forged, "X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    production.config["WTF_CSRF_ENABLED"] = False
    production.test_client().post(
        "/sign-in", data={"identifier": card(2), "password": "x"}, headers={**proxied, "Host": HOST}
    )
    assert addresses(session) == {"127.0.0.1", "198.51.100.7"}


AWAY = (
    "https://evil.example/", "http://evil.example", "//evil.example/", "///evil.example", "/\\evil.example",
    "\\\\evil.example", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "javascript:alert(1)", "data:text/html,x", "https:evil.example", "https:/evil.example", "/%5cevil.example/..//x\\y",
    "//evil.example@localhost/", "//localhost@evil.example/", "http://localhost.evil.example/", "/.//evil.example\\",
    "\u2044\u2044evil.example", "//evil%E3%80%82example", "ftp://evil.example", "?next=//evil.example", "evil.example",
)  # fmt: skip


@pytest.mark.parametrize("target", AWAY)
def test_x10_next_never_leads_off_the_site(app: Flask, session: Session, target: str) -> None:
    """Every door that goes on to an address it was given: the browser ends up on this host."""
    client = app.test_client()
    answers = [
        client.get("/language/en", query_string={"next": target}),
        sign_up_as(client, number=card(1), next=target),
        client.get("/sign-in", query_string={"next": target}),
        client.get("/second-factor", query_string={"next": target}),
        client.get("/second-factor/setup", query_string={"next": target}),
    ]
    client.post("/sign-out")
    answers.append(sign_in_as(client, card(1), next=target))
    answers.append(
        client.post("/sign-in?next=" + "//evil.example", data={"identifier": card(1), "password": "x"})
    )
    for answer in answers:
        location = answer.headers.get("Location", "/").replace("\\", "/")
        for browsers_view in (location, location.replace("\t", "").replace("\n", "").strip()):
            end = urlsplit(urljoin("http://localhost/sign-in", browsers_view))
            assert (end.scheme, end.hostname) == ("http", "localhost"), location
        assert 'value="//evil.example' not in answer.text
