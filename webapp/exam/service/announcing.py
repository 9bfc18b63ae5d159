"""Saying something to those who sit an exam, and who has read it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.exam.errors import AnnouncementNotFound, ReasonMissing
from webapp.exam.models import Announcement
from webapp.exam.queries.messages import forget_announcements

MOST_CHARACTERS = 500


@dataclass(frozen=True)
class To:
    """To whom: one participation, one hall, or everybody when both are empty."""

    hall: str = ""
    participation_id: int | None = None


_READ = text(
    """
    INSERT INTO announcement_reads (announcement_id, participation_id, at)
    SELECT n.id, p.id, :at
    FROM announcements n JOIN exams e ON e.id = n.exam_id JOIN participations p ON p.event_id = e.event_id
    WHERE n.id = :announcement_id AND p.id = :participation_id AND (n.hall IS NULL OR n.hall = p.hall)
      AND (n.participation_id IS NULL OR n.participation_id = p.id)
    ON CONFLICT DO NOTHING
    RETURNING announcement_id
    """
)
_HAS_READ = text(
    """
    SELECT EXISTS (SELECT FROM announcement_reads
                   WHERE announcement_id = :announcement_id AND participation_id = :participation_id)
    """
)


def announce(exam_id: int, to: To, words: str, needs_ack: bool, account_id: int) -> int:
    """Say something; it shows with each page's next reply. Return its id. raise (ReasonMissing): no words."""
    said = words.strip()[:MOST_CHARACTERS]
    if not said:
        raise ReasonMissing
    row = Announcement(
        exam_id=exam_id,
        hall=(to.hall or None) if to.participation_id is None else None,
        participation_id=to.participation_id,
        text=said,
        needs_ack=needs_ack,
        by_account_id=account_id,
    )
    db.session.add(row)
    db.session.flush()
    record(
        "exam.announce",
        "exam",
        exam_id,
        hall=to.hall,
        participation_id=to.participation_id,
        announcement_id=row.id,
        needs_ack=needs_ack,
    )
    forget_announcements()
    return row.id


def mark_read(announcement_id: int, participation_id: int, at: datetime) -> None:
    """Somebody has read it; repeating changes nothing. raise (AnnouncementNotFound): not said to them."""
    values = {"announcement_id": announcement_id, "participation_id": participation_id, "at": at}
    if db.session.execute(_READ, values).one_or_none() is None and not db.session.scalar(_HAS_READ, values):
        raise AnnouncementNotFound
