"""The exam page in a real browser: broken network, killed tab, second device, a phone's width."""

import contextvars
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.factories import make_account, sign_in
from tests.integration.exam.exams import make_exam, participant
from webapp.accounts.models import Account, Person
from webapp.core import clock
from webapp.core.db import db
from webapp.exam.models import Sheet
from webapp.exam.routes.fragments import forget_fragments

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app behind a real socket on a free port."""
    forget_fragments()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Contestant:
    account: Account
    exam_id: int
    address: str
    app: Flask

    def device(self, chromium: Browser, **options: Any) -> BrowserContext:
        """A browser of its own in which the contestant is signed in."""
        client = self.app.test_client()
        sign_in(client, self.account)
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        context = chromium.new_context(locale="zh-CN", **options)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])
        context.set_default_timeout(10_000)
        return context

    def start(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto(f"{self.address}/exams/{self.exam_id}/start")
        page.locator(f"form[action='/exams/{self.exam_id}/start'] button").click()
        expect(page.locator("#exam[data-ready]")).to_be_attached()
        return page


@pytest.fixture
def alice(app: Flask, session: Session, address: str) -> Contestant:
    exam_id = make_exam()
    person = participant(exam_id)
    account = make_account(session.get_one(Person, person.person_id))
    session.commit()
    return Contestant(account, exam_id, address, app)


def question(page: Page, kind: str) -> Any:
    return page.locator(f".question[data-type={kind}]").first


def badge(found: Any, state: str) -> None:
    expect(found.locator("[data-save-state]")).to_have_attribute("data-state", state)


def stored(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return [answer for sheet in db.session.query(Sheet) for answer in sheet.answers if answer]


def test_answers_survive_a_broken_network_and_a_killed_tab(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    context = alice.device(chromium)
    page = alice.start(context)
    single, fill = question(page, "single"), question(page, "fill")
    single.locator("label.option").nth(1).click()
    badge(single, "saved")
    assert stored(session) == ["B"]
    context.set_offline(True)
    fill.locator("input[data-answer]").fill("触电")
    badge(fill, "unsent")
    expect(page.locator("[data-broken]")).to_be_visible()
    assert stored(session) == ["B"], "nothing is called saved that is not in the database"
    url = page.url
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(url)
    fill = question(page, "fill")
    expect(fill.locator("input[data-answer]")).to_have_value("触电")
    badge(fill, "saved")
    assert sorted(stored(session)) == ["B", '["触电"]']
    context.close()


def test_a_second_device_goes_on_and_the_first_is_told(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    laptop = alice.device(chromium)
    first = alice.start(laptop)
    question(first, "single").locator("label.option").first.click()
    badge(question(first, "single"), "saved")
    phone = alice.device(chromium, viewport={"width": 360, "height": 740})
    second = phone.new_page()
    second.goto(first.url)
    second.locator("form[action$='/takeover'] button").click()
    expect(question(second, "single").locator("input").first).to_be_checked()
    question(first, "single").locator("label.option").nth(2).click()
    expect(first.locator("[data-stopped]")).to_be_visible()
    expect(question(first, "single").locator("input").first).to_be_disabled()
    assert stored(session) == ["A"], "the stale page overwrote nothing"
    first.locator("[data-take-over-button]").click()
    expect(first.locator("#exam[data-ready]")).to_be_attached()
    question(first, "single").locator("label.option").nth(3).click()
    badge(question(first, "single"), "saved")
    assert stored(session) == ["D"]
    laptop.close()
    phone.close()


def test_a_phone_shows_the_whole_page_and_hands_in(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    context = alice.device(chromium, viewport={"width": 360, "height": 740})
    page = alice.start(context)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.reload()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    flag = question(page, "multiple").locator("[data-flag]")
    flag.click()
    expect(flag).to_have_attribute("aria-pressed", "true")
    page.locator("[data-opens-answer-card]").click()
    card = page.locator("dialog[data-card-sheet]")
    expect(card).to_be_visible()
    expect(card.locator("[data-flagged][data-card]")).to_have_count(1)
    card.locator("[data-submit-link]").click()
    page.locator("form[action$='/submit'] button").click()
    page.wait_for_url("**/receipt")
    assert problems == []
    context.close()


def test_two_tabs_of_one_browser_show_the_same_answers(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    context = alice.device(chromium)
    first = alice.start(context)
    second = context.new_page()
    second.goto(first.url)
    expect(second.locator("#exam[data-ready]")).to_be_attached()
    question(first, "single").locator("label.option").nth(1).click()
    expect(question(second, "single").locator("input").nth(1)).to_be_checked()
    question(second, "single").locator("label.option").nth(2).click()
    badge(question(second, "single"), "saved")
    assert stored(session) == ["C"]
    context.close()


def test_a10_a_browser_clock_off_by_a_day_shows_the_right_time(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    context = alice.device(chromium)
    context.add_init_script(
        "const Real = Date; const DAY = 86400000;"
        "window.Date = class extends Real {"
        " constructor(...args) { if (args.length) super(...args); else super(Real.now() + DAY); }"
        " static now() { return Real.now() + DAY; } };"
    )
    page = alice.start(context)
    question(page, "single").locator("label.option").first.click()
    badge(question(page, "single"), "saved")
    sheet = session.query(Sheet).one()
    assert sheet.deadline_at is not None
    shown = page.locator("[data-clock]").inner_text().split(":")
    seconds = sum(int(part) * 60**place for place, part in enumerate(reversed(shown)))
    assert abs(seconds - (sheet.deadline_at - clock.now()).total_seconds()) <= 2
    context.close()
