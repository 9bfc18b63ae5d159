"""Matching, ordering, numbers, passages and blanks with lists in a real browser, on a phone and at a desk."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from tests.browser.exam_site import badge, contestant, question, serving, stored
from tests.browser.test_exam_shapes import SCREENS, fits, screen
from tests.browser.visitor import violations
from tests.integration.exam.all_types import make_exam_of_all_types

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with serving(app) as found:
        yield found


@SCREENS
def test_every_type_is_answered_by_hand_and_survives_a_reload(
    chromium: Browser, app: Flask, session: Session, address: str, size: tuple[int, int]
) -> None:
    person = contestant(app, session, address, make_exam_of_all_types(session))
    with person.device(chromium, **screen(size)) as device:
        page = person.start(device)
        fits(page)
        assert violations(page) == []
        matching, ordering, numeric, passage, fill = (
            question(page, kind) for kind in ("matching", "ordering", "numeric", "passage", "fill")
        )
        matching.locator("select").nth(0).select_option("B")
        badge(matching, "saved")
        ordering.locator("select").nth(0).select_option("A")
        ordering.locator("select").nth(2).select_option("A")
        expect(ordering.locator("select").nth(0)).to_have_value("-")
        badge(ordering, "saved")
        numeric.locator("input").fill("36")
        badge(numeric, "saved")
        passage.get_by_text("总承包").click()
        passage.locator("input[type=text], input:not([type])").fill("围挡")
        badge(passage, "saved")
        fill.locator("select").select_option("绿色")
        badge(fill, "saved")
        expect(page.locator("[data-done]").first).to_have_text("5")
        page.reload()
        expect(page.locator("#exam[data-ready]")).to_be_attached()
        expect(matching.locator("select").nth(0)).to_have_value("B")
        expect(ordering.locator("select").nth(2)).to_have_value("A")
        expect(passage.locator("input:checked")).to_have_count(1)
        held = stored(session)
    assert sorted(held, key=len) == sorted(
        [
            "B--",
            "--A-",
            "36",
            json.dumps(["A", '["围挡"]'], ensure_ascii=False, separators=(",", ":")),
            '["绿色"]',
        ],
        key=len,
    )
