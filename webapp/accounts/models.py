"""Tables of people, their accounts, sessions, consents and recovery."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class Person(Base):
    """A human being, one record across years: document kind and number are the identity.

    The number is encrypted (owner text 'person:<document_hash hex>') and found by its keyed hash."""

    __tablename__ = "persons"
    __table_args__ = (
        Index("uq_persons_document", "document_kind", "document_hash", unique=True),
        Index("ix_persons_pinyin", "pinyin"),
        Index("ix_persons_last4", "document_last4_hash"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str]
    pinyin: Mapped[str]
    document_kind: Mapped[str]
    document_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    document_hash: Mapped[bytes] = mapped_column(LargeBinary)
    document_last4_hash: Mapped[bytes] = mapped_column(LargeBinary)
    document_mask: Mapped[str]
    sex: Mapped[str] = mapped_column(server_default="")
    born_on: Mapped[date | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Account(Base):
    """How a person signs in. A phone is contact, never identity: several accounts may share one."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index("ix_accounts_phone", "phone_hash"),
        CheckConstraint("state IN ('invited', 'active', 'disabled')", name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_mask: Mapped[str] = mapped_column(server_default="")
    password_hash: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="active")
    must_confirm: Mapped[bool] = mapped_column(server_default=text("false"))
    language: Mapped[str] = mapped_column(server_default="zh_CN")
    totp_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    auth_version: Mapped[int] = mapped_column(server_default="1")
    first_signed_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class AuthSession(Base):
    """A signed-in browser. The cookie holds the random token; the row only its SHA-256."""

    __tablename__ = "auth_sessions"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    auth_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")


class Consent(Base):
    """A dated yes or no to one purpose: 'privacy' (needed) or 'publication' (separate, may be withdrawn)."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_person", "person_id", "purpose"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    purpose: Mapped[str]
    notice_version: Mapped[str]
    is_given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class PersonChange(Base):
    """A wish to change phone, unit, name or document number, decided by a reviewer.

    kind: phone | unit | name | document. proposed: masked or plain facts; secret: the encrypted new value."""

    __tablename__ = "person_changes"
    __table_args__ = (
        CheckConstraint("kind IN ('phone', 'unit', 'name', 'document')", name="kind"),
        CheckConstraint("state IN ('open', 'confirmed', 'refused', 'withdrawn')", name="state"),
        Index(
            "uq_person_changes_open",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[str]
    proposed: Mapped[dict[str, Any]]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="open")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class IdentityClaim(Base):
    """Somebody says that a document number in use is theirs. A reviewer decides, never a program."""

    __tablename__ = "identity_claims"
    __table_args__ = (CheckConstraint("state IN ('open', 'granted', 'refused')", name="state"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    claimant_name: Mapped[str]
    claimant_phone_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    claimant_phone_mask: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    explanation: Mapped[str]
    reference: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default="open")
    decided_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class OneTimeCode(Base):
    """A short-lived code a reviewer or the help desk issues so that a person can set a new password."""

    __tablename__ = "one_time_codes"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    purpose: Mapped[str]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    tries_left: Mapped[int] = mapped_column(SmallInteger, server_default="5")
    issued_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class SignInFailure(Base):
    """Failed sign-ins by identifier (keyed hash) and address, so that slow-downs outlive Redis.

    account_id: whose browser it was, where a known browser is counted apart; the help desk opens these too."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_key", "key_hash", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
