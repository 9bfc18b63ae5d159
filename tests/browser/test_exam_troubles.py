"""What goes wrong while one writes: silences, half answers, the end of the time without network, old words."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from tests.browser.exam_site import Contestant, badge, contestant, question, serving, stored
from tests.browser.test_exam_shapes import parted
from tests.integration.exam.exams import make_exam
from webapp.accounts.queries import forget_principals
from webapp.audit.models import AuditRow
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.exam.models import Sheet
from webapp.exam.service.sweeping import close_expired

pytestmark = pytest.mark.browser

STALLED = """
const real = window.fetch;
window.fetch = (url, options) => {
  if (!String(url).endsWith('/answers') || window.stalled) return real(url, options);
  window.stalled = true;
  const never = () => new Promise((_, reject) => options.signal.addEventListener('abort', reject));
  return Promise.resolve({ ok: true, status: 200, headers: new Headers(), json: never });
};
"""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as found:
        yield found


@pytest.fixture
def alice(app: Flask, session: Session, address: str) -> Contestant:
    return contestant(app, session, address, make_exam())


def start_with_clock(alice: Contestant, context: BrowserContext) -> Page:
    """The paper in a page whose clock the test moves."""
    page = context.new_page()
    page.clock.install()
    page.goto(f"{alice.address}/exams/{alice.exam_id}/start")
    page.locator(f"form[action='/exams/{alice.exam_id}/start'] button").click()
    expect(page.locator("#exam")).to_be_attached()
    page.clock.run_for(2000)
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    return page


def test_a_heartbeat_lost_while_nothing_waits_does_not_end_the_saving(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    """The server is away for a moment while the contestant reads: the page finds it again by itself."""
    context = alice.device(chromium)
    page = start_with_clock(alice, context)
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        route.abort()

    page.route("**/heartbeat", lose)
    while not lost:
        page.clock.run_for(5000)
        page.wait_for_timeout(50)
    expect(page.locator("[data-broken]")).to_be_visible()
    page.unroute("**/heartbeat")
    page.clock.run_for(16_000)
    expect(page.locator("[data-broken]")).to_be_hidden()
    question(page, "single").locator("label.option").nth(1).click()
    page.wait_for_timeout(200)
    page.clock.run_for(2000)
    badge(question(page, "single"), "saved")
    assert stored(session) == ["B"]
    context.close()


def test_an_answer_of_the_server_that_stops_half_way_is_asked_for_again(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    context = alice.device(chromium)
    context.add_init_script(STALLED)
    page = alice.start(context)
    question(page, "single").locator("label.option").nth(1).click()
    badge(question(page, "single"), "unsent")
    badge(question(page, "single"), "saved")
    assert page.evaluate("window.stalled") is True
    assert stored(session) == ["B"]
    context.close()


def test_handing_in_from_the_card_without_network_says_why_not_and_unsays_it(
    chromium: Browser, alice: Contestant
) -> None:
    context = alice.device(chromium, viewport={"width": 360, "height": 740})
    page = alice.start(context)
    context.set_offline(True)
    question(page, "single").locator("label.option").first.click()
    badge(question(page, "single"), "unsent")
    page.locator("[data-opens-answer-card]").click()
    page.locator("dialog [data-submit-link]").click()
    expect(page.locator("dialog[data-card-sheet]")).to_be_hidden()
    expect(page.locator("[data-not-yet]")).to_be_focused()
    context.set_offline(False)
    badge(question(page, "single"), "saved")
    expect(page.locator("[data-not-yet]")).to_be_hidden()
    context.close()


def test_the_end_of_the_time_is_said_to_the_eye_too_also_without_network(
    chromium: Browser, app: Flask, session: Session, address: str
) -> None:
    bob = contestant(app, session, address, make_exam(duration_s=60))
    context = bob.device(chromium)
    page = start_with_clock(bob, context)
    context.set_offline(True)
    page.clock.run_for(61_000)
    expect(page.locator("[data-time-up]")).to_contain_text("作答时间已到")
    expect(page.locator("[data-broken]")).to_be_hidden()
    expect(question(page, "single").locator("input").first).to_be_disabled()
    context.close()


def test_a05_a_double_click_hands_in_once(chromium: Browser, alice: Contestant, session: Session) -> None:
    """A05: two clicks in a row make one transition and lead to its receipt."""
    context = alice.device(chromium)
    page = alice.start(context)
    question(page, "single").locator("label.option").first.click()
    badge(question(page, "single"), "saved")
    page.goto(f"{page.url}/submit")
    page.locator("form[action$='/submit'] button").dblclick()
    page.wait_for_url("**/receipt")
    session.rollback()
    rows = session.scalar(select(func.count()).where(AuditRow.action == "attempt.submit"))
    assert rows == 1
    page.go_back()
    page.wait_for_url("**/receipt")
    expect(page.locator(".question")).to_have_count(0)
    context.close()


KEPT = """
() => new Promise((done) => {
  const opening = indexedDB.open("jiangsai-exam", 1);
  opening.onsuccess = () => {
    const asked = opening.result.transaction("changes").objectStore("changes").getAll();
    asked.onsuccess = () => { opening.result.close(); done(asked.result.map((one) => [one.attempt, one.state])); };
  };
})
"""


def test_a_shared_computer_keeps_only_what_the_server_does_not_have(
    chromium: Browser, app: Flask, session: Session, address: str
) -> None:
    """Two people one after the other in one browser: of the first only the answer that never arrived stays."""
    exam_id = make_exam()
    first, second = (contestant(app, session, address, exam_id) for _ in range(2))
    context = first.device(chromium)
    page = first.start(context)
    question(page, "single").locator("label.option").first.click()
    badge(question(page, "single"), "saved")
    context.set_offline(True)
    question(page, "multiple").locator("label.option").first.click()
    badge(question(page, "multiple"), "unsent")
    left = int(page.url.rsplit("/", 1)[1])
    page.close()
    context.set_offline(False)
    context.clear_cookies()
    context.add_cookies(second.device(chromium).cookies())  # type: ignore[arg-type]  # what was read is what is set
    page = second.start(context)
    question(page, "single").locator("label.option").nth(1).click()
    badge(question(page, "single"), "saved")
    own = int(page.url.rsplit("/", 1)[1])
    assert sorted(page.evaluate(KEPT)) == sorted([[left, "unsent"], [own, "saved"]])
    context.close()


def test_who_writes_to_the_end_is_led_to_the_receipt(
    chromium: Browser, app: Flask, session: Session, address: str
) -> None:
    bob = contestant(app, session, address, make_exam(duration_s=60, grace_s=0))
    context = bob.device(chromium)
    page = bob.start(context)
    question(page, "single").locator("label.option").first.click()
    badge(question(page, "single"), "saved")
    session.execute(update(Sheet).values(deadline_at=clock.now() + timedelta(seconds=1.5)))
    session.commit()
    page.reload()
    expect(page.locator("[data-time-up]")).to_be_visible()
    with transaction():
        assert close_expired(clock.now() + timedelta(seconds=5)) == 1
    page.wait_for_url("**/receipt")
    context.close()


def test_a16_a_page_opened_late_speaks_the_minutes_that_are_left(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    """A16: a reload four minutes before the end must not speak of ten."""
    context = alice.device(chromium)
    page = alice.start(context)
    ends = clock.now() + timedelta(seconds=245)
    session.execute(update(Sheet).values(deadline_at=ends))
    session.commit()
    page.reload()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    expect(page.locator("[data-voice]")).to_have_text("还剩 4 分钟。")
    context.close()


def test_a13_signing_in_again_in_a_new_tab_saves_what_was_written_meanwhile(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    """A13: the session ends in the middle; the page keeps what is written and saves it after signing in."""
    context = alice.device(chromium)
    page = alice.start(context)
    session.execute(text("UPDATE auth_sessions SET revoked_at = clock_timestamp()"))
    session.commit()
    forget_principals()
    question(page, "single").locator("label.option").nth(2).click()
    expect(page.locator("[data-signed-out]")).to_be_visible()
    badge(question(page, "single"), "unsent")
    again = alice.device(chromium)
    context.add_cookies(again.cookies())  # type: ignore[arg-type]  # what was read is what is set
    badge(question(page, "single"), "saved")
    expect(page.locator("[data-signed-out]")).to_be_hidden()
    assert stored(session) == ["C"]
    again.close()
    context.close()


def test_the_answer_card_counts_what_other_parts_hold(
    chromium: Browser, app: Flask, session: Session, address: str
) -> None:
    bob = contestant(app, session, address, make_exam(sections=parted()))
    context = bob.device(chromium)
    page = bob.start(context)
    page.locator(".question").first.locator("label.option").first.click()
    badge(page.locator(".question").first, "saved")
    page.get_by_role("button", name="继续作答第 2 部分").click()
    page.get_by_role("button", name="离开，进入第 2 部分").click()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    expect(page.locator(".question[data-type=multiple]")).to_have_count(3)
    assert set(page.locator("[data-done]").all_inner_texts()) <= {"1", ""}
    context.close()


@pytest.mark.parametrize(("language", "width"), [("zh", 320), ("en", 320), ("en", 360), ("zh", 180)])
def test_nothing_leaves_a_narrow_screen_in_either_language(
    chromium: Browser, alice: Contestant, language: str, width: int
) -> None:
    """180 px: a phone of 360 px whose owner has everything twice as large."""
    context = alice.device(chromium, viewport={"width": width, "height": 640})
    context.new_page().goto(f"{alice.address}/language/{language}?next=/help")
    page = alice.start(context)
    wide = page.evaluate(
        "[...document.querySelectorAll('.exam-bar *, .exam-foot *')].filter(one =>"
        " one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.visually-hidden, .watermark'))"
        ".map(one => one.outerHTML.slice(0, 80))"
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a09_what_waited_on_the_first_device_does_not_overwrite_the_newer_answer(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    """A09: written without network, then answered anew on a phone, then back: the older one is told, not used."""
    laptop = alice.device(chromium)
    first = alice.start(laptop)
    laptop.set_offline(True)
    for nth in (1, 2, 1):  # three changes: their number is higher than the phone's
        question(first, "single").locator("label.option").nth(nth).click()
        badge(question(first, "single"), "unsent")
    other = question(first, "multiple")
    other.locator("label.option").nth(1).click()
    badge(other, "unsent")
    phone = alice.device(chromium, viewport={"width": 360, "height": 740})
    second = phone.new_page()
    second.goto(first.url)
    second.locator("form[action$='/takeover'] button").click()
    question(second, "single").locator("label.option").nth(3).click()
    badge(question(second, "single"), "saved")
    laptop.set_offline(False)
    first.locator("[data-take-over-button]").click()
    expect(first.locator("#exam[data-ready]")).to_be_attached()
    badge(question(first, "multiple"), "saved")
    badge(question(first, "single"), "refused")
    expect(question(first, "single").locator("[data-save-state]")).to_contain_text("没有采用：B")
    expect(question(first, "single").locator("input").nth(3)).to_be_checked()
    assert sorted(stored(session)) == ["B", "D"], "what only waited is saved, the newer answer stands"
    question(first, "single").locator("label.option").nth(0).click()
    badge(question(first, "single"), "saved")
    laptop.close()
    phone.close()


def test_what_is_chosen_before_the_script_runs_is_sent_and_not_only_shown(
    chromium: Browser, alice: Contestant, session: Session
) -> None:
    """A slow network brings the page long before its script: nothing may count as saved that nobody has sent."""
    context = alice.device(chromium)
    address = alice.start(context).url
    page = context.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/static/dist/exam-[0-9a-f]+\.js"), hold)
    page.goto(address, wait_until="commit")
    question(page, "single").locator("label.option").nth(3).click()
    question(page, "fill").locator("input.form-control").first.fill("触电")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(page.locator("#exam[data-ready]")).to_be_attached()
    badge(question(page, "single"), "saved")
    badge(question(page, "fill"), "saved")
    assert sorted(stored(session)) == ["D", '["触电"]']
    context.close()
