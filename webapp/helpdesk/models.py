"""Tickets: of the help desk, and those that contestants open themselves."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Ticket(Base):
    """What troubled a person and what was done about it; never answers or keys.

    channel: desk (staff wrote it down) | phone | page (the person opened it). kind: one of
    rules.tickets.Kind. event_id and contest_id: what it is about, if that is known. awaits: who
    has to say something next: staff | person."""

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'solved')", name="state"),
        CheckConstraint("channel IN ('desk', 'phone', 'page')", name="channel"),
        CheckConstraint("awaits IN ('staff', 'person')", name="awaits"),
        Index("ix_tickets_open", "event_id", postgresql_where=sql("state = 'open'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    subject: Mapped[str]
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="other")
    channel: Mapped[str] = mapped_column(server_default="desk")
    contest_id: Mapped[int | None] = mapped_column(ForeignKey("contests.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("events.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    state: Mapped[str] = mapped_column(server_default="open")
    awaits: Mapped[str] = mapped_column(server_default="staff")
    outcome: Mapped[str] = mapped_column(server_default="")
    opened_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    claimed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    claimed_at: Mapped[datetime | None]
    closed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None]


class TicketMessage(Base):
    """One thing said or done about a ticket; append-only.

    kind: said | claimed | closed | reopened. from_person: the contestant said it."""

    __tablename__ = "ticket_messages"
    __table_args__ = (
        CheckConstraint("kind IN ('said', 'claimed', 'closed', 'reopened')", name="kind"),
        Index("ix_ticket_messages_ticket", "ticket_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    kind: Mapped[str] = mapped_column(server_default="said")
    text: Mapped[str] = mapped_column(server_default="")
    from_person: Mapped[bool] = mapped_column(server_default=sql("false"))
    by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class TicketLog(Base):
    """What the system knew of the person's exam when the ticket was opened; append-only.

    lines: [{"at", "kind", "text", "params"}] of the time line. browser: what the page told of itself."""

    __tablename__ = "ticket_logs"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True, autoincrement=False)
    lines: Mapped[list[Any]]
    browser: Mapped[dict[str, Any]]
    taken_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
