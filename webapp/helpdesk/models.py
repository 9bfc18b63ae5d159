"""Tickets of the help desk."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Ticket(Base):
    """What troubled a person and what was done about it; never answers or keys."""

    __tablename__ = "tickets"
    __table_args__ = (CheckConstraint("state IN ('open', 'solved')", name="state"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    subject: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    outcome: Mapped[str] = mapped_column(server_default="")
    opened_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    closed_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    closed_at: Mapped[datetime | None]
