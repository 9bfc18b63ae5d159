"""In-site notices: what happened to a person's application, exam or account."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Notice(Base):
    """One message to one person: a msgid with parameters, said in the reader's language."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    text: Mapped[str]
    params: Mapped[dict[str, Any]]
    link: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))
    read_at: Mapped[datetime | None]
