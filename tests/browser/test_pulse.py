"""Extra time in a real browser: it shows without a reload, and opens a paper whose clock had run out."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.browser.exam_site import Contestant, badge, question
from tests.browser.test_exam_page import address, alice
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam.models import Sheet
from webapp.exam.service import control
from webapp.exam.service.control import Who

__all__ = ["address", "alice"]
pytestmark = pytest.mark.browser


def test_a11_extra_time_shows_between_two_heartbeats_of_the_page(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    page = alice.start(alice.device(chromium))
    page.wait_for_timeout(500)
    with transaction():
        control.ask_extend(alice.exam_id, Who(), 7, "停电", 1, two_person=False)
    # A heartbeat goes out every 20 s: what shows earlier came by the pulse.
    expect(page.locator("[data-announcements]")).to_contain_text("7", timeout=8_000)
    expect(page.locator("[data-clock]")).to_contain_text("1:06", timeout=2_000)


def test_a11_time_given_after_the_clock_ran_out_opens_the_paper_again(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    context = alice.device(chromium)
    page = alice.start(context)
    session.execute(update(Sheet).values(started_at=clock.now() - timedelta(seconds=3598)))
    session.execute(update(Sheet).values(deadline_at=Sheet.started_at + timedelta(hours=1), grace_s=60))
    session.commit()
    page.reload()
    expect(page.locator("#exam[data-locked]")).to_be_attached(timeout=8_000)
    with transaction():
        control.ask_extend(alice.exam_id, Who(), 10, "停电", 1, two_person=False)
    expect(page.locator("#exam[data-ready]:not([data-locked])")).to_be_attached(timeout=8_000)
    asked = question(page, "single")
    asked.locator("input[data-answer]").first.check()
    badge(asked, "saved")
