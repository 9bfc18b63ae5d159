"""Tables of links to skill records, of visits, and of the copies that people took."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class RecordLink(Base):
    """A link that a person made to their record. token_hash: SHA-256 of the random token, which only the link holds.

    contest_id: only this contest; empty: everything. name_shown: rules/sharing.py."""

    __tablename__ = "record_links"
    __table_args__ = (
        CheckConstraint("name_shown IN ('full', 'masked')", name="name_shown"),
        CheckConstraint("expires_at > made_at", name="time"),
        Index("ix_record_links_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    for_whom: Mapped[str]
    contest_id: Mapped[int | None] = mapped_column(ForeignKey("contests.id"))
    with_scores: Mapped[bool]
    name_shown: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class RecordLinkVisit(Base):
    """How often a link was opened within one minute; who opened it is not kept."""

    __tablename__ = "record_link_visits"

    link_id: Mapped[int] = mapped_column(ForeignKey("record_links.id"), primary_key=True)
    minute: Mapped[datetime] = mapped_column(primary_key=True)
    visits: Mapped[int] = mapped_column(server_default=text("1"))


class RecordCopy(Base):
    """A document that a person took of their record: its number and digest, by which anybody checks it.

    name: as the document shows it, masked. lines: how many results, certificates, awards and levels it holds.
    content: what it says (rules/record.py as JSON), code_hash: of the check code printed on it; both are gone once
    its holder has closed it, and empty for copies from before contents were kept."""

    __tablename__ = "record_copies"
    __table_args__ = (
        Index("ix_record_copies_person", "person_id", "id"),
        CheckConstraint(
            "(content IS NULL) = (code_hash IS NULL) AND (content IS NULL OR closed_at IS NULL)",
            name="content",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    serial: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    name: Mapped[str]
    lines: Mapped[int]
    digest: Mapped[str]
    made_at: Mapped[datetime]
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    closed_at: Mapped[datetime | None]
