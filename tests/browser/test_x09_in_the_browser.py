"""X09 in a real browser: pages full of stored payloads run nothing and make no report of the content policy."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Dialog, Page, Route
from sqlalchemy.orm import Session

from tests.factories import sign_in
from tests.functional.payloads import MARK
from tests.functional.test_x09_stored_scripts import plant
from tests.functional.world import World, make_world

pytestmark = pytest.mark.browser

ADDRESS = "http://localhost"
SAMPLE = (
    "/", "/my", "/my/account", "/contests/{code}", "/attempts/{attempt_id}", "/attempts/{attempt_id}/result",
    "/learn", "/staff", "/staff/banks/{bank}", "/staff/banks/{bank}/versions/{number}", "/staff/people",
    "/staff/help/people/{person_id}", "/staff/review", "/staff/exams/{exam_id}/control", "/staff/audit",
    "/staff/organisations", "/staff/certificates",
)  # fmt: skip


def serve(page: Page, client: FlaskClient) -> None:
    """Let the app itself answer every request of the page, policy header included."""

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        if asked.netloc != "localhost":
            route.abort()
            return
        got = client.open(
            asked.path or "/", method=route.request.method, query_string=asked.query, buffered=True, follow_redirects=True,
            headers={name: value for name, value in route.request.headers.items() if name.startswith("hx-")},
        )  # fmt: skip
        headers = {name: value for name, value in got.headers.items() if name.lower() != "set-cookie"}
        route.fulfill(status=got.status_code, headers=headers, body=got.data)
        got.close()

    page.route("**/*", answer)


def addresses(world: World) -> list[str]:
    ids: dict[str, Any] = {
        **world.ids,
        "bank": world.ids["banks.code"],
        "code": world.ids["code"],
    }
    return [one.format(**ids) for one in SAMPLE]


def test_x09_pages_full_of_payloads_run_nothing(
    chromium: Browser, app: Flask, client: FlaskClient, session: Session
) -> None:
    world = make_world(session, client)
    plant(session)
    token_of = {"alice": world.alice, "everywhere": world.everywhere}
    context = chromium.new_context(base_url=ADDRESS)
    reports: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: reports.append(said.text) if "Content Security" in said.text else None)

    def dismiss(dialog: Dialog) -> None:
        reports.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    serve(page, client)
    shown = 0
    for place in addresses(world):
        sign_in(client, token_of["everywhere" if place.startswith("/staff") else "alice"])
        answer = page.goto(f"{ADDRESS}{place}")
        assert answer is not None
        assert answer.status < 500, place
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        page.mouse.click(5, 5)
        shown += MARK in page.content()
        assert page.evaluate(f"window.{MARK}") is None, f"a payload ran on {place}"
        assert (
            page.evaluate(
                "document.querySelectorAll('[hx-vals*=x09],[data-hx-post*=x09],[hx-get*=x09]').length"
            )
            == 0
        )
    context.close()
    assert reports == []
    assert shown >= 10, "most pages of the sample hold payloads"
