"""The exam page in a real browser: broken network, killed tab, second device, a phone's width."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from tests.browser.exam_site import Contestant, badge, contestant, question, serving, stored
from tests.integration.exam.exams import make_exam
from webapp.core import clock
from webapp.exam.models import Sheet

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as found:
        yield found


@pytest.fixture
def alice(app: Flask, session: Session, address: str) -> Contestant:
    return contestant(app, session, address, make_exam())


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
