"""Tables of practical tests. Typed values are only ever added; the newest of an item counts."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import datetime
from webapp.core.db import Base


class PracticalItems(Base):
    """One version of the score sheet of a stage's module; the newest one counts until the first sheet is
    opened (fixed_at), from then on that one and no other. items: as `rules.items.Item.as_json`."""

    __tablename__ = "practical_items"
    __table_args__ = (UniqueConstraint("stage_id", "module", "version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    module: Mapped[str]
    version: Mapped[int]
    items: Mapped[list[Any]]
    digest: Mapped[str]
    fixed_at: Mapped[datetime | None]
    made_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime]


class PracticalModuleRun(Base):
    """Where one module of a stage stands: the draw of its blind numbers, the work made at home, decoding.

    secret: of the draw, shown when it is decoded; commitment: its SHA-256, shown at once. due_at: until when
    works can be handed in; None: nothing is handed in here."""

    __tablename__ = "practical_runs"
    __table_args__ = (
        UniqueConstraint("stage_id", "module"),
        CheckConstraint("(secret IS NULL) = (drawn_at IS NULL)", name="drawn"),
        CheckConstraint("decoded_at IS NULL OR drawn_at IS NOT NULL", name="decoded"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    module: Mapped[str]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    commitment: Mapped[str] = mapped_column(server_default="")
    drawn_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    drawn_at: Mapped[datetime | None]
    decoded_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    decoded_at: Mapped[datetime | None]
    handed_out_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]


class PracticalBlindNumber(Base):
    """Which number an entry bears in a module. Judges see the number only."""

    __tablename__ = "practical_blind_numbers"
    __table_args__ = (UniqueConstraint("run_id", "number"),)

    run_id: Mapped[int] = mapped_column(
        ForeignKey("practical_runs.id"), primary_key=True, autoincrement=False
    )
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("entries.id"), primary_key=True, autoincrement=False, index=True
    )
    number: Mapped[int]
    is_absent: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))


class PracticalJudge(Base):
    """Somebody who scores a module, or leads its judges. Who was taken off stays here with the hour."""

    __tablename__ = "practical_judges"
    __table_args__ = (
        Index(
            "uq_practical_judges_present",
            "stage_id",
            "module",
            "account_id",
            unique=True,
            postgresql_where=sql("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    module: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    is_chief: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))
    assigned_by_account_id: Mapped[int | None] = mapped_column(BigInteger)
    assigned_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class PracticalSheet(Base):
    """What one judge gives one work. state: open (values are typed) | submitted (waits for the second typing,
    where the module has one) | signed | reopened (open again, with the reason). score: of a sheet that was handed
    in, counted from its newest values. round: grows when a sheet is opened again."""

    __tablename__ = "practical_sheets"
    __table_args__ = (
        UniqueConstraint("judge_id", "number"),
        Index("ix_practical_sheets_run", "run_id", "number"),
        CheckConstraint("state IN ('open', 'submitted', 'signed', 'reopened')", name="state"),
        CheckConstraint("state IN ('open', 'reopened') OR score IS NOT NULL", name="score"),
        CheckConstraint("state <> 'reopened' OR reason <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("practical_runs.id"))
    items_id: Mapped[int] = mapped_column(ForeignKey("practical_items.id"))
    judge_id: Mapped[int] = mapped_column(ForeignKey("practical_judges.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="open")
    score: Mapped[Any | None] = mapped_column(Numeric(9, 4))
    is_disqualified: Mapped[bool] = mapped_column(Boolean, server_default=sql("false"))
    reason: Mapped[str] = mapped_column(server_default="")
    round: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    submitted_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    second_by_account_id: Mapped[int | None] = mapped_column(BigInteger)


class PracticalEntry(Base):
    """One typed value; append-only. reading: 1 the judge's own, 2 the second typing. device and seq: which change
    of the item in which browser it is; the same one coming again is not kept twice. round: grows when a sheet is opened again."""

    __tablename__ = "practical_entries"
    __table_args__ = (
        UniqueConstraint("sheet_id", "item", "device", "seq"),
        CheckConstraint("reading IN (1, 2)", name="reading"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("practical_sheets.id"))
    reading: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    round: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    device: Mapped[str]
    seq: Mapped[int]
    item: Mapped[str]
    value: Mapped[str]
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    arrived_at: Mapped[datetime]


class PracticalSignoff(Base):
    """A chief judge's signature under a module, with the scan of the signed paper; append-only.

    sheets_digest: SHA-256 over all signed sheets as they were. The newest one counts; it falls when a sheet is
    opened again afterwards (the digest no longer fits)."""

    __tablename__ = "practical_signoffs"
    __table_args__ = (Index("ix_practical_signoffs_run", "run_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("practical_runs.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str]
    file_digest: Mapped[str]
    sheets_digest: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class PracticalFiling(Base):
    """The practical scores of a stage at one moment, as they went to the combined scores; append-only.

    scores: [{entry_id, participation_ids, modules: {code: "numerator/denominator"}, score}]."""

    __tablename__ = "practical_filings"
    __table_args__ = (UniqueConstraint("stage_id", "number"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stages.id"))
    number: Mapped[int]
    scores: Mapped[list[Any]]
    digest: Mapped[str]
    how: Mapped[str] = mapped_column(server_default="sheets")
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class PracticalDeliverable(Base):
    """A work that comes as a file in pieces. digest: SHA-256 over the hex digests of the pieces in their order,
    said before and checked at the end; file_digest: SHA-256 of the whole file, as it was received.
    The pieces stay as they came: what is downloaded is their sequence.

    A contestant may begin again before the deadline: the newest complete one counts."""

    __tablename__ = "practical_deliverables"
    __table_args__ = (
        Index("ix_practical_deliverables_entry", "run_id", "entry_id"),
        CheckConstraint("size_bytes > 0", name="size"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("practical_runs.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    name: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    piece_bytes: Mapped[int]
    digest: Mapped[str]
    file_digest: Mapped[str] = mapped_column(server_default="")
    receipt: Mapped[str] = mapped_column(server_default="")
    by_account_id: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class PracticalPiece(Base):
    """A piece that has arrived whole."""

    __tablename__ = "practical_pieces"

    deliverable_id: Mapped[int] = mapped_column(
        ForeignKey("practical_deliverables.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    arrived_at: Mapped[datetime]
