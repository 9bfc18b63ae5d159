"""Blueprints that somebody works on."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class BlueprintDraft(Base):
    """The form of one event's exam in one stage as it was last saved: rules.drafts as JSON, good or not.

    version: from 1, one more with every save: who saves says which one was read."""

    __tablename__ = "blueprint_drafts"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True, autoincrement=False)
    stage_code: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[dict[str, Any]]
    version: Mapped[int]
    account_id: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
