"""Computers of a hall that people use one after another."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update

from webapp.accounts.queries import account_of
from webapp.accounts.service import sessions
from webapp.accounts.service.secrets import last4_hash
from webapp.audit.service import record
from webapp.core.db import db
from webapp.halls.errors import HallSignInWrong, NotInHallMode
from webapp.halls.models import Hall, HallBrowser
from webapp.halls.rules import codes

OPEN_FOR_H = 16
"""So long a computer stays open for its hall, and a session on it lasts: one day of exams."""


@dataclass(frozen=True)
class Room:
    """The hall a computer is open for."""

    hall_id: int
    exam_id: int
    name: str


@dataclass(frozen=True)
class SignedIn:
    """Who has signed in at a hall's computer, with the token of the new session."""

    token: str
    account_id: int
    person_id: int
    name: str
    exam_id: int


_SEATED = text(
    """
    SELECT person.id, person.name FROM hall_seats s
    JOIN participations p ON p.id = s.participation_id
    JOIN persons person ON person.id = p.person_id
    WHERE s.hall_id = :hall_id AND s.code = :code AND s.checked_in_at IS NOT NULL AND p.state = 'active'
      AND person.document_last4_hash = :last4
    """
)


def open_browser(exam_id: int, hall_id: int, account_id: int, at: datetime) -> str:
    """Open a computer for a hall; the token for its cookie, which nobody else knows."""
    token = secrets.token_urlsafe(24)
    db.session.add(
        HallBrowser(token_hash=_hash(token), hall_id=hall_id, opened_by_account_id=account_id, opened_at=at)
    )
    record("hall.browser.open", "hall", hall_id, exam_id=exam_id)
    return token


def close_browsers(exam_id: int, hall_id: int, at: datetime) -> int:
    """Close all computers of a hall; return how many were open."""
    closed = db.session.execute(
        update(HallBrowser)
        .where(HallBrowser.hall_id == hall_id, HallBrowser.closed_at.is_(None))
        .values(closed_at=at)
        .returning(HallBrowser.hall_id)
    ).all()
    record("hall.browser.close", "hall", hall_id, exam_id=exam_id, count=len(closed))
    return len(closed)


def room_of(token: str, at: datetime) -> Room:
    """The hall that this computer is open for. raise (NotInHallMode): none, closed, or opened too long ago."""
    row = db.session.execute(
        select(Hall.id, Hall.exam_id, Hall.name, HallBrowser.opened_at)
        .join(HallBrowser, HallBrowser.hall_id == Hall.id)
        .where(HallBrowser.token_hash == _hash(token), HallBrowser.closed_at.is_(None))
    ).one_or_none()
    if row is None or (at - row.opened_at).total_seconds() > OPEN_FOR_H * 3600:
        raise NotInHallMode
    return Room(row.id, row.exam_id, row.name)


def sign_in(room: Room, code: str, last4: str, user_agent: str, address: str, at: datetime) -> SignedIn:
    """A session for somebody who sits in this hall and is checked in, by ticket code and the last four
    signs of the document number. raise (HallSignInWrong): whatever is wrong, in the same words."""
    values = {"hall_id": room.hall_id, "code": codes.typed(code), "last4": last4_hash(last4.strip())}
    row = db.session.execute(_SEATED, values).one_or_none()
    account = account_of(row.id) if row is not None else None
    if row is None or account is None or account.state == "disabled":
        raise HallSignInWrong
    token = sessions.open_session(account, now=at, hours=OPEN_FOR_H, user_agent=user_agent, address=address)
    record("hall.sign-in", "account", account.id, hall_id=room.hall_id)
    return SignedIn(token, account.id, row.id, row.name, room.exam_id)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
