"""What shows that the papers were drawn fairly."""

from typing import Any

from sqlalchemy import (
    ForeignKey,
    SmallInteger,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class PastDrawSecret(Base):
    """A draw secret that was revealed and then replaced, because somebody needed a paper afterwards."""

    __tablename__ = "past_draw_secrets"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str]
    secret: Mapped[str]
    committed_at: Mapped[datetime]
    revealed_at: Mapped[datetime]


class ParityReport(Base):
    """Whether the papers of an exam were equally hard; made anew when a host asks. report: rules.parity as JSON."""

    __tablename__ = "parity_reports"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
