"""The board as people watch it: pushed changes without reloading, the own row, phones, big screens."""

import secrets
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.browser.visitor import PHONE, Visitor, violations
from webapp.contests import queries as contests
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.transaction import transaction

pytestmark = pytest.mark.browser

OPEN = "jilin-5/open-work-safety/open"
Arrive = Callable[..., Visitor]


def order(page: Page) -> list[str]:
    """The entries as they stand on the page, best first."""
    rows = page.locator("#board tr[data-entry]")
    expect(rows.nth(10)).to_be_attached()
    return [str(entry) for entry in rows.evaluate_all("rows => rows.map(row => row.dataset.entry)")]


def earn(backstage: Flask, entry_id: str, points: int) -> None:
    """Learning points for an entry, combined by the site's own worker."""
    with backstage.app_context():
        stage = contests.stage_by_codes(*OPEN.split("/"))
        with transaction():
            values = {
                "entry": int(entry_id),
                "contest": stage.contest_id,
                "points": points,
                "id": secrets.token_hex(8),
            }
            participation = db.session.execute(
                text(
                    "INSERT INTO point_entries (contest_id, participation_id, source_kind, source_id, points)"
                    " SELECT :contest, participation_id, 'test', :id, :points FROM entries WHERE id = :entry"
                    " RETURNING participation_id"
                ),
                values,
            ).scalar_one()
            enqueue(Job.COMBINE_SCORES, stage_id=stage.stage_id, participation_ids=str(participation))


def test_a_new_result_moves_its_row_without_reloading(arrive: Arrive, backstage: Flask) -> None:
    visitor, screen = arrive(), arrive()
    page = visitor.go(f"/boards/{OPEN}")
    big = screen.go(f"/boards/{OPEN}?screen=1")
    expect(page.locator("#board-state")).to_have_attribute("data-live", "stream")
    expect(page.locator("#board-state")).to_have_text("实时推送，变化数秒内可见")
    page.evaluate("window.stillHere = true")
    last = order(page)[-1]
    before = len(order(page))
    earn(backstage, last, 100)
    row = page.locator(f'#board tr[data-entry="{last}"]')
    expect(row.locator(".part").first).to_have_text("100.00")
    expect(row.locator(".move__up")).to_be_visible()
    assert order(page).index(last) < before - 1
    assert len(order(page)) == before
    assert page.evaluate("window.stillHere") is True
    expect(big.locator(f'#board tr[data-entry="{last}"]')).to_be_attached() if last in order(page)[
        :20
    ] else None


def test_without_a_stream_the_page_asks_and_says_so(arrive: Arrive, backstage: Flask) -> None:
    visitor = arrive()
    visitor.context.route("**/live/**", lambda route: route.abort())
    page = visitor.go(f"/boards/{OPEN}")
    expect(page.locator("#board-state")).to_have_attribute("data-live", "poll")
    expect(page.locator("#board-state")).to_have_text("每 5 秒刷新")
    last = order(page)[-1]
    earn(backstage, last, 50)
    expect(page.locator(f'#board tr[data-entry="{last}"] .part').first).not_to_have_text("0.00")


def test_the_own_row_is_pointed_out_and_leads_to_the_sum(arrive: Arrive) -> None:
    visitor = arrive("13900000100", size=PHONE)
    page = visitor.go("/boards/jilin-5/cnc-lathe/preliminary")
    expect(page.locator(".own-place")).to_be_visible()
    expect(page.locator("#board tr.is-own")).to_have_count(1)
    visitor.fits()
    page.get_by_role("link", name="我的成绩和排名是怎么算出来的").click()
    expect(page.get_by_role("heading", name="名次如何确定")).to_be_visible()
    visitor.fits()
    assert violations(page) == []


@pytest.mark.parametrize(
    "address",
    [f"/boards/{OPEN}", "/boards", f"/boards/{OPEN}?screen=1", "/boards/jilin-5/welding/preliminary"],
)
def test_boards_can_be_used_by_everybody(arrive: Arrive, address: str) -> None:
    visitor = arrive(size=PHONE)
    page = visitor.go(address)
    visitor.fits()
    assert violations(page) == []


def test_a_host_takes_a_list_away(arrive: Arrive) -> None:
    visitor = arrive("host")
    page = visitor.go("/staff/boards/jilin-5/cnc-lathe/preliminary")
    assert violations(page) == []
    page.get_by_text("导出名单").click()
    panel = page.locator("details[open]")
    panel.locator("input[type=text]").fill("报送复赛名单")
    with page.expect_download() as download:
        panel.get_by_role("button", name="下载").click()
    assert download.value.suggested_filename == "jilin-5-cnc-lathe-preliminary.xlsx"
    page.get_by_text("显示本页完整姓名").click()
    panel = page.locator("details[open]").first
    panel.locator("input[type=text]").fill("核对姓名")
    panel.get_by_role("button", name="显示完整姓名").click()
    expect(page.locator("th.name").nth(1)).not_to_contain_text("*")
