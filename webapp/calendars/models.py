"""Years of holidays that a host entered; each version is kept, the newest of a year counts."""

from sqlalchemy import BigInteger, Identity, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class WorkCalendarYear(Base):
    """One version of a year. text: the TOML of formats/calendar.py; digest: SHA-256 of it."""

    __tablename__ = "work_calendar_years"
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    year: Mapped[int]
    number: Mapped[int]
    text: Mapped[str]
    digest: Mapped[str]
    reason: Mapped[str]
    entered_by: Mapped[str]
    entered_by_account_id: Mapped[int] = mapped_column(BigInteger)
    entered_at: Mapped[datetime]
