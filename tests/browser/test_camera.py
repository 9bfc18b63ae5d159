"""Camera pictures in a real browser with a made-up camera: one is taken at its moment and reaches the store."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.browser.chromium import launch
from tests.browser.exam_site import contestant, serving
from tests.integration.exam.exams import make_exam
from webapp.contests.rules.blueprint import Checks, Snapshots
from webapp.core.transaction import transaction
from webapp.exam.models import Sheet
from webapp.integrity.models import Snapshot
from webapp.integrity.service.snapshots import look, planned_moments

pytestmark = pytest.mark.browser

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


def test_a_picture_is_taken_at_its_moment(app: Flask, session: Session, chromium: Browser) -> None:
    exam_id = make_exam(checks=Checks(snapshots=Snapshots(1, required=True, keep_days=30)))
    with (
        serving(app) as address,
        launch(chromium.browser_type, *CAMERA) as with_camera,
    ):
        who = contestant(app, session, address, exam_id)
        context = who.device(with_camera, viewport={"width": 360, "height": 740})
        page = context.new_page()
        page.goto(f"{address}/exams/{exam_id}/start")
        page.locator(f"form[action='/exams/{exam_id}/start'] button").click()
        page.locator("input[name=answer][value=yes]").check()
        page.locator(f"form[action='/exams/{exam_id}/snapshots'] button").click()
        page.locator(f"form[action='/exams/{exam_id}/start'] button").click()
        expect(page.locator("#exam[data-ready]")).to_be_attached()
        attempt_id = int(page.url.rsplit("/", 1)[1])
        session.rollback()
        sheet = session.get_one(Sheet, attempt_id)
        assert sheet.started_at is not None
        assert sheet.deadline_at is not None
        length = int((sheet.deadline_at - sheet.started_at).total_seconds())
        moved = timedelta(seconds=planned_moments(attempt_id, 1, length)[0])
        values = {"started_at": sheet.started_at - moved, "deadline_at": sheet.deadline_at - moved}
        session.execute(update(Sheet).where(Sheet.attempt_id == attempt_id).values(**values))
        session.commit()
        with page.expect_response(lambda answer: answer.url.endswith("/snapshots")) as sent:
            page.reload()
        assert sent.value.status == 200
    session.rollback()
    row = session.scalars(select(Snapshot)).one()
    assert row.failure == ""
    with transaction():
        assert look(exam_id, attempt_id, row.id).startswith(b"\xff\xd8")
