"""Photos of a performance file: several chosen at once go in one after the other."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload, expect
from sqlalchemy.orm import Session

from tests.browser.exam_site import Contestant, serving
from tests.browser.visitor import violations
from tests.functional.hosting.stand import make_district
from tests.functional.hosting.test_after import granted_trade, photo

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}


def test_photos_chosen_together_arrive_each_with_its_name(
    app: Flask, session: Session, chromium: Browser
) -> None:
    client = app.test_client()
    district = make_district()
    path = granted_trade(client, district)
    session.commit()
    with serving(app) as address:
        context = Contestant(district.liaison, 0, address, app).device(chromium, viewport=PHONE)
        page = context.new_page()
        page.goto(f"{address}{path}/file")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        names = [f"现场{n}.png" for n in range(3)]
        photos: list[FilePayload] = [
            {"name": name, "mimeType": "image/png", "buffer": photo(n)} for n, name in enumerate(names)
        ]
        page.locator("#file").set_input_files(photos)
        page.get_by_role("button", name="添加文件").click()
        for name in names:
            expect(page.get_by_role("link", name=name)).to_be_visible()
        context.close()
