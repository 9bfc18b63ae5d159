"""Refusals are pages of our own, in words, even when nothing behind them answers."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import make_app

UNREACHABLE = "postgresql+psycopg:///nowhere?host=/nonexistent"


@pytest.fixture
def stranded(tmp_path: Path) -> Flask:
    """An app whose database and Redis cannot be reached."""
    return make_app(UNREACHABLE, "unix:///nonexistent", tmp_path)


def signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = "the token of a session row"
    return client


def test_a_page_says_that_the_database_is_gone(stranded: Flask) -> None:
    answer = signed_in(stranded).get("/my/account")

    assert answer.status_code == 503
    assert "服务暂时不可用" in answer.text
    assert answer.headers["Retry-After"]


def test_an_unknown_address_gets_its_page_without_a_database(stranded: Flask) -> None:
    answer = signed_in(stranded).get("/there-is-no-such-page")

    assert answer.status_code == 404
    assert "没有找到这一页" in answer.text


def test_a_fragment_of_a_refusal_is_marked_and_brings_a_fresh_token(stranded: Flask) -> None:
    answer = signed_in(stranded).get("/my/account", headers={"HX-Request": "true"})

    assert answer.status_code == 503
    assert "data-refusal" in answer.text
    assert "data-csrf" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "隐私说明"), ("en", "Privacy notice")])
def test_the_frame_speaks_the_language_of_choice(stranded: Flask, language: str, words: str) -> None:
    client = stranded.test_client()
    client.set_cookie("language", language)

    answer = client.get("/privacy")

    assert answer.status_code == 200
    assert words in answer.text
