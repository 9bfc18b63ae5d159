"""What the outside world sees: text messages."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask


class Phones:
    """Stands for the text message service."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, phone: str, text: str) -> None:
        self.sent.append((phone, text))

    def last_code(self) -> str:
        """The code of the newest message."""
        found = re.search(r"\d{4} \d{4}", self.sent[-1][1])
        assert found is not None
        return found.group()


@pytest.fixture
def text_messages(app: Flask) -> Iterator[Phones]:
    """Messages that left the site during the test."""
    before, phones = app.extensions["code_sender"], Phones()
    app.extensions["code_sender"] = phones
    yield phones
    app.extensions["code_sender"] = before
