"""In a real browser: a file that leaves things open shows what would come while it is told, and a large one
shows how far its check is."""

import io
import re
from collections.abc import Callable
from hashlib import sha256

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.visitor import DESK, PHONE, Visitor, violations

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODD = "甲,乙,丙,丁,戊\n怪题,停电后先做什么？,验电,合闸,A\n怪题,雨天能露天焊接吗？,不能,能,A\n"


def new_bank(page: Page, code: str) -> None:
    page.locator("#title").fill("题库")
    page.locator("#code").fill(code)
    page.get_by_role("button", name="建立题库").click()


def send(page: Page, code: str, file: FilePayload) -> None:
    page.goto(f"/staff/banks/{code}/upload")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="读取文件").click()


@pytest.mark.parametrize(("size", "code"), [(DESK, "odd-desk"), (PHONE, "odd-phone")], ids=["desk", "phone"])
def test_what_would_come_follows_what_is_told(arrive: Arrive, size: tuple[int, int], code: str) -> None:
    page = arrive("setter", size=size).go("/staff/banks/new")
    new_bank(page, code)
    send(page, code, FilePayload(name="odd.csv", mimeType="text/csv", buffer=ODD.encode()))
    for heading, meaning in (
        ("甲", "题型"),
        ("乙", "题干"),
        ("丙", "选项 A"),
        ("丁", "选项 B"),
        ("戊", "正确答案"),
    ):
        page.get_by_label(heading, exact=True).select_option(label=meaning)
    expect(page.locator("#tried")).to_contain_text("前 2 题中：0 题可以导入，2 题有错误")
    assert violations(page) == []
    page.get_by_role("button", name="按此读取文件").click()
    page.get_by_label("“怪题”是指").select_option("single")
    expect(page.locator("#tried .question")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="按此读取文件").click()
    expect(
        page.get_by_role("button", name="全部接受").or_(page.locator("button[value=all]")).first
    ).to_be_visible()
    expect(page.locator("#mapping")).to_contain_text("怪题: 单选题")


ROWS = 30_000
"""So many that the page asks several times even where the worker is quick."""


def test_the_bar_of_a_large_workbook_moves_until_its_preview_is_there(arrive: Arrive) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("题")
    sheet.append(["题型", "题干", "选项A", "选项B", "正确答案"])
    for number in range(ROWS):
        stem = f"第 {number} 台设备（{sha256(bytes(number % 999)).hexdigest()}）停电后先做什么？"
        sheet.append(["单选题", stem, "验电", "合闸", "AB"[number % 2]])
    held = io.BytesIO()
    book.save(held)
    page = arrive("setter").go("/staff/banks/new")
    new_bank(page, "large-bar")
    send(page, "large-bar", FilePayload(name="large.xlsx", mimeType=XLSX, buffer=held.getvalue()))
    bar = page.locator("#reading progress")
    expect(bar).to_be_visible()
    seen = {bar.get_attribute("value")}
    expect(page.locator("#reading .progress-line__words")).to_contain_text(re.compile(r"[\d ]+ / 30 00[01] "))
    while len(seen) < 3 and bar.is_visible():
        seen.add(bar.get_attribute("value", timeout=5_000))
        page.wait_for_timeout(100)
    assert len(seen) >= 2
    expect(page.locator("#problems")).to_be_visible(timeout=60_000)
    expect(page.locator(".stats")).to_contain_text(str(ROWS))
