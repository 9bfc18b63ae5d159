"""A quiz over all types in a real browser: by keyboard alone at a desk, by touch on a phone."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from tests.browser.exam_site import serving
from tests.browser.test_exam_shapes import fits, screen
from tests.browser.visitor import DESK, PHONE, violations
from tests.functional.learning.quiz_site import make_site
from tests.functional.learning.test_quiz_all_types import ASKED
from tests.integration.exam.all_types import make_bank_of

pytestmark = pytest.mark.browser

ACTIVE = (
    "[document.activeElement.tagName, document.activeElement.type || '', document.activeElement.name || '']"
)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as found:
        yield found


@pytest.fixture
def quiz(app: Flask, client: FlaskClient, session: Session, address: str) -> tuple[str, dict[str, str]]:
    """The address of a round with one question of each type, and the cookie of whoever sits at it."""
    site = make_site(client, session, count=20, version=make_bank_of(session, ASKED))
    round_address = site.start()
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return address + round_address, {"name": cookie.key, "value": cookie.value, "url": address}


def opened(context: BrowserContext, quiz: tuple[str, dict[str, str]]) -> Page:
    address, cookie = quiz
    context.add_cookies([cookie])  # type: ignore[list-item]  # name, value and url as it wants them
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(address)
    return page


def answer_by_keyboard(page: Page) -> None:
    """Go through the fields with Tab, put something into each, and send with Enter."""
    letters = iter("ABCDEFGH")
    for _ in range(40):
        page.keyboard.press("Tab")
        tag, kind, _name = page.evaluate(ACTIVE)
        if tag == "BUTTON" and kind == "submit":
            page.keyboard.press("Enter")
            return
        if tag == "SELECT":
            is_list = page.evaluate("[...document.activeElement.options].some((one) => one.value.length > 1)")
            page.keyboard.press("ArrowDown" if is_list else next(letters))
        elif kind in {"radio", "checkbox"}:
            page.keyboard.press("Space")
        elif tag == "INPUT":
            page.keyboard.type("36")
    raise AssertionError("the button was not reached")


def test_every_type_is_answered_by_keyboard_alone(
    chromium: Browser, quiz: tuple[str, dict[str, str]]
) -> None:
    with chromium.new_context(locale="zh-CN", **screen(DESK)) as context:
        page = opened(context, quiz)
        for _ in ASKED:
            expect(page.locator("#quiz-step legend")).to_be_focused()
            page.wait_for_timeout(2_100)  # slower than the minimum of the contest file: no pause in between
            answer_by_keyboard(page)
            expect(page.locator("#quiz-step .notice p")).to_be_focused()
            for _press in range(30):
                page.keyboard.press("Tab")
                if page.evaluate(ACTIVE)[0] in {"BUTTON", "A"}:
                    break
            page.keyboard.press("Enter")
        expect(page.locator("h1", has_text="本轮小结")).to_be_visible()


def test_every_type_fits_a_phone_before_and_after_the_answer(
    chromium: Browser, quiz: tuple[str, dict[str, str]]
) -> None:
    with chromium.new_context(locale="zh-CN", has_touch=True, is_mobile=True, **screen(PHONE)) as context:
        page = opened(context, quiz)
        for nth in range(1, len(ASKED) + 1):
            expect(page.get_by_role("progressbar", name=f"第 {nth} 题，共 {len(ASKED)} 题")).to_be_visible()
            expect(page.locator("#quiz-step button[type=submit]", has_text="提交答案")).to_be_visible()
            fits(page)
            assert violations(page) == []
            for at in range(page.locator("#quiz-step select").count()):
                page.locator("#quiz-step select").nth(at).select_option(index=at + 1)
            for at in range(page.locator("#quiz-step input.form-control").count()):
                page.locator("#quiz-step input.form-control").nth(at).fill("防范" * 8)
            if page.locator("#quiz-step label.option").count():
                page.locator("#quiz-step label.option").last.tap()
            page.wait_for_timeout(2_100)
            page.locator("#quiz-step button[type=submit]").tap()
            expect(page.locator("#quiz-step .notice")).to_be_visible()
            fits(page)
            assert violations(page) == []
            page.locator("#quiz-step .form-actions button, #quiz-step .form-actions a").tap()
        expect(page.locator("h1", has_text="本轮小结")).to_be_visible()
        page.goto(page.url.split("/learning/")[0] + "/learning/wrong-answers")
        for at in range(page.locator("details").count()):
            page.locator("details summary").nth(at).tap()
        fits(page)
        assert violations(page) == []
