"""Pages travel compressed to whoever takes it, and stay as they are for everybody else."""

import gzip

from flask.testing import FlaskClient

TAKES = {"Accept-Encoding": "gzip, br"}


def test_a_page_travels_compressed(client: FlaskClient) -> None:
    plain = client.get("/privacy")
    packed = client.get("/privacy", headers=TAKES)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) == int(packed.headers["Content-Length"]) < 0.7 * len(plain.data)
    assert "隐私" in gzip.decompress(packed.data).decode()


def test_whoever_does_not_take_it_gets_plain_words(client: FlaskClient) -> None:
    for wish in ({}, {"Accept-Encoding": "identity"}, {"Accept-Encoding": "gzip;q=0"}):
        answer = client.get("/privacy", headers=wish)
        assert "Content-Encoding" not in answer.headers
        assert "隐私" in answer.text


def test_short_answers_and_errors_without_words_stay_as_they_are(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/healthz", headers=TAKES).headers
    assert "Content-Encoding" not in client.get("/static/favicon.svg", headers=TAKES).headers
