"""A complete body is handed to the server as a list; what streams or must be closed stays an iterator."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import create_environ
from werkzeug.wsgi import ClosingIterator

from webapp.app import Answer


def handed_over(answer: Answer, method: str = "GET") -> tuple[Any, dict[str, str]]:
    """What the server gets: the body object and the headers."""
    told: dict[str, str] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        told.update(headers)
        return lambda data: None

    return answer(create_environ(method=method), start_response), told


def test_a_complete_body_comes_as_a_list_with_its_length() -> None:
    body, headers = handed_over(Answer("匠赛"))
    assert body == ["匠赛".encode()]
    assert headers["Content-Length"] == "6"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_answers_without_a_body_have_none(method: str, status: int) -> None:
    body, _headers = handed_over(Answer("text", status=status), method)
    assert body == []


def test_what_streams_or_must_be_closed_is_left_to_the_library() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a"
        yield b"b"

    closed: list[bool] = []
    streamed = Answer(pieces())
    streamed.call_on_close(lambda: closed.append(True))
    body, _headers = handed_over(streamed)
    assert isinstance(body, ClosingIterator)
    assert b"".join(body) == b"ab"
    body.close()
    assert closed == [True]
    passed, _headers = handed_over(Answer(BytesIO(b"file"), direct_passthrough=True))
    assert not isinstance(passed, list)


def test_every_page_of_the_site_is_such_an_answer(app: Flask) -> None:
    assert app.response_class is Answer
    assert app.test_client().head("/").status_code == 200
