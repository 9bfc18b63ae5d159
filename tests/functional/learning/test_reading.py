"""Reading a text, and the text version of a video: without script, on the server's clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import sign_in
from tests.functional.learning.lessons import EVENT, Class, Wall, make_class, moved_clock
from tests.integration.learning.stand import DAY
from tests.integration.learning.watch import points


@pytest.fixture
def wall() -> Iterator[Wall]:
    with moved_clock(DAY) as wall:
        yield wall


@pytest.fixture
def room(wall: Wall, session: Session, client: FlaskClient, tmp_path: Path) -> Class:
    return make_class(session, client, tmp_path)


def test_a_text_is_read_for_points(client: FlaskClient, room: Class, wall: Wall) -> None:
    path = room.path("read", "read")
    page = client.get(path).text
    assert "<strong>停机</strong>" in page
    assert "<script>x" not in page
    assert "40 秒" in page
    wall.pass_s(25)
    early = client.post(path)
    assert early.status_code == 422
    assert "再过 15 秒" in early.text
    assert "<strong>停机</strong>" in early.text, "nothing is lost"
    wall.pass_s(15)
    assert client.post(path).status_code == 303
    page = client.get(path).text
    assert "获得 5 分" in page
    assert "已得 5 分" in page
    assert points(room.learner) == [5]
    assert 'data-state="done"' in client.get(EVENT).text


def test_pressing_at_once_without_opening_the_page_waits_too(
    client: FlaskClient, room: Class, wall: Wall
) -> None:
    assert client.post(room.path("read", "read")).status_code == 422
    wall.pass_s(39)
    assert client.post(room.path("read", "read")).status_code == 422
    wall.pass_s(1)
    assert client.post(room.path("read", "read")).status_code == 303


def test_the_text_version_of_a_video_brings_the_points_of_the_video(
    client: FlaskClient, room: Class, wall: Wall
) -> None:
    path = f"{room.path('watch', 'see')}/text"
    assert "你好" in client.get(path).text
    wall.pass_s(23)
    assert "再过 1 秒" in client.post(path).text  # 36 seconds at one and a half
    wall.pass_s(1)
    assert client.post(path).status_code == 303
    assert points(room.learner) == [10]
    assert client.post(path).status_code == 303
    assert points(room.learner) == [10]
    assert "已得 10 分" in client.get(room.path("watch", "see")).text


def test_p05_after_the_close_the_text_can_be_read_and_brings_nothing(
    client: FlaskClient, room: Class, wall: Wall
) -> None:
    assert room.learner.window is not None
    wall.set(room.learner.window.closes_at)
    sign_in(client, room.account)
    page = client.get(room.path("read", "read")).text
    assert "<strong>停机</strong>" in page
    assert "2026-05-21 24:00" in page
    assert '<button class="btn btn-primary" type="submit"' not in page
    assert client.post(room.path("read", "read")).status_code == 409
    assert points(room.learner) == []
