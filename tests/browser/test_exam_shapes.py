"""The shapes of a paper in a real browser: one question at a time, parts, tools, colours; and an old web view."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.browser.exam_site import Contestant, badge, contestant, question, serving, stored
from tests.browser.visitor import DESK, PHONE, violations
from tests.integration.exam.exams import make_exam
from tests.unit.exam.blueprints import blueprint, cell, section
from webapp.contests.rules.blueprint import Text
from webapp.core import clock
from webapp.exam.models import AnswerEvent, LeaseEvent, Sheet

pytestmark = pytest.mark.browser

SHEET = Text("欧姆定律：U = I × R\n功率：P = U × I", "Ohm")
TOOLS = ("calculator", "formula_sheet")
SCREENS = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as found:
        yield found


@pytest.fixture
def single(app: Flask, session: Session, address: str) -> Contestant:
    exam_id = make_exam(layout="single", tools=TOOLS, formula_sheet=SHEET)
    return contestant(app, session, address, exam_id)


def parted(first_s: int | None = None) -> Any:
    """Three parts: without a way back, with a time of its own, free."""
    return blueprint(
        section("single", cell(None, None, 3), forward_only=True, duration_s=first_s),
        section("multiple", cell(None, None, 3), duration_s=600),
        section("fill", cell(None, None, 3)),
    ).sections


def screen(size: tuple[int, int]) -> dict[str, Any]:
    return {"viewport": {"width": size[0], "height": size[1]}}


def fits(page: Page) -> None:
    size = page.viewport_size
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def shown(page: Page) -> list[str]:
    """The numbers of the questions that can be seen."""
    return [one.get_attribute("id") or "" for one in page.locator(".question:visible").all()]


def open_tool(page: Page, name: str) -> None:
    page.locator("summary.exam-tool__button", has_text=name).click()


@SCREENS
def test_one_question_at_a_time(
    chromium: Browser, single: Contestant, session: Session, size: tuple[int, int]
) -> None:
    context = single.device(chromium, **screen(size))
    page = single.start(context)
    assert shown(page) == ["question-1"]
    expect(page.locator("[data-section-head]:visible")).to_have_count(1)
    question(page, "single").locator("label.option").nth(1).click()
    badge(question(page, "single"), "saved")
    page.get_by_role("button", name="下一题").click()
    assert shown(page) == ["question-2"]
    page.keyboard.press("Alt+PageDown")
    assert shown(page) == ["question-3"]
    page.keyboard.press("Alt+PageUp")
    assert shown(page) == ["question-2"]
    assert page.url.endswith("#question-2")
    page.reload()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    assert shown(page) == ["question-2"]
    if size == PHONE:
        page.locator("[data-opens-answer-card]").click()
    page.locator("a[data-card='19']:visible").click()
    assert shown(page) == ["question-20"]
    expect(page.locator("[data-card='19']")).to_have_attribute("aria-current", "step")
    page.keyboard.press("Alt+PageDown")
    assert shown(page) == ["question-20"], "there is nothing after the last question"
    expect(page.locator("[data-go='1']")).to_have_attribute("aria-disabled", "true")
    page.locator(".question:visible input").fill("触电")
    badge(page.locator("#question-20"), "saved")
    fits(page)
    assert violations(page) == []
    assert sorted(stored(session)) == ["B", '["触电"]']
    context.close()


@SCREENS
def test_calculator_formula_sheet_and_colours_break_nothing(
    chromium: Browser, single: Contestant, size: tuple[int, int]
) -> None:
    """axe finds nothing in any state of the page; every colour choice is remembered."""
    context = single.device(chromium, **screen(size))
    page = single.start(context)
    open_tool(page, "公式表")
    expect(page.get_by_text("功率：P = U × I")).to_be_visible()
    fits(page)
    assert violations(page) == []
    open_tool(page, "公式表")
    open_tool(page, "计算器")
    fits(page)
    assert violations(page) == []
    open_tool(page, "计算器")
    page.locator("label.option:visible").first.click()
    badge(page.locator(".question:visible"), "saved")
    for name, look in (("高对比度", "contrast"), ("深色护眼", "dark")):
        open_tool(page, "配色")
        page.get_by_role("button", name=name).click()
        expect(page.locator("html")).to_have_attribute("data-look", look)
        assert violations(page) == []
        open_tool(page, "配色")
        assert violations(page) == []
        fits(page)
        if size == PHONE:
            page.locator("[data-opens-answer-card]").click()
            assert violations(page) == []
            page.locator("[data-closes-answer-card]").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-look", "dark")
    context.close()


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        ("0.1+0.2=", "0.3"),
        ("2+3*4=", "14"),
        ("9/4-1=", "1.25"),
        ("200*5%=", "10"),
        ("10-2-3=", "5"),
        ("12+*3=", "36"),
        ("1/3=", "0.333333333333"),
        ("7/0=", "无法计算"),
    ],
)
def test_the_calculator_reckons_by_keyboard(
    chromium: Browser, single: Contestant, keys: str, result: str
) -> None:
    context = single.device(chromium)
    page = single.start(context)
    open_tool(page, "计算器")
    page.locator("[data-shown]").focus()
    page.keyboard.type(keys)
    expect(page.locator("[data-shown]")).to_have_text(result)
    context.close()


def test_the_calculator_reckons_by_buttons_and_remembers(chromium: Browser, single: Contestant) -> None:
    context = single.device(chromium, **screen(PHONE))
    page = single.start(context)
    open_tool(page, "计算器")
    box = page.get_by_role("group", name="计算器")
    for name in ("1", "6", "平方根", "M+ 加入存储", "C 清除", "5", "乘以", "MR 读取存储", "等于"):
        box.get_by_role("button", name=name, exact=True).click()
    expect(page.locator("[data-shown]")).to_have_text("20")
    expect(page.locator("[data-memory-value]")).to_have_text("4")
    assert page.locator("[data-save-state][data-state=unsent]").count() == 0, "it is no answer"
    context.close()


@SCREENS
def test_parts_are_entered_one_by_one(
    chromium: Browser, app: Flask, session: Session, address: str, size: tuple[int, int]
) -> None:
    bob = contestant(app, session, address, make_exam(sections=parted()))
    context = bob.device(chromium, **screen(size))
    page = bob.start(context)
    expect(page.locator(".question")).to_have_count(3)
    expect(page.locator("[data-part='0']")).to_have_attribute("aria-current", "step")
    fits(page)
    assert violations(page) == []
    page.locator(".question").first.locator("label.option").first.click()
    page.get_by_role("button", name="继续作答第 2 部分").click()
    expect(page.get_by_role("heading", name=re.compile("离开第 1 部分"))).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="离开，进入第 2 部分").click()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    expect(page.locator(".question[data-type=multiple]")).to_have_count(3)
    expect(page.locator("[data-part-clock]")).to_have_text(re.compile(r"^(10:00|0?9:5\d)$"))
    expect(page.locator("[data-part='0']")).to_have_attribute("data-stand", "left")
    assert stored(session) == ["A"]
    fits(page)
    assert violations(page) == []
    page.get_by_role("button", name="进入第 3 部分").click()
    expect(page.locator(".question[data-type=fill]")).to_have_count(3)
    page.get_by_role("button", name="进入第 2 部分").click()
    expect(page.locator(".question[data-type=multiple]")).to_have_count(3)
    context.close()


def test_a_part_closes_by_the_clock_with_what_was_written(
    chromium: Browser, app: Flask, session: Session, address: str
) -> None:
    bob = contestant(app, session, address, make_exam(sections=parted(first_s=4)))
    context = bob.device(chromium)
    page = bob.start(context)
    page.locator(".question").first.locator("label.option").nth(2).click()
    expect(page.locator("[data-part-over]")).to_be_visible(timeout=15_000)
    expect(page.locator(".question")).to_have_count(0)
    assert stored(session) == ["C"]
    assert violations(page) == []
    page.locator("[data-part='1'] button").click()
    expect(page.locator(".question[data-type=multiple]")).to_have_count(3)
    context.close()


def test_a_refused_answer_says_why_and_still_says_it_after_a_reload(
    chromium: Browser, single: Contestant
) -> None:
    context = single.device(chromium)
    page = single.start(context)
    page.locator("label.option:visible input").first.evaluate("input => { input.value = 'Z'; }")
    page.locator("label.option:visible").first.click()
    found = page.locator("#question-1")
    badge(found, "refused")
    expect(found.locator("[data-save-state]")).to_contain_text("第 1 题")
    expect(page.locator("[data-overall]")).to_have_attribute("data-state", "refused")
    page.reload()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    badge(found, "refused")
    expect(found.locator("[data-save-state]")).to_contain_text("第 1 题")
    context.close()


def test_a_store_that_breaks_while_one_writes_does_not_stop_the_saving(
    chromium: Browser, single: Contestant, session: Session
) -> None:
    context = single.device(chromium)
    page = single.start(context)
    page.evaluate(
        "void (IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); })"
    )
    page.locator("label.option:visible").nth(3).click()
    badge(page.locator("#question-1"), "saved")
    expect(page.locator("[data-memory-only]")).to_be_visible()
    assert stored(session) == ["D"]
    context.close()


def test_a09_a_takeover_leaves_one_lease_and_the_stale_page_overwrites_nothing(
    chromium: Browser, single: Contestant, session: Session
) -> None:
    """A09: two tabs share the lease; a second device takes it; the stale saves are refused and logged."""
    laptop, phone = single.device(chromium), single.device(chromium, **screen(PHONE))
    first = single.start(laptop)
    first.locator("label.option:visible").nth(0).click()
    badge(first.locator("#question-1"), "saved")
    tab = laptop.new_page()
    tab.goto(first.url)
    expect(tab.locator("#exam[data-ready]")).to_be_attached()
    tab.locator("label.option:visible").nth(1).click()
    badge(tab.locator("#question-1"), "saved")
    second = phone.new_page()
    second.goto(first.url)
    second.locator("form[action$='/takeover'] button").click()
    expect(second.locator("#exam[data-ready]")).to_be_attached()
    for stale, nth in ((first, 2), (tab, 3)):
        stale.locator("label.option:visible").nth(nth).click()
        expect(stale.locator("[data-stopped]")).to_be_visible()
    assert stored(session) == ["B"], "0 overwrites"
    refused = session.scalars(select(AnswerEvent).where(AnswerEvent.outcome == "refused-lease")).all()
    assert {event.answer for event in refused} == {"C", "D"}
    sheet = session.scalars(select(Sheet)).one()
    events = session.scalars(select(LeaseEvent).order_by(LeaseEvent.id)).all()
    assert [event.kind for event in events] == ["start", "takeover"]
    assert sheet.lease == events[-1].lease
    assert all(event.lease != sheet.lease for event in refused)
    laptop.close()
    phone.close()


@pytest.mark.parametrize("factor", ["1", "1.5"])
def test_a16_the_deadline_of_extra_time_is_exact_and_the_page_shows_it(
    chromium: Browser, app: Flask, session: Session, address: str, factor: str
) -> None:
    bob = contestant(app, session, address, make_exam(duration_s=1801), time_factor=factor)
    context = bob.device(chromium)
    page = bob.start(context)
    sheet = session.scalars(select(Sheet)).one()
    assert sheet.started_at is not None
    assert sheet.deadline_at is not None
    wanted = {"1": 1801, "1.5": 2702}[factor]  # 2701.5 rounded up, in the contestant's favour
    assert (sheet.deadline_at - sheet.started_at).total_seconds() == wanted
    minutes, seconds = page.locator("[data-clock]").inner_text().split(":")
    left = (sheet.deadline_at - clock.now()).total_seconds()
    assert abs(int(minutes) * 60 + int(seconds) - left) <= 2
    context.close()


def test_a16_ten_five_and_one_minute_are_spoken_politely(
    chromium: Browser, app: Flask, session: Session, address: str
) -> None:
    """A16: a browser clock that is moved on shows what a screen reader hears, each once, in a polite region."""
    bob = contestant(app, session, address, make_exam(duration_s=720))
    context = bob.device(chromium)
    page = context.new_page()
    page.clock.install()
    page.goto(f"{address}/exams/{bob.exam_id}/start")
    page.locator(f"form[action='/exams/{bob.exam_id}/start'] button").click()
    expect(page.locator("#exam")).to_be_attached()
    page.clock.run_for(2000)
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    voice = page.locator("[data-voice]")
    expect(voice).to_have_attribute("aria-live", "polite")
    page.context.set_offline(True)  # from here on only the page's own clock counts down
    heard = []
    for seconds in (125, 300, 240):
        page.clock.run_for(seconds * 1000)
        heard.append(voice.inner_text())
    assert heard == ["还剩 10 分钟。", "还剩 5 分钟。", "还剩 1 分钟。"]
    expect(page.locator("[data-clock-box]")).to_have_attribute("data-level", "last")
    context.close()


def test_a16_the_paper_can_be_written_with_the_keyboard_alone(
    chromium: Browser, single: Contestant, session: Session
) -> None:
    """A16: no pointer from the first question to the receipt, one question at a time."""
    context = single.device(chromium)
    page = single.start(context)
    page.locator("body").press("Tab")

    def reach(selector: str, key: str = "Tab") -> None:
        for _ in range(80):
            if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            page.keyboard.press(key)
        raise AssertionError(f"{selector} cannot be reached")

    reach("#question-1 input")
    page.keyboard.press("ArrowDown")
    badge(page.locator("#question-1"), "saved")
    reach("#question-1 [data-flag]")
    page.keyboard.press("Enter")
    reach("[data-go='1']")
    page.keyboard.press("Enter")
    assert shown(page) == ["question-2"]
    page.keyboard.press("Space")
    badge(page.locator("#question-2"), "saved")
    reach("a[data-card='15']")
    page.keyboard.press("Enter")
    assert shown(page) == ["question-16"]
    page.keyboard.type("触电")
    badge(page.locator("#question-16"), "saved")
    reach("[data-submit-link]:not(dialog *)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/submit")
    reach("form[action$='/submit'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt")
    assert len(stored(session)) == 3
    context.close()


NEWER = """
delete Array.prototype.at; delete String.prototype.at; delete String.prototype.replaceAll;
delete Array.prototype.findLast; delete Array.prototype.findLastIndex; delete Object.hasOwn;
delete Array.prototype.toSorted; delete Array.prototype.toReversed; delete Promise.any; delete Promise.allSettled;
delete Element.prototype.replaceChildren; delete ParentNode; delete AbortSignal.timeout; delete AbortSignal.any;
delete window.structuredClone; delete window.SubmitEvent; delete window.WeakRef; delete window.queueMicrotask;
delete Navigator.prototype.locks; delete Crypto.prototype.randomUUID; delete HTMLFormElement.prototype.requestSubmit;
delete Element.prototype.checkVisibility; delete window.HTMLDialogElement; delete Array.fromAsync; delete Object.groupBy;
"""


def test_the_paper_works_in_a_web_view_of_2019(
    chromium: Browser, single: Contestant, session: Session
) -> None:
    """What browsers learned after Chrome 74 is taken away; nothing of it may be missed."""
    context = single.device(chromium, **screen(PHONE))
    context.add_init_script(NEWER)
    problems: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(f"{single.address}/exams/{single.exam_id}/start")
    page.locator(f"form[action='/exams/{single.exam_id}/start'] button").click()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    page.locator("label.option:visible").nth(1).click()
    badge(page.locator("#question-1"), "saved")
    page.goto(page.url.split("#")[0] + "#question-20")
    page.reload()
    blank = page.locator("#question-20 input")
    blank.fill("触电")
    blank.press("Enter")
    badge(page.locator("#question-20"), "saved")
    open_tool(page, "计算器")
    page.locator("button[data-key='7']").click()
    expect(page.locator("[data-shown]")).to_have_text("7")
    assert sorted(stored(session)) == ["B", '["触电"]']
    assert problems == []
    context.close()


@SCREENS
def test_receipt_history_and_check_read_well_everywhere(
    chromium: Browser, single: Contestant, size: tuple[int, int]
) -> None:
    context = single.device(chromium, **screen(size))
    page = single.start(context)
    page.locator("label.option:visible").first.click()
    badge(page.locator("#question-1"), "saved")
    page.goto(f"{page.url.split('#')[0]}/submit")
    page.locator("form[action$='/submit'] button").click()
    page.wait_for_url("**/receipt")
    assert violations(page) == []
    fits(page)
    with page.expect_download() as loading:
        page.get_by_role("link", name="保存回执（文本文件）").click()
    file = loading.value.path()
    page.goto(page.url.replace("/receipt", "/history"))
    page.locator("main summary").first.click()
    expect(page.get_by_role("cell", name="已保存")).to_be_visible()
    assert violations(page) == []
    fits(page)
    page.goto(f"{single.address}/receipts/check")
    assert violations(page) == []
    page.locator("input[type=file]").set_input_files(
        {"name": "receipt.txt", "mimeType": "text/plain", "buffer": file.read_bytes()}
    )
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_text("回执相符")).to_be_visible()
    assert violations(page) == []
    fits(page)
    context.close()
