"""A large workbook: the page says how far the reading is, needs no Redis for that, and follows to the end."""

import io
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from webapp.access.permissions import Role
from webapp.banks import queries, service
from webapp.banks.formats.progress import Progress, Step, percent
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction

ROWS = 3000
HEAD = ["题型", "题干", "选项A", "选项B", "选项C", "正确答案"]


def workbook() -> bytes:
    made: Any = openpyxl.Workbook()
    sheet = made.active
    sheet.append(HEAD)
    for number in range(ROWS):
        sheet.append(
            [
                "单选题",
                f"第 {number} 台设备（{sha256(bytes(number)).hexdigest()}）停电后先做什么？",
                "验电",
                "合闸",
                "离开",
                "ABC"[number % 3],
            ]
        )
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture
def address(client: FlaskClient, session: Session) -> str:
    """The page of a large workbook that waits for the worker."""
    sign_in(client, make_staff(Role.QUESTION_SETTER))
    client.post("/staff/banks/new", data={"title": "安全生产", "code": "safety"})
    answer = client.post("/staff/banks/safety/upload", data={"file": (io.BytesIO(workbook()), "large.xlsx")})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


@pytest.fixture
def noted(app: Flask) -> Iterator[list[tuple[str, int, int]]]:
    """What the worker wrote about its progress, in order, as the database got it."""
    found: list[tuple[str, int, int]] = []

    def listen(conn: object, cursor: object, statement: str, given: dict[str, object], *rest: object) -> None:
        if statement.startswith("UPDATE bank_uploads SET step") and "total" in statement:
            found.append((str(given["step"]), int(str(given["done"])), int(str(given["total"]))))

    event.listen(db.engine, "after_cursor_execute", listen)
    yield found
    event.remove(db.engine, "after_cursor_execute", listen)


def test_the_figure_of_a_large_workbook_moves_to_its_end_with_redis_emptied(
    app: Flask,
    client: FlaskClient,
    address: str,
    noted: list[tuple[str, int, int]],
    run_jobs: Callable[[], int],
) -> None:
    assert "等待读取" not in client.get(address).text  # No figure before there is one.
    app.extensions["redis"].flushdb()
    run_jobs()
    assert list(dict.fromkeys(step for step, _, _ in noted)) == [*Step]
    shares = [percent(Step(step), done, total) for step, done, total in noted]
    assert shares == sorted(shares)
    assert len(set(shares)) >= 4
    page = client.get(address, headers={"HX-Request": "true", "HX-Trigger": "reading"})
    assert page.headers["HX-Refresh"] == "true"
    assert f">{ROWS}" in re.sub(r"\s", "", client.get(address).text)


def test_the_page_shows_how_far_the_reading_is_with_and_without_script(
    app: Flask, client: FlaskClient, address: str
) -> None:
    upload_id = int(address.rsplit("/", 1)[-1])
    with keys_scope(), transaction():
        begun = service.begin_reading(upload_id)
    assert begun is not None
    shown = []
    for done in (0, 1400, 2800):
        service.Teller(upload_id)(Step.CHECKING, done, ROWS)
        app.extensions["redis"].flushdb()
        page = client.get(address).text
        assert f"已检查 {done:,}".replace(",", " ") + " / 3 000 行" in page
        assert "再看一次" in page, "without a script the link looks again"
        fragment = client.get(address, headers={"HX-Request": "true", "HX-Trigger": "reading"}).text
        shown.append(int(re.findall(r'<progress value="(\d+)" max="100"', fragment)[0]))
    assert shown == sorted(set(shown))


def test_what_is_told_after_the_upload_was_put_aside_changes_nothing(
    client: FlaskClient, address: str
) -> None:
    upload_id = int(address.rsplit("/", 1)[-1])
    with keys_scope(), transaction():
        begun = service.begin_reading(upload_id)
    assert begun is not None
    assert client.post(f"{address}/discard").status_code == 303
    service.Teller(upload_id)(Step.KEEPING, 5, 5)
    with keys_scope(), transaction():
        service.keep_reading(begun, *service.read_begun(begun, Progress()))
    view = queries.upload(upload_id)
    assert (view.state, view.step, view.counts) == ("discarded", "", {})


def test_a_reading_that_ran_twice_stages_once(
    client: FlaskClient, address: str, run_jobs: Callable[[], int]
) -> None:
    upload_id = int(address.rsplit("/", 1)[-1])
    with keys_scope(), transaction():
        service.begin_reading(upload_id)  # A worker that was killed in the middle.
    run_jobs()
    with keys_scope(), transaction():
        assert service.begin_reading(upload_id) is None
        assert queries.upload_questions(upload_id)[1] == ROWS


def test_pages_of_a_large_preview_hold_ten_questions_each_and_none_beyond_the_last(
    client: FlaskClient, address: str, run_jobs: Callable[[], int]
) -> None:
    run_jobs()
    second = client.get(f"{address}?page=2").text
    assert second.count('<article class="question"') == 10
    assert "第 10 台设备" in second
    for page in (10**6, 10**12):
        beyond = client.get(f"{address}?page={page}")
        assert (beyond.status_code, beyond.text.count('<article class="question"')) == (200, 0)
