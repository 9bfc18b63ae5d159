"""A12: a contestant's browser without network: long, flapping, a site that answers 503, past the deadline."""

import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from sqlalchemy import text

from tests.browser.chromium import launch
from tests.drill import people, sizes
from tests.drill.figures import Figure, at_most, exactly
from tests.drill.people import Exam, Sitter
from tests.drill.site import Site, running_site, seconds_until
from webapp.core.db import db
from webapp.core.transaction import transaction

ROW = "A12"
OFFLINE_S, REFUSING_S = 600.0, 120.0
WARNED_S, SETTLED_S = 10.0, 15.0
FLAPS = 10

_SAVED = text("SELECT seqs FROM sheets WHERE attempt_id = :id")
_EVIDENCE = text("SELECT count(*) FROM answer_events WHERE attempt_id = :id AND outcome LIKE 'refused-%'")


def run() -> Iterator[Figure]:
    """Four people, one fault each, in a headless Chromium."""
    with running_site() as site, site.app().app_context(), sync_playwright() as playwright:
        app = site.app()
        exam = people.open_an_exam()
        sitting = people.sitters(app, exam, 4)
        browser = launch(playwright.chromium)
        try:
            yield from _offline(site, browser, sitting[0])
            yield from _flapping(site, browser, sitting[1])
            yield from _refusing(site, browser, sitting[2])
            yield from _past_the_deadline(site, browser, exam, sitting[3])
        finally:
            browser.close()


def _offline(site: Site, browser: Browser, sitter: Sitter) -> Iterator[Figure]:
    page, questions = _open(site, browser, sitter)
    page.context.set_offline(True)
    began = time.monotonic()
    _answer(questions, 0)
    warned_s = _seconds_to_visible(page, "[data-broken]")
    for nth in range(1, 5):
        _answer(questions, nth)
    time.sleep(max(0.0, sizes.scaled(OFFLINE_S) - (time.monotonic() - began)))
    page.context.set_offline(False)
    settled_s = seconds_until(lambda: _saved(sitter) >= 5, 60)
    done = f"offline for {sizes.scaled(OFFLINE_S):.0f} s with 5 answers"
    yield at_most(ROW, f"{done}: warning after", warned_s, WARNED_S, "s")
    yield at_most(ROW, "all of them acknowledged after the return", settled_s, SETTLED_S, "s")
    page.context.close()


def _flapping(site: Site, browser: Browser, sitter: Sitter) -> Iterator[Figure]:
    page, questions = _open(site, browser, sitter)
    for nth in range(FLAPS):
        page.context.set_offline(nth % 2 == 0)
        _answer(questions, nth)
        time.sleep(0.7)
    page.context.set_offline(False)
    settled_s = seconds_until(lambda: _saved(sitter) >= FLAPS, 60)
    yield at_most(ROW, f"network on and off {FLAPS}x: all acknowledged after", settled_s, SETTLED_S, "s")
    page.context.close()


def _refusing(site: Site, browser: Browser, sitter: Sitter) -> Iterator[Figure]:
    page, questions = _open(site, browser, sitter)
    page.route("**/attempts/*/answers", _refuse)
    page.route("**/attempts/*/heartbeat", _refuse)
    _answer(questions, 0)
    warned_s = _seconds_to_visible(page, "[data-broken]")
    _answer(questions, 1)
    time.sleep(sizes.scaled(REFUSING_S))
    page.unroute_all()
    settled_s = seconds_until(lambda: _saved(sitter) >= 2, 60)
    yield at_most(ROW, f"503 for {sizes.scaled(REFUSING_S):.0f} s: warning after", warned_s, WARNED_S, "s")
    yield at_most(ROW, "all acknowledged after it", settled_s, SETTLED_S, "s")
    page.context.close()


def _past_the_deadline(site: Site, browser: Browser, exam: Exam, sitter: Sitter) -> Iterator[Figure]:
    page, questions = _open(site, browser, sitter)
    page.context.set_offline(True)
    _answer(questions, 0)
    with transaction():
        db.session.execute(
            text(
                "UPDATE sheets SET started_at = clock_timestamp() - interval '1 hour',"
                " deadline_at = clock_timestamp() + interval '2 s' WHERE attempt_id = :id"
            ),
            {"id": sitter.attempt_id},
        )
    closed_s = seconds_until(lambda: _state(sitter) != "open", 90)
    page.context.set_offline(False)
    told_s = seconds_until(lambda: _was_told(page), 60)
    evidence_s = seconds_until(lambda: _evidence(sitter) >= 1, 30)
    yield at_most(ROW, "offline past the deadline: closed by itself after", closed_s, 60, "s")
    yield at_most(ROW, "the refusal is on the page after the return", told_s, SETTLED_S, "s")
    yield at_most(ROW, "the late answer is kept as evidence after", evidence_s, SETTLED_S, "s")
    yield exactly(ROW, "late answers that count", _saved(sitter))
    page.context.close()


def _open(site: Site, browser: Browser, sitter: Sitter) -> tuple[Page, Locator]:
    context = browser.new_context(locale="zh-CN")
    pairs = [pair.split("=", 1) for pair in dict(sitter.headers)["Cookie"].split("; ")]
    context.add_cookies([{"name": name, "value": value, "url": site.address} for name, value in pairs])
    page = context.new_page()
    page.goto(f"{site.address}/attempts/{sitter.attempt_id}")
    expect(page.locator("#exam[data-ready]")).to_be_attached(timeout=30_000)
    return page, page.locator(".question[data-type=single]")


def _answer(questions: Locator, nth: int) -> None:
    """Choose the first option of a question, as a finger does."""
    questions.nth(nth).locator("input[type=radio]").first.check(force=True, timeout=30_000)


def _refuse(route: Any) -> None:
    route.fulfill(status=503, headers={"Retry-After": "1"}, body="")


def _seconds_to_visible(page: Page, selector: str) -> float:
    started = time.monotonic()
    page.locator(selector).first.wait_for(state="visible", timeout=60_000)
    return time.monotonic() - started


def _was_told(page: Page) -> bool:
    """Either the page says that it stopped, or it has gone to the receipt."""
    return "/receipt" in page.url or page.locator("[data-stopped]").first.is_visible()


def _saved(sitter: Sitter) -> int:
    seqs = db.session.scalar(_SAVED, {"id": sitter.attempt_id}) or []
    db.session.rollback()
    return sum(seq > 0 for seq in seqs)


def _state(sitter: Sitter) -> str:
    found = db.session.scalar(
        text("SELECT state FROM sheets WHERE attempt_id = :id"), {"id": sitter.attempt_id}
    )
    db.session.rollback()
    return str(found)


def _evidence(sitter: Sitter) -> int:
    found = int(db.session.scalar(_EVIDENCE, {"id": sitter.attempt_id}) or 0)
    db.session.rollback()
    return found
