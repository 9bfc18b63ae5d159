"""A judge's tablet that loses the network, and a work that is sent in pieces."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session

from tests.browser.exam_site import Contestant, serving
from tests.browser.visitor import violations
from tests.factories import make_account
from tests.integration.judging.stand import Workshop, make_workshop
from webapp.accounts.models import Account, Person
from webapp.core import clock
from webapp.judging.queries import sheets as queries
from webapp.judging.queries.own import works_of
from webapp.judging.service import setting_up, works

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as found:
        yield found


@pytest.fixture
def shop(session: Session) -> Workshop:
    return make_workshop(2)


def tablet(app: Flask, address: str, chromium: Browser, account: Account) -> BrowserContext:
    return Contestant(account, 0, address, app).device(chromium, viewport=PHONE)


def kept(session: Session, sheet_id: int) -> dict[str, str]:
    session.rollback()
    session.expire_all()
    return queries.values(queries.sheet(sheet_id))


def ready(page: Page, address: str, sheet_id: int) -> Page:
    page.goto(f"{address}/judging/sheets/{sheet_id}")
    expect(page.locator("#sheet[data-ready]")).to_be_attached()
    return page


def test_values_typed_without_network_are_kept_and_sent_later(
    app: Flask, session: Session, address: str, shop: Workshop, chromium: Browser
) -> None:
    run_id, judge = shop.set_up(), shop.judges[0]
    sheet_id = shop.sheets(run_id, judge)[0].sheet_id
    context = tablet(app, address, chromium, judge)
    page = ready(context.new_page(), address, sheet_id)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator("#v-A1").fill("12.01")
    page.locator("#v-A1").blur()
    expect(page.locator("[data-state-of=A1]")).to_have_text("已保存")
    assert kept(session, sheet_id) == {"A1": "12.01"}

    context.set_offline(True)
    page.locator("#v-B1").fill("44")
    page.locator("#v-B1").blur()
    expect(page.locator("[data-state-of=B1]")).to_have_text("已存在本机，尚未发送")
    page.get_by_role("button", name="提交并签字").click()
    expect(page.locator("#sheet-said")).to_contain_text("还有分数没有发送")
    assert kept(session, sheet_id) == {"A1": "12.01"}
    page.close()

    context.set_offline(False)
    page = ready(context.new_page(), address, sheet_id)
    expect(page.locator("#v-B1")).to_have_value("44")
    expect(page.locator("[data-state-of=B1]")).to_have_text("已保存")
    assert kept(session, sheet_id) == {"A1": "12.01", "B1": "44"}
    page.locator("#v-B1").fill("61")
    page.locator("#v-B1").blur()
    expect(page.locator("[data-state-of=B1]")).to_contain_text("未被接受")
    page.locator("#v-B1").fill("45")
    page.get_by_role("button", name="提交并签字").click()
    expect(page.locator(".notice--success")).to_contain_text("已签字")
    session.rollback()
    session.expire_all()
    assert queries.sheet(sheet_id).score == 85
    context.close()


def test_a_sheet_that_was_never_opened_opens_without_network(
    app: Flask, session: Session, address: str, shop: Workshop, chromium: Browser
) -> None:
    run_id, judge = shop.set_up(), shop.judges[0]
    sheet_id = shop.sheets(run_id, judge)[1].sheet_id
    context = tablet(app, address, chromium, judge)
    page = context.new_page()
    page.goto(f"{address}/judging")
    expect(page.locator("#own-sheets[data-kept]")).to_be_attached()
    context.set_offline(True)
    page = ready(page, address, sheet_id)
    page.locator("#v-B1").fill("44")
    page.locator("#v-B1").blur()
    expect(page.locator("[data-state-of=B1]")).to_have_text("已存在本机，尚未发送")
    context.set_offline(False)
    expect(page.locator("[data-state-of=B1]")).to_have_text("已保存")
    assert kept(session, sheet_id) == {"B1": "44"}
    context.close()


def test_a_work_goes_in_pieces_and_gets_its_receipt(
    app: Flask, session: Session, address: str, shop: Workshop, chromium: Browser
) -> None:
    works.hand_out(shop.stage_id, "m2", shop.host.id, clock.now())
    me = make_account(session.get_one(Person, shop.people[0].person_id))
    session.commit()
    context = tablet(app, address, chromium, me)
    page = context.new_page()
    page.goto(f"{address}/my/practical/{shop.stage_id}/m2")
    assert violations(page) == []
    content = bytes(range(256)) * (18 * 1024)
    page.locator("#file").set_input_files(
        {"name": "作品.zip", "mimeType": "application/zip", "buffer": content}
    )
    page.get_by_role("button", name="提交作品").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("作品.zip")
    session.rollback()
    run = setting_up.locked_run(shop.stage_id, "m2")
    found = works_of(run.id, [shop.entry_of(shop.people[0])])
    assert [(one.size_bytes, one.arrived) for one in found] == [(len(content), 2)]
    assert b"".join(works.content_of(found[0].work_id)) == content
    session.rollback()
    context.close()
