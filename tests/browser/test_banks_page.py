"""A setter uploads a workbook with three mistakes, mends it, and a second person puts it in force."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.visitor import DESK, PHONE, Visitor

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("题型", "题干", "选项A", "选项B", "选项C", "选项D", "正确答案", "难度", "知识点")
GOOD = (
    ("单选题", "焊接作业前应先检查什么？", "气瓶和胶管", "天气预报", "考勤", "工资", "A", "易", "焊接"),
    ("多选题", "电焊工应穿戴哪些防护用品？", "面罩", "手套", "拖鞋", "绝缘鞋", "ABD", "中", "焊接"),
    ("判断题", "可以在未清洗的油罐上直接动火。", "", "", "", "", "错误", "易", "焊接"),
    ("填空题", "乙炔瓶使用时应当____放置。", "", "", "", "", "直立;竖直", "中", "焊接"),
    ("单选题", "氧气瓶与明火的距离不得小于多少米？", "1", "3", "5", "10", "D", "中", "焊接"),
)
WRONG = {1: {"正确答案": "F"}, 3: {"正确答案": "也许"}, 5: {"题干": ""}}
"""Row of GOOD (from 1) -> the cell that is spoilt."""


def workbook(wrong: dict[int, dict[str, str]]) -> FilePayload:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "焊工"
    sheet.append(HEADINGS)
    for number, row in enumerate(GOOD, start=1):
        cells = dict(zip(HEADINGS, row, strict=True)) | wrong.get(number, {})
        sheet.append(list(cells.values()))
    held = io.BytesIO()
    book.save(held)
    return FilePayload(name="焊工题库.xlsx", mimeType=XLSX, buffer=held.getvalue())


def upload(page: Page, code: str, file: FilePayload) -> None:
    page.goto(f"/staff/banks/{code}/upload")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="读取文件").click()
    expect(page.locator("#problems")).to_be_visible()


@pytest.mark.parametrize(
    ("size", "code"), [(DESK, "welding-desk"), (PHONE, "welding-phone")], ids=["desk", "phone"]
)
def test_three_mistakes_are_named_mended_and_approved(
    arrive: Arrive, size: tuple[int, int], code: str
) -> None:
    setter = arrive("setter", size=size)
    page = setter.go("/staff/banks/new")
    page.get_by_label("题库名称").or_(page.locator("#title")).first.fill("焊工题库")
    page.locator("#code").fill(code)
    page.get_by_role("button", name="建立题库").click()
    upload(page, code, workbook(WRONG))
    rows = page.locator("#problems tbody tr").filter(has=page.locator(".tag--danger"))
    expect(rows.filter(has_text="焊工")).to_have_count(3)
    for number, column, value in ((2, "正确答案", "F"), (4, "正确答案", "也许"), (6, "题干", "")):
        row = rows.filter(has=page.locator("td.num", has_text=str(number)))
        expect(row).to_contain_text(column)
        expect(row).to_contain_text(value)
        if column == "正确答案":
            expect(row.locator(".hint")).not_to_be_empty()
    setter.fits()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载带有逐行导入结果的文件").click()
    annotated = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert any("答案" in str(cell.value) for cell in annotated.worksheets[0][2][len(HEADINGS) :])

    upload(page, code, workbook({}))
    expect(page.locator("#problems")).to_contain_text("没有发现问题")
    page.get_by_role("button", name="全部接受").click()
    page.get_by_role("button", name="提交审批").click()
    expect(page.locator("main")).to_contain_text("等待")
    version = page.url
    setter.fits()

    reviewer = arrive("question-reviewer", size=size)
    page = reviewer.go(version)
    page.get_by_role("button", name="批准").click()
    expect(page.locator("main .tag").first).to_have_text("现行")
    reviewer.fits()
