"""A question is written on a phone: rows without reload, a preview that follows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]


def test_rows_come_without_reload_and_the_preview_follows(arrive: Arrive) -> None:
    setter = arrive("setter", size=PHONE)
    page = setter.go("/staff/banks/new")
    page.locator("#title").fill("编写题库")
    page.locator("#code").fill("written-here")
    page.get_by_role("button", name="建立题库").click()
    page.goto("/staff/banks/written-here/new-question?type=single")
    expect(page.locator("#preview article")).to_be_visible()
    page.locator("#stem").fill("触电后先做什么？")
    expect(page.locator("#preview")).to_contain_text("触电后先做什么？")
    page.get_by_role("button", name="添加选项").click()
    expect(page.locator("#option-4")).to_be_visible()
    expect(page.locator("#stem")).to_have_value("触电后先做什么？")
    page.locator("#option-0").fill("断电")
    page.locator("#option-1").fill("跑开")
    page.locator("#right-0").check()
    expect(page.locator("#preview")).to_contain_text("跑开")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="保存到草稿").click()
    expect(page.locator("h1")).to_contain_text("编辑试题")
