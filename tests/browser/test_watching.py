"""Watching as a learner does: to the end for points, past the middle for none, in two tabs, on two devices."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from tests.browser.visitor import PHONE, WAIT_MS, Visitor, violations
from tests.factories import make_account, make_participation, make_person
from tests.integration.courses.sample import make_folder
from webapp.accounts.models import AuthSession
from webapp.accounts.queries import token_hash
from webapp.contests.models import Contest, Event
from webapp.core import clock
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.courses import service
from webapp.courses.models import Course, Lesson
from webapp.learning.models import WatchSession

pytestmark = pytest.mark.browser

EVENT = "logistics"
SECONDS = 20
COURSE = f"""
schema = 1
code = "watched-course"
title = {{zh = "仓库安全", en = "Safety in the warehouse"}}
summary = {{zh = "堆垛与搬运", en = "Stacking and carrying"}}
licence = "Apache-2.0"

[[for]]
contest = "jilin-5"
events = ["{EVENT}"]

[[lessons]]
key = "see"
kind = "video"
title = {{zh = "货物怎样堆得稳", en = "How goods stand firm"}}
summary = {{zh = "重物在下，轻物在上；留出通道和灭火器的位置。", en = "Heavy things below, light ones above."}}
video = "media/see.mp4"
low_video = "media/see-low.mp4"
captions = {{zh = "media/see.zh.vtt", en = "media/see.en.vtt"}}
text = "texts/see.md"
sources = ["《中华人民共和国安全生产法》"]

[[lessons]]
key = "read"
kind = "text"
title = {{zh = "叉车十不准", en = "Ten rules for forklifts"}}
text = "texts/read.md"
"""


@pytest.fixture(scope="module")
def lesson(backstage: Flask, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a real video of a course that an event in its learning phase learns from."""
    folder = make_folder(tmp_path_factory.mktemp("course"), course=COURSE, seconds=SECONDS)
    (folder / "media/see-low.mp4").write_bytes((folder / "media/see.mp4").read_bytes() + b"\0" * 8)
    (folder / "media/see.en.vtt").write_text(
        "WEBVTT\n\n00:00.000 --> 00:20.000\nHeavy things below.\n", encoding="utf-8"
    )
    with backstage.app_context():
        with keys_scope(), transaction():
            service.import_shipped(folder, None)
        found = db.session.scalar(
            select(Lesson.id)
            .join(Course, Course.id == Lesson.course_id)
            .where(Course.code == "watched-course", Lesson.key == "see")
        )
    return f"/learning/jilin-5/{EVENT}/watch/{found}"


@pytest.fixture
def learner(backstage: Flask) -> dict[str, Any]:
    """A new contestant of the event, with a signed-in session as a cookie."""
    token = secrets.token_urlsafe(32)
    with backstage.app_context(), transaction():
        event = db.session.scalars(
            select(Event)
            .join(Contest, Contest.id == Event.contest_id)
            .where(Event.code == EVENT, Contest.code == "jilin-5")
        ).one()
        person = make_person("林晓雯", number=_number())
        make_participation(event, person, number=f"T{person.id:06d}")
        account = make_account(person)
        db.session.add(
            AuthSession(
                token_hash=token_hash(token),
                account_id=account.id,
                auth_version=account.auth_version,
                expires_at=clock.now() + timedelta(hours=2),
            )
        )
        person_id = person.id
    signer = SecureCookieSessionInterface().get_signing_serializer(backstage)
    assert signer is not None
    return {
        "person_id": person_id,
        "name": backstage.config["SESSION_COOKIE_NAME"],
        "value": str(signer.dumps({"_user_id": token, "_fresh": True})),
    }


_numbers = iter(range(9_990, 9_000, -1))


def _number() -> str:
    """A document number nobody of the demo has: born in 1930."""
    n = next(_numbers)
    return f"9901011930{1 + n % 12:02d}{1 + n // 12 % 28:02d}{n % 1000:03d}"


@pytest.fixture
def come(arrive: Callable[..., Visitor], learner: dict[str, Any], lesson: str) -> Callable[..., Visitor]:
    """The learner at the video, on one more device."""

    def come(**options: Any) -> Visitor:
        visitor = arrive(**options)
        visitor.context.add_cookies(
            [{"name": learner["name"], "value": learner["value"], "url": visitor.address}]
        )
        ready(visitor.go(lesson))
        return visitor

    return come


