"""Videos are served in pieces: a player seeks without loading what lies before."""

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from webapp.core.transaction import transaction
from webapp.media import service as media

CONTENT = bytes(range(256)) * 40
WHOLE = len(CONTENT)


@pytest.fixture
def address(session: Session, tmp_path: Path) -> str:
    place = tmp_path / "film.mp4"
    place.write_bytes(CONTENT)
    with transaction():
        file_id = media.store_file(place, "video/mp4")
        return f"/media/{media.public_names([file_id])[file_id]}"


def test_a_whole_video_says_that_it_can_be_asked_for_in_pieces(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "video/mp4", CONTENT)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=5000-", 5000, WHOLE),
        ("bytes=-16", WHOLE - 16, WHOLE),
        (f"bytes=10-{WHOLE * 2}", 10, WHOLE),
    ],
)
def test_a_piece_is_exactly_what_was_asked_for(
    client: FlaskClient, address: str, wanted: str, start: int, stop: int
) -> None:
    answer = client.get(address, headers={"Range": wanted, "Accept-Encoding": "gzip"})
    assert answer.status_code == 206
    assert answer.data == CONTENT[start:stop]
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{WHOLE}"
    assert answer.headers["Content-Length"] == str(stop - start)
    assert "Content-Encoding" not in answer.headers


def test_a_piece_behind_the_end_is_refused_with_the_length(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Range": f"bytes={WHOLE}-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{WHOLE}"


def test_a_piece_of_another_content_is_not_mixed_in(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (answer.status_code, len(answer.data)) == (200, WHOLE)


def test_the_same_content_is_kept_once_however_it_comes(session: Session, tmp_path: Path) -> None:
    place = tmp_path / "a.mp4"
    place.write_bytes(CONTENT)
    with transaction():
        assert media.store_file(place, "video/mp4") == media.store(CONTENT, "video/mp4")


def test_captions_are_served_as_captions(client: FlaskClient, session: Session) -> None:
    with transaction():
        file_id = media.store(b"WEBVTT\n\n00:00.000 --> 00:01.000\nx\n", "text/vtt")
        name = media.public_names([file_id])[file_id]
    answer = client.get(f"/media/{name}")
    assert answer.content_type == "text/vtt; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
    with media.workroom() as room:
        (room / "x").write_bytes(io.BytesIO(b"x").read())
    assert not room.exists()


def test_a_file_that_never_changes_does_not_vary_by_cookies(client: FlaskClient, address: str) -> None:
    """What was fetched before a start, which sets a cookie, is still good in the browser's cache after it."""
    sign_in(client, make_account())
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "Set-Cookie" not in answer.headers
