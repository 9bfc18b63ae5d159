"""Tables of the union tree, the units below it, and the roles people hold."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Organisation(Base):
    """A union, an industry body, an organiser or a unit (enterprise). The tree hangs on parent_id.

    kind: union | unit | organiser. level: the review level a contest file names, for example
    'province', 'industry', 'city', 'county', 'unit'. credit_code: the unified social credit code,
    the key of a unit, because one firm's name is spelt many ways."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("kind IN ('union', 'unit', 'organiser')", name="kind"),
        Index("ix_organisations_pinyin", "pinyin"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    credit_code: Mapped[str | None] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    kind: Mapped[str]
    level: Mapped[str]
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(server_default="")
    pinyin: Mapped[str]
    region: Mapped[str] = mapped_column(server_default="")
    industry: Mapped[str] = mapped_column(server_default="")
    is_open: Mapped[bool] = mapped_column(server_default=text("true"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class OrganisationClosure(Base):
    """Every pair of ancestor and descendant, each organisation with itself at depth 0."""

    __tablename__ = "organisation_closure"
    __table_args__ = (Index("ix_organisation_closure_descendant", "descendant_id", "depth"),)

    ancestor_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    descendant_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    depth: Mapped[int]


class RoleGrant(Base):
    """One role of one person within one scope; revoked, never deleted."""

    __tablename__ = "role_grants"
    __table_args__ = (
        Index(
            "uq_role_grants_active",
            "person_id",
            "role",
            "scope_kind",
            "scope_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    role: Mapped[str]
    scope_kind: Mapped[str]
    scope_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    granted_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    granted_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    revoked_at: Mapped[datetime | None]
