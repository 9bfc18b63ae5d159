"""THE EXAM, as contestants live it: phone in hand, the network gone, the tab killed, a second device,
handing in, the marks, and the sum worked out again by hand."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import DESK, PHONE, Visitor, badge
from webapp.demo import rules

pytestmark = pytest.mark.browser

FIRST_WELDER = 100 + rules.CROWD["cnc-lathe"]
WELDERS = rules.CROWD["welding"]
"""The invented welders have consecutive serials; the last ones have not sat the exam yet."""


def welder(nth_from_last: int) -> str:
    """The phone number of somebody confirmed for welding who has not begun."""
    return rules.phone_of(FIRST_WELDER + WELDERS - nth_from_last)


def begin(visitor: Visitor) -> Page:
    """From “My exams” through the rules and the device check to the paper."""
    page = visitor.go("/exams")
    page.get_by_role("link", name="进入考试").first.click()
    expect(page.get_by_role("heading", name="考试须知")).to_be_visible()
    for check in ("script", "storage"):
        expect(page.locator(f"[data-check={check}]")).to_have_text("良好")
    expect(page.locator("[data-check=network]")).not_to_have_text("–")
    page.get_by_role("button", name="开始考试").click()
    return written(page)


def written(page: Page) -> Page:
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    return page


def question(page: Page, kind: str, nth: int = 0) -> Locator:
    return page.locator(f".question[data-type={kind}]").nth(nth)


def choose(found: Locator, nth: int) -> None:
    found.locator("label.option").nth(nth).click()


@pytest.mark.parametrize(("size", "who"), [(PHONE, 1), (DESK, 2)], ids=["phone", "desk"])
def test_an_answer_says_how_it_stands(
    arrive: Callable[..., Visitor], size: tuple[int, int], who: int
) -> None:
    visitor = arrive(welder(who), size=size)
    page = begin(visitor)
    visitor.fits()
    single, several = question(page, "single"), question(page, "multiple")
    badge(single, "empty")
    choose(single, 1)
    expect(single.locator("[data-save-state]")).to_have_text("已保存")
    choose(several, 0)
    choose(several, 2)
    badge(several, "saved")
    expect(page.locator("[data-overall]")).to_have_text("全部已保存")
    expect(page.locator("[data-done]").first).to_have_text("2")
    single.get_by_role("button", name="标记").click()
    expect(single.get_by_role("button", name="已标记")).to_have_attribute("aria-pressed", "true")
    if size == PHONE:
        page.get_by_role("button", name=re.compile("答题卡")).click()
        card = page.locator("dialog[data-card-sheet]")
    else:
        card = page.locator("[data-card-home]")
    expect(card.locator("[data-card][data-state=saved]")).to_have_count(2)
    expect(card.locator("[data-card][data-flagged]")).to_have_count(1)
    if size == PHONE:
        card.get_by_role("button", name="关闭").click()
    height = single.locator(".question__stem").evaluate("stem => parseFloat(getComputedStyle(stem).fontSize)")
    page.get_by_role("button", name="特大字号").click()
    larger = single.locator(".question__stem").evaluate("stem => parseFloat(getComputedStyle(stem).fontSize)")
    assert larger > height
    visitor.fits()
    page.reload()
    written(page)
    expect(page.locator("#exam")).to_have_attribute("data-text-size", "xl")
    expect(question(page, "single").locator("input").nth(1)).to_be_checked()
    expect(question(page, "single").get_by_role("button", name="已标记")).to_be_visible()


def test_a_broken_network_a_killed_tab_and_a_second_device_lose_nothing(
    arrive: Callable[..., Visitor],
) -> None:
    phone = arrive("contestant", size=PHONE)
    page = begin(phone)
    address = page.url
    choose(question(page, "single"), 0)
    badge(question(page, "single"), "saved")

    phone.context.set_offline(True)
    for nth in (1, 2, 3):
        choose(question(page, "single", nth), nth % 2)
        badge(question(page, "single", nth), "unsent")
    expect(page.locator("[data-broken]")).to_be_visible()
    expect(page.locator("[data-overall]")).to_have_text("3 题等待保存")
    page.get_by_role("button", name=re.compile("答题卡")).click()
    sheet = page.locator("dialog[data-card-sheet]")
    expect(sheet.locator("[data-card][data-state=unsent]")).to_have_count(3)
    sheet.locator("[data-submit-link]").click()
    expect(page.locator("[data-not-yet]")).to_be_visible()
    expect(sheet).to_be_hidden()

    phone.context.set_offline(False)
    for nth in (1, 2, 3):
        badge(question(page, "single", nth), "saved")
    expect(page.locator("[data-broken]")).to_be_hidden()

    phone.context.set_offline(True)
    choose(question(page, "true_false"), 1)
    badge(question(page, "true_false"), "unsent")
    page.close()
    phone.context.set_offline(False)
    page = phone.reopen()
    written_at = phone.go(address)
    written(written_at)
    expect(question(page, "true_false").locator("input").nth(1)).to_be_checked()
    badge(question(page, "true_false"), "saved")

    desk = arrive("contestant", size=DESK)
    second = desk.go(address)
    expect(second.get_by_role("heading", name="您的考试正在另一台设备上进行")).to_be_visible()
    expect(second.locator(".question")).to_have_count(0)
    second.locator("form[action$='/takeover'] button").click()
    written(second)
    for nth in (1, 2, 3):
        expect(question(second, "single", nth).locator("input").nth(nth % 2)).to_be_checked()
    expect(question(second, "true_false").locator("input").nth(1)).to_be_checked()

    choose(question(page, "single"), 3)
    expect(page.locator("[data-stopped]")).to_contain_text("另一台设备")
    expect(question(page, "single").locator("input").first).to_be_disabled()
    choose(question(second, "multiple"), 0)
    badge(question(second, "multiple"), "saved")
    second.reload()
    expect(question(written(second), "single").locator("input").first).to_be_checked()
    hand_in(second, answered=6)


def hand_in(page: Page, answered: int) -> None:
    """Submit with a warning of what is missing, see the receipt, and wait for the marks."""
    questions = page.locator(".question").count()
    page.locator("a[data-submit-link]:visible").first.click()
    page.wait_for_url("**/submit")
    expect(page.locator(".notice--warning")).to_contain_text(f"还有 {questions - answered} 道题没有作答")
    page.get_by_role("button", name="确认交卷").click()
    page.wait_for_url("**/receipt")
    expect(page.locator("main")).to_contain_text(re.compile(r"([A-Z2-7]{4}-){3}[A-Z2-7]{4}"))
    expect(page.locator("main")).to_contain_text(f"{answered} / {questions}")
    page.get_by_role("link", name="我的成绩").click()
    expect(page.locator(".score-big")).to_be_visible()
    recomputed(page)


def recomputed(page: Page) -> None:
    """The sum on the result page, worked out once more."""
    sums = page.locator("table.sum").first
    parts = [amounts(row) for row in sums.locator("tbody td").all_inner_texts()]
    (mark, full) = amounts(sums.locator("tfoot td").inner_text())
    assert (sum(part[0] for part in parts), sum(part[1] for part in parts)) == (mark, full)
    score = (mark / full * 100).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    expect(page.locator("#result-state")).to_contain_text(f"× 100 = {score}")
    combined = page.locator("table.sum").filter(has_text="综合成绩（四舍五入")
    expect(combined).to_be_visible()
    terms = re.findall(r"([\d.]+) × ([\d.]+) %", " ".join(combined.locator("tbody td").all_inner_texts()))
    assert terms
    exact = sum((Decimal(part) * Decimal(weight) / 100 for part, weight in terms), Decimal(0))
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    expect(combined.locator("tfoot tr").last.locator("td")).to_have_text(str(rounded))


def amounts(text: str) -> tuple[Decimal, Decimal]:
    mark, full = text.split("/")
    return Decimal(mark.strip()), Decimal(full.strip())


def test_a_board_opened_elsewhere_shows_the_new_rank(arrive: Callable[..., Visitor]) -> None:
    """From the last answer through the worker to somebody else's screen, without reloading it."""
    address = f"/boards/{rules.CONTEST}/open-work-safety/open"
    serial = sum((100, *rules.CROWD.values())) - 1
    watcher, writer = arrive(size=PHONE), arrive(rules.phone_of(serial), size=PHONE)
    board = watcher.go(address)
    expect(board.locator("#board-state")).to_have_attribute("data-live", "stream")
    summary = board.locator("#board p[data-version]")
    before = int(re.findall(r"\d+", summary.inner_text())[0])
    board.evaluate("window.stillHere = true")
    page = begin(writer)
    for nth in range(3):
        choose(question(page, "single", nth), 1)
        badge(question(page, "single", nth), "saved")
        page.get_by_role("button", name="下一题").click()  # this event shows one question at a time
    hand_in(page, answered=3)
    expect(summary).to_contain_text(f"{before + 1} ")
    assert board.evaluate("window.stillHere") is True
    own = writer.go(address)
    expect(own.locator(".own-place")).to_be_visible()
    writer.fits()
