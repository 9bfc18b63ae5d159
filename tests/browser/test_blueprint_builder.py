"""Issue 5, point 7: the builder of blueprints in a real browser: at once with scripts, by buttons without, at 360 px."""

import os
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.exam_site import Contestant, serving
from tests.factories import make_staff
from tests.functional.exam.test_blueprint_builder import event, jilin
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.contests.models import Event

__all__ = ["event", "jilin"]
PICTURES = os.environ.get("BUILDER_PICTURES", "")
"""A folder: then what was seen is kept there to be looked at."""


def keep(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.fixture
def host(event: Event) -> Account:
    return make_staff(Role.ADMINISTRATOR)


def test_the_builder_answers_while_one_types(
    app: Flask, chromium: Browser, event: Event, host: Account
) -> None:
    with serving(app) as address:
        device = Contestant(host, 0, address, app).device(chromium, viewport={"width": 1280, "height": 900})
        page = device.new_page()
        page.goto(f"{address}/staff/exams/blueprints/{event.id}/edit")
        check = page.locator("#builder-check")
        expect(check).to_contain_text("可以组卷")
        keep(page, "wide")
        page.locator("#sections-0-cells-0-count").fill("490")
        expect(check).to_contain_text("要 490 题")
        expect(check).to_contain_text("组不成试卷")
        expect(page.locator("#sections-0-cells-0-told")).to_contain_text("要 490 题")
        keep(page, "missing")
        page.locator("#sections-0-title_zh").fill("")
        page.get_by_role("button", name="发布到竞赛文件").click()
        expect(page.locator(".error-summary")).to_contain_text("请写上这个大题的中文名称")
        keep(page, "refused")
        before = page.locator("fieldset[id^=part-]").count()
        page.get_by_role("button", name="加一个大题").click()
        expect(page.locator("fieldset[id^=part-]")).to_have_count(before + 1)
        expect(page.locator("#sections-0-cells-0-count")).to_have_value("490")
        page.locator("#bank").select_option(index=0)
        expect(check).to_contain_text("题库：")
        expect(page.locator("fieldset[id^=part-]")).to_have_count(before + 1)
        device.close()


def test_the_builder_works_on_a_phone_without_scripts(
    app: Flask, chromium: Browser, event: Event, host: Account
) -> None:
    with serving(app) as address:
        device = Contestant(host, 0, address, app).device(
            chromium, viewport={"width": 360, "height": 740}, java_script_enabled=False
        )
        page = device.new_page()
        page.goto(f"{address}/staff/exams/blueprints/{event.id}/edit")
        page.locator("#minutes").fill("66")
        page.get_by_role("button", name="加一行").first.click()
        expect(page.locator("#minutes")).to_have_value("66")
        expect(page.locator("#sections-0-cells-1-count")).to_have_value("1")
        page.get_by_role("button", name="保存草稿").click()
        expect(page.locator("#builder")).to_contain_text("这是草稿")
        expect(page.locator("#minutes")).to_have_value("66")
        device.close()
        device = Contestant(host, 0, address, app).device(chromium, viewport={"width": 360, "height": 740})
        page = device.new_page()
        page.goto(f"{address}/staff/exams/blueprints/{event.id}/edit")
        keep(page, "narrow")
        assert not is_too_wide(page)
        device.close()
