"""Signing up on a phone: the search for one's unit, with and without script."""

import contextvars
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.factories import make_organisation
from tests.functional.accounts.people import PASSWORD, card
from webapp.accounts.models import Person

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=360, height=740)


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app behind a real socket on a free port, with form tokens as in production."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(chromium: Browser, has_script: bool) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=has_script)
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()


def picture(page: Page, name: str) -> None:
    """For people who look: JIANGSAI_PICTURES names a folder."""
    folder = os.environ.get("JIANGSAI_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_worker_finds_the_unit_and_signs_up(
    page: Page, address: str, session: Session, has_script: bool
) -> None:
    top = make_organisation("长春市总工会")
    unit = make_organisation("一汽铸造有限公司", parent=top, kind="unit", level="unit")
    session.commit()
    page.goto(f"{address}/sign-up")
    picture(page, "sign-up")
    page.get_by_label("姓名", exact=True).fill("赵䶮")
    page.get_by_label("证件号码").fill(card(1))
    page.get_by_label("手机号").fill("13900000001")
    page.get_by_label("单位名称").press_sequentially("yiqizhuzao", delay=20)
    option = page.get_by_label("一汽铸造有限公司")
    if not has_script:
        page.get_by_role("button", name="查找").click()
    option.check()
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_label("我已阅读隐私说明").check()
    picture(page, "sign-up-filled")
    page.get_by_role("button", name="注册").click()
    page.goto(f"{address}/my/account")
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    expect(page.get_by_text("一汽铸造有限公司")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
    picture(page, "my-account")
    session.expire_all()
    assert session.query(Person).one().unit_id == unit.id
