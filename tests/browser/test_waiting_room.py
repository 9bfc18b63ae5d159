"""The waiting room in a real browser: it opens by itself, brings the pictures along, and waits when told."""

import struct
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.browser.exam_site import Contestant, contestant, serving
from tests.browser.visitor import violations
from tests.integration.exam.exams import make_bank_version, make_exam
from webapp.banks.models import QuestionVersion
from webapp.core import clock
from webapp.exam.models import Exam, Sheet
from webapp.media import service as media

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}}


def png(shade: int) -> bytes:
    """A small picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + bytes([shade, 90, 60]) * 40 for _ in range(30))
    head = struct.pack(">IIBBBBB", 40, 30, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as found:
        yield found


@pytest.fixture
def alice(app: Flask, session: Session, address: str, monkeypatch: pytest.MonkeyPatch) -> Contestant:
    """Somebody whose paper of twenty questions has a picture in each."""
    monkeypatch.setitem(app.config, "START_SPREAD_S", 2)
    bank = make_bank_version(20)
    for n, version in enumerate(session.scalars(select(QuestionVersion))):
        version.picture_file_id = media.store(png(n * 10), "image/png")
        version.picture_alt = "电工操作示意图"
    return contestant(app, session, address, make_exam(bank_version=bank))


def opens_in(session: Session, exam_id: int, seconds: float, lasts_s: float = 86_400) -> datetime:
    opens_at = clock.now() + timedelta(seconds=seconds)
    closes_at = opens_at + timedelta(seconds=lasts_s)
    session.execute(update(Exam).where(Exam.id == exam_id).values(opens_at=opens_at, closes_at=closes_at))
    session.commit()
    return opens_at


def room(alice: Contestant, page: Page) -> Any:
    page.goto(f"{alice.address}/exams/{alice.exam_id}/start")
    return page.locator("#waiting-room")


def states(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return [sheet.state for sheet in session.scalars(select(Sheet))]


def test_the_room_opens_by_itself_and_the_pictures_are_there_without_network(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    opens_at = opens_in(session, alice.exam_id, 8)
    context = alice.device(chromium, **PHONE)
    page = context.new_page()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    waiting = room(alice, page)
    button = waiting.get_by_role("button", name="开始考试")
    expect(waiting.locator("[data-countdown]")).to_be_visible()
    expect(button).to_be_hidden()
    expect(waiting).to_have_attribute("data-fetched", "22")
    assert states(session) == ["created"], "the paper is drawn while one waits, its clock stands still"
    expect(button).to_be_visible(timeout=20_000)
    assert clock.now() >= opens_at, "never before the server's time"
    assert len(loads) == 1, "no reload was needed"
    expect(button).to_be_enabled()
    button.click()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    context.set_offline(True)
    figures = page.locator(".question__figure img")
    assert figures.count() == 20
    for n in range(20):
        figures.nth(n).scroll_into_view_if_needed()
        expect(figures.nth(n)).to_have_js_property("naturalWidth", 40)
    context.close()


def test_a_late_comer_ticks_the_box_first(chromium: Browser, alice: Contestant, session: Session) -> None:
    opens_in(session, alice.exam_id, -60, 60 + 25 * 60 + 20)
    context = alice.device(chromium, **PHONE)
    page = context.new_page()
    waiting = room(alice, page)
    expect(waiting).to_contain_text("只剩 25 分钟")
    button = waiting.get_by_role("button", name="开始考试")
    expect(button).to_be_enabled()
    button.click()
    expect(page.locator("#waiting-room")).to_contain_text("计时尚未开始")
    assert "open" not in states(session)
    page.get_by_label("我知道只有").check()
    page.get_by_role("button", name="开始考试").click()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    assert states(session) == ["open"]
    context.close()


def test_a_busy_server_is_asked_again_when_it_says(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    asked: list[datetime] = []

    def busy() -> Response | None:
        if request.method != "POST" or not request.path.endswith("/start"):
            return None
        asked.append(clock.now())
        return Response(status=503, headers={"Retry-After": "2"}) if len(asked) < 3 else None

    hooks = alice.app.before_request_funcs.setdefault(None, [])
    hooks.insert(0, busy)
    try:
        context = alice.device(chromium, **PHONE)
        page = context.new_page()
        waiting = room(alice, page)
        expect(waiting).to_have_attribute("data-open", "true")
        waiting.get_by_role("button", name="开始考试").click()
        expect(waiting.locator("[data-start-words]")).to_contain_text("自动重试")
        expect(page.locator("#exam[data-ready]")).to_be_attached(timeout=20_000)
    finally:
        hooks.remove(busy)
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(asked)]
    assert len(gaps) == 2
    assert all(1.9 <= gap <= 5 for gap in gaps), gaps
    context.close()


def test_without_script_a_link_looks_again_and_the_form_starts(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    opens_in(session, alice.exam_id, 3600)
    context = alice.device(chromium, java_script_enabled=False, **PHONE)
    page = context.new_page()
    waiting = room(alice, page)
    expect(waiting.get_by_role("button", name="开始考试")).to_be_hidden()
    opens_in(session, alice.exam_id, -1)
    waiting.get_by_role("link", name="再看一次").click()
    page.get_by_role("button", name="开始考试").click()
    expect(page.locator(".question").first).to_be_visible()
    assert states(session) == ["open"]
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_room_fits_and_is_accessible(
    chromium: Browser, alice: Contestant, session: Session, width: int
) -> None:
    context = alice.device(chromium, viewport={"width": width, "height": 740})
    page = context.new_page()
    for opens, lasts in ((600, 86_400), (-60, 60 + 25 * 60)):
        opens_in(session, alice.exam_id, opens, lasts)
        expect(room(alice, page)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
    context.close()
