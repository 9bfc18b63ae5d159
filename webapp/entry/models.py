"""Tables of entry: the other sides, whom they brought, which tickets were used."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class EntryDoor(Base):
    """One way in. kind: ticket (a signed one-time ticket in the address) | oidc (OpenID Connect, code flow).

    issuer: what stands in `iss`; for oidc the address under which its configuration is published.
    client_id: our name there, the audience of its tokens. secret_cipher: the shared secret, encrypted (owner
    'door:<code>'); empty for tickets that are checked with public_keys (a JWK set)."""

    __tablename__ = "entry_doors"
    __table_args__ = (CheckConstraint("kind IN ('ticket', 'oidc')", name="kind"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    title: Mapped[dict[str, Any]]
    issuer: Mapped[str]
    client_id: Mapped[str]
    secret_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    public_keys: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    is_open: Mapped[bool] = mapped_column(server_default=sql("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=sql("clock_timestamp()"))


class OutsideIdentity(Base):
    """Somebody of another side who is a person here. ended_at: since when no more. The outside name is kept
    as a keyed hash only."""

    __tablename__ = "outside_identities"
    __table_args__ = (
        Index(
            "uq_outside_identities_subject",
            "door_id",
            "subject_hash",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
        Index(
            "uq_outside_identities_person",
            "door_id",
            "person_id",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    door_id: Mapped[int] = mapped_column(ForeignKey("entry_doors.id"))
    subject_hash: Mapped[bytes] = mapped_column(LargeBinary)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    bound_at: Mapped[datetime]
    used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class UsedTicket(Base):
    """A ticket that was used; forgotten when it could not be used any more anyway."""

    __tablename__ = "used_tickets"

    door_id: Mapped[int] = mapped_column(ForeignKey("entry_doors.id"), primary_key=True, autoincrement=False)
    number_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[datetime]
