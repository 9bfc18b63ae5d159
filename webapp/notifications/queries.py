"""Reading notices."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.i18n import pick, say
from webapp.core.words import Message
from webapp.notifications.models import Notice


@dataclass(frozen=True)
class NoticeView:
    """A notice in the reader's words."""

    words: str
    link: str
    created_at: datetime
    is_read: bool


def unread_count(person_id: int) -> int:
    """How many notices the person has not seen."""
    return (
        db.session.scalar(select(func.count()).where(Notice.person_id == person_id, Notice.read_at.is_(None)))
        or 0
    )


def latest(person_id: int, limit: int = 50) -> list[NoticeView]:
    """The newest notices of a person, newest first."""
    rows = db.session.scalars(
        select(Notice).where(Notice.person_id == person_id).order_by(Notice.id.desc()).limit(limit)
    )
    return [
        NoticeView(
            say(
                Message(
                    row.text,
                    {
                        key: pick(value) if isinstance(value, dict) else value
                        for key, value in row.params.items()
                    },
                )
            ),
            row.link,
            row.created_at,
            row.read_at is not None,
        )
        for row in rows
    ]


def told_since(person_ids: Sequence[int], text: str, since: datetime) -> set[int]:
    """Which of these people have had a notice with this msgid since `since`."""
    return set(
        db.session.scalars(
            select(Notice.person_id).where(
                Notice.person_id.in_(person_ids), Notice.text == text, Notice.created_at > since
            )
        )
    )
