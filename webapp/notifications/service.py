"""Telling people: in-site always; other senders behind one interface."""

import json
import logging
from collections.abc import Collection, Sequence
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import text as sql
from sqlalchemy import update

from webapp.core import clock
from webapp.core.db import db
from webapp.notifications.models import Notice

log = logging.getLogger(__name__)

_FOR_ALL = sql(
    """
    INSERT INTO notices (person_id, text, params, link)
    SELECT id, :text, CAST(:params AS jsonb), :link FROM unnest(CAST(:ids AS bigint[])) AS id
    """
)


_EACH = sql(
    """
    INSERT INTO notices (person_id, text, params, link)
    SELECT person_id, :text, params, :link FROM jsonb_to_recordset(CAST(:notices AS jsonb))
        AS n(person_id bigint, params jsonb)
    """
)


class CodeSender(Protocol):
    """Sends a one-time code to a phone. The demo prints it; a real one calls an SMS service."""

    def send(self, phone: str, text: str) -> None:
        """Deliver `text` to `phone`, or raise OSError."""


class ConsoleSender:
    """Prints codes to the server's log: for the demo, where nobody has a real phone."""

    def send(self, phone: str, text: str) -> None:
        log.warning("text message to %s***%s: %s", phone[:3], phone[-2:], text)


def code_sender() -> CodeSender:
    """The sender of the running app."""
    sender: CodeSender = current_app.extensions["code_sender"]
    return sender


def notify(person_id: int, text: str, params: dict[str, Any] | None = None, link: str = "") -> None:
    """Leave a notice for a person, in the caller's transaction.

    text: a msgid marked with N_ in the calling package; params: JSON values that fill it;
    {"zh":…, "en":…} values are shown in the reader's language; link: a path of this site."""
    db.session.add(Notice(person_id=person_id, text=text, params=params or {}, link=link))


def notify_all(person_ids: Collection[int], text: str, params: dict[str, Any], link: str = "") -> None:
    """Leave the same notice for all these people, in one statement: `notify` for many."""
    if person_ids:
        values = {"ids": list(person_ids), "text": text, "params": json.dumps(params), "link": link}
        db.session.execute(_FOR_ALL, values)


def notify_many(notices: Sequence[tuple[int, dict[str, Any]]], text: str, link: str = "") -> None:
    """Leave one notice each for many people, in one statement: (person id, params) with one text."""
    if notices:
        told = [{"person_id": person_id, "params": params} for person_id, params in notices]
        values = {"notices": json.dumps(told, ensure_ascii=False), "text": text, "link": link}
        db.session.execute(_EACH, values)


def mark_all_read(person_id: int) -> None:
    """Everything the person has been told counts as read from now on."""
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None))
        .values(read_at=clock.now())
    )
