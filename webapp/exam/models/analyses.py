"""What an exam said about its questions."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import KEYS_SCHEMA, Base


class ItemAnalysis(Base):
    """How far the item analysis of an exam is. done of total: attempts read. made_at: of the report that is kept."""

    __tablename__ = "item_analyses"

    exam_id: Mapped[int] = mapped_column(ForeignKey("exams.id"), primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")


class ItemReport(Base):
    """The report: rules.item_analysis as JSON. It lies beside the keys, because who picked what gives them away."""

    __tablename__ = "item_reports"
    __table_args__ = {"schema": KEYS_SCHEMA}  # noqa: RUF012 - SQLAlchemy reads it from the class

    exam_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    report: Mapped[Any] = mapped_column(JSONB, server_default=sql("'{}'"))


class PaperSimulation(Base):
    """How papers of an event's exam would come out, before it is opened: rules.simulation as JSON.

    digest: of blueprint and questions it was made from. done of total: papers drawn so far."""

    __tablename__ = "paper_simulations"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(server_default="")
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    report: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