def until(page: Page, condition: str) -> None:
    """Wait for a condition in the page; its policy forbids what wait_for_function does."""
    for _ in range(WAIT_MS // 100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(condition)


def ready(page: Page) -> Page:
    expect(page.locator("#player[data-ready]")).to_be_attached()
    until(page, "document.querySelector('video').readyState >= 1")
    return page


def play(page: Page) -> None:
    """Press play, and wait until it counts."""
    page.locator("video").focus()
    page.keyboard.press("Space")
    until(page, "!document.querySelector('video').paused")
    expect(page.locator("[data-mood]")).to_have_text("正在计入。")


def stop(page: Page) -> None:
    page.evaluate("document.querySelector('video').pause()")


def at(page: Page, second: float) -> None:
    until(page, f"document.querySelector('video').currentTime >= {second}")


def test_watching_to_the_end_brings_points_without_a_reload(come: Callable[..., Visitor]) -> None:
    visitor = come(size=PHONE)
    page = visitor.page
    visitor.fits()
    assert violations(page) == []
    expect(page.locator("[data-points]")).to_have_attribute("data-points", "0")
    page.locator("[data-speed]").select_option("1.5")
    play(page)
    expect(page.locator("[data-points-said]")).to_contain_text("获得 10 分")
    expect(page.locator("[data-points]")).to_have_attribute("data-points", "10")
    expect(page.locator("[data-missing]")).to_have_text("观看时间已够")
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1


def test_p02_seeking_to_the_end_brings_none(come: Callable[..., Visitor]) -> None:
    page = come().page
    play(page)
    page.evaluate(f"document.querySelector('video').currentTime = {SECONDS - 3}")
    until(page, "document.querySelector('video').ended")
    expect(page.locator("[data-kind=counted] rect")).not_to_have_count(0)
    expect(page.locator("[data-missing]")).to_contain_text("还差")
    page.reload()
    expect(page.locator("[data-points]")).to_have_attribute("data-points", "0")


def test_captions_of_both_languages_are_there_and_the_readers_own_is_on(come: Callable[..., Visitor]) -> None:
    page = come().page
    tracks = page.evaluate(
        "[...document.querySelector('video').textTracks].map(track => [track.language, track.mode])"
    )
    assert tracks == [["zh", "showing"], ["en", "disabled"]]
    until(page, "document.querySelector('video').textTracks[0].cues?.length > 0")


def test_a_second_tab_takes_over_and_the_first_can_take_it_back(
    come: Callable[..., Visitor], lesson: str
) -> None:
    visitor = come()
    first = visitor.page
    play(first)
    second = visitor.reopen()
    ready(visitor.go(lesson))
    play(second)
    expect(first.locator("[data-elsewhere]")).to_be_visible()
    assert first.evaluate("document.querySelector('video').paused")
    first.bring_to_front()
    first.get_by_role("button", name="在这里观看").click()
    expect(first.locator("[data-mood]")).to_have_text("正在计入。")
    expect(second.locator("[data-elsewhere]")).to_be_visible()


def test_p01_another_device_takes_over_and_goes_on_where_the_first_left_off(
    come: Callable[..., Visitor],
) -> None:
    phone, desk = come(size=PHONE), None
    play(phone.page)
    at(phone.page, 6)
    stop(phone.page)
    expect(phone.page.locator("[data-counted]")).to_contain_text("0:0")
    expect(phone.page.locator("[data-kind=counted] rect")).to_have_count(1)
    desk = come()
    expect(desk.page.locator("[data-resumed]")).to_be_visible()
    assert desk.page.evaluate("document.querySelector('video').currentTime") >= 5
    play(desk.page)
    phone.page.evaluate("document.querySelector('video').play()")
    at(phone.page, 8)
    stop(phone.page)
    expect(phone.page.locator("[data-elsewhere]")).to_be_visible()


def test_the_question_of_presence_stops_the_video_until_it_is_answered(
    come: Callable[..., Visitor], backstage: Flask, learner: dict[str, Any]
) -> None:
    visitor = come(size=PHONE)
    page = visitor.page
    play(page)
    with backstage.app_context(), transaction():
        db.session.execute(
            update(WatchSession)
            .where(WatchSession.person_id == learner["person_id"], WatchSession.ended_at.is_(None))
            .values(presence_left_s=2)
        )
    at(page, 5)
    stop(page)
    dialog = page.get_by_role("dialog", name="您还在观看吗？")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    page.evaluate("document.querySelector('video').play()")
    until(page, "document.querySelector('video').paused")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    until(page, "!document.querySelector('video').paused")
    expect(page.locator("[data-counted]")).not_to_have_text("已计入 0:02")


def test_what_was_watched_without_a_network_counts_when_it_is_back(come: Callable[..., Visitor]) -> None:
    visitor = come()
    page = visitor.page
    play(page)
    until(page, "document.querySelector('video').buffered.length > 0")
    visitor.context.set_offline(True)
    at(page, 6)
    stop(page)
    expect(page.locator("[data-mood]")).to_contain_text("网络已断开")
    expect(page.locator("[data-kind=counted] rect")).to_have_count(0)
    visitor.context.set_offline(False)
    expect(page.locator("[data-kind=counted] rect")).to_have_count(1)


def test_less_data_keeps_the_place(come: Callable[..., Visitor]) -> None:
    page = come().page
    page.evaluate("document.querySelector('video').currentTime = 7")
    before = page.evaluate("document.querySelector('video').src")
    page.locator("[data-quality]").select_option("low")
    until(page, f"document.querySelector('video').src !== '{before}'")
    until(page, "document.querySelector('video').currentTime === 7")
