"""Each kind of drill by mouse, by touch and by keyboard alone; on a phone nothing is too small."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.browser.visitor import violations
from tests.factories import make_account, sign_in
from tests.integration.learning.drilling import make_drills, open_learner
from tests.unit.learning.drill_runs import SHIPPED_DRILLS, perfect, shipped
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.courses.rules.drill import Drill, SettingsDrill
from webapp.learning.models import DrillRun

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
ONE_OF_EACH = ("lockout", "workshop", "cpr")
Visit = Callable[..., Page]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app behind a real socket on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(app: Flask, session: Session, address: str, chromium: Browser, tmp_path: Path) -> Iterator[Visit]:
    """A learner at a drill of this name; console errors fail the test."""
    learner = open_learner()
    account = make_account(session.scalars(select(Person).where(Person.id == learner.person_id)).one())
    session.commit()
    lessons = make_drills(tmp_path)
    client = app.test_client()
    sign_in(client, account)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    here: list[BrowserContext] = []
    problems: list[str] = []

    def come(drill: str, **options: Any) -> Page:
        context = chromium.new_context(locale="zh-CN", **options)
        here.append(context)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
        page = context.new_page()
        page.goto(f"{address}/learning/jilin-5/welding/drill/{lessons[drill]}")
        return page

    yield come
    for context in here:
        context.close()
    assert problems == []


def drill_of(name: str) -> Drill:
    return shipped(next(path for path in SHIPPED_DRILLS if path.stem == name))


def let_time_pass(session: Session) -> None:
    """As if the run had begun two minutes ago."""
    session.execute(update(DrillRun).values(started_at=clock.now() - clock.MAX_OFFSET * 120))
    session.commit()


def finished(page: Page) -> None:
    """The debrief stands there, and the points have changed without a reload."""
    expect(page.locator(".score-big")).to_contain_text("100")
    expect(page.locator("[data-points]")).to_have_attribute("data-points", "20")
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1


def no_wider_than_the_screen(page: Page) -> None:
    size = page.viewport_size
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_drill_by_mouse(session: Session, visit: Visit, name: str) -> None:
    page = visit(name, viewport=DESK)
    page.get_by_role("button", name="开始", exact=True).click()
    expect(page.locator("#drill-ask")).to_be_focused()
    let_time_pass(session)
    drill = drill_of(name)
    for number, action in enumerate(perfect(drill), 1):
        expect(page.locator("input[name=number]").first).to_have_value(str(number))
        if action.finish:
            page.get_by_role("button", name="隐患已全部标出").click()
        elif isinstance(drill, SettingsDrill):
            field = page.locator(f"#set-{action.key}")
            field.fill(action.value)
            field.locator("xpath=ancestor::form").get_by_role("button", name="确定").click()
        elif name == "workshop":
            page.locator(f"button.drill__area[value={action.key}]").click()
            expect(page.locator(f"button.drill__area[value={action.key}]")).to_be_disabled()
        else:
            page.locator(f"button.drill__choice[value={action.key}]").click()
    finished(page)
    no_wider_than_the_screen(page)
    assert violations(page) == []


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_drill_by_touch_on_a_phone(session: Session, visit: Visit, name: str) -> None:
    page = visit(name, viewport=PHONE, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="开始", exact=True).tap()
    expect(page.locator("#drill-ask")).to_be_focused()
    let_time_pass(session)
    no_wider_than_the_screen(page)
    assert violations(page) == []
    drill = drill_of(name)
    for number, action in enumerate(perfect(drill), 1):
        expect(page.locator("input[name=number]").first).to_have_value(str(number))
        if action.finish:
            page.get_by_role("button", name="隐患已全部标出").tap()
        elif isinstance(drill, SettingsDrill):
            step_to(page, drill, action.key)
        elif name == "workshop":
            place = page.locator(f"button.drill__area[value={action.key}]")
            expect(place).to_be_visible()
            box = place.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 31.5, (action.key, box)
            place.tap()
        else:
            page.locator(f"button.drill__choice[value={action.key}]").tap()
    finished(page)
    no_wider_than_the_screen(page)


def step_to(page: Page, drill: SettingsDrill, key: str) -> None:
    """Tap + or - until the value is right, and set it."""
    setting = next(one for one in drill.settings if one.key == key)
    form = page.locator(f"#set-{key}").locator("xpath=ancestor::form")
    steps = int((setting.target - setting.start) / setting.step)
    for _ in range(abs(steps)):
        form.locator(f"button[data-step='{1 if steps > 0 else -1}']").tap()
    expect(form.locator("input[type=range]")).to_have_value(f"{setting.target.normalize():f}")
    form.get_by_role("button", name="确定").tap()


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_drill_by_keyboard_alone(session: Session, visit: Visit, name: str) -> None:
    page = visit(name, viewport=DESK)
    tab_to(page, "document.activeElement.textContent.trim() === '开始'")
    page.keyboard.press("Enter")
    expect(page.locator("#drill-ask")).to_be_focused()
    let_time_pass(session)
    drill = drill_of(name)
    for number, action in enumerate(perfect(drill), 1):
        if number > 1:
            expect(page.locator("#drill-said")).to_be_focused()
        expect(page.locator("input[name=number]").first).to_have_value(str(number))
        if action.finish:
            tab_to(page, "document.activeElement.name === 'finish'")
            page.keyboard.press("Enter")
        elif isinstance(drill, SettingsDrill):
            tab_to(page, f"document.activeElement.id === 'set-{action.key}'")
            page.keyboard.press("ControlOrMeta+a")
            page.keyboard.type(action.value)
            page.keyboard.press("Enter")
        else:
            tab_to(page, f"document.activeElement.value === '{action.key}'")
            page.keyboard.press("Space")
    finished(page)
    expect(page.locator("#drill-ask")).to_be_focused()


def tab_to(page: Page, condition: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(condition)


def test_number_slider_and_buttons_stay_together_and_survive_an_answer(visit: Visit) -> None:
    page = visit("cpr", viewport=DESK)
    page.get_by_role("button", name="开始", exact=True).click()
    rate = page.locator("#set-rate")
    slider = page.locator("#set-rate ~ input[type=range]")
    rate.fill("100")
    expect(slider).to_have_value("100")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(rate).to_have_value("105")
    page.locator("#set-rate + span + button").click()
    expect(rate).to_have_value("110")
    expect(slider).to_have_value("110")
    page.locator("#set-depth").fill("2")
    page.locator("#set-depth").press("Enter")
    expect(page.locator("#drill-said")).to_contain_text("偏低")
    expect(rate).to_have_value("110")
    expect(slider).to_have_value("110")
    expect(page.locator("#set-depth")).to_have_value("2")


def test_without_scripts_the_picture_is_numbered_and_the_list_serves(visit: Visit) -> None:
    page = visit("warehouse", viewport=PHONE, java_script_enabled=False)
    page.get_by_role("button", name="开始", exact=True).click()
    expect(page.locator(".drill__frames text").first).to_be_visible()
    expect(page.locator("button.drill__area").first).to_be_hidden()
    page.get_by_role("button", name="电动自行车").last.click()
    expect(page.locator("#drill-said")).to_contain_text("是隐患")
    page.get_by_role("button", name="隐患已全部标出").click()
    expect(page.locator(".drill__frames [data-mark=missed]")).to_have_count(5)
