"""In two languages, and with the keyboard alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_the_exam import hand_in, question, welder, written
from tests.browser.visitor import DESK, Visitor, badge
from webapp.demo import rules

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]
CHINESE = re.compile(r"[一-鿿]")
MOST_STEPS = 150


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus stands on what is wanted; every stop must show that it has it."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab on {page.url}")


def test_each_page_is_read_in_either_language(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/sign-up")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(f"{visitor.address}/sign-up")
    for path in ("/sign-up", "/sign-in", "/recover", "/first-sign-in", "/claims/new", "/help", "/privacy"):
        words = visitor.go(path).locator("main").inner_text()
        assert CHINESE.findall(words) == [], f"{path} is not in English throughout"
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page).to_have_url(f"{visitor.address}/privacy")


def test_a_refusal_speaks_the_chosen_language(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.go("/language/en?next=/sign-in")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Please enter your password.")


def test_the_exam_can_be_written_with_the_keyboard_alone(arrive: Arrive) -> None:
    visitor = arrive(size=DESK)
    page = visitor.go("/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#identifier")
    page.keyboard.type(welder(3))
    page.keyboard.press("Tab")
    page.keyboard.type(rules.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("header .menu")).to_be_visible()
    visitor.go("/exams")
    tab_to(page, "main a.btn-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="考试须知")).to_be_visible()
    tab_to(page, "form[action$='/start'] button")
    page.keyboard.press("Enter")
    written(page)
    tab_to(page, ".question[data-type=single] input")
    page.keyboard.press("ArrowDown")
    badge(question(page, "single"), "saved")
    expect(question(page, "single").locator("input").nth(1)).to_be_checked()
    tab_to(page, "[data-flag]")
    page.keyboard.press("Enter")
    expect(question(page, "single").locator("[data-flag]")).to_have_attribute("aria-pressed", "true")
    tab_to(page, ".question[data-type=single] input")
    page.keyboard.press("Space")
    badge(question(page, "single", 1), "saved")
    hand_in(page, answered=2)
