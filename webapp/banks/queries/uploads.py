"""Uploads and what is staged of them. Staged questions hold keys: call those inside keys_scope()."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import array

from webapp.banks.formats.progress import Step, percent
from webapp.banks.formats.shape import Shape
from webapp.banks.models import Bank, BankUpload, StagedPiece, StagedUpload
from webapp.banks.queries.questions import QuestionView, views_of
from webapp.banks.rules.pieces import pieces_of, unpacked
from webapp.banks.rules.storage import question_from_json
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.problems import Problem, message_from_json
from webapp.core.words import Message

MAPPED = ("columns", "types", "difficulties", "ignored", "between_options", "between_answers", "first_option")
"""Options that only the mapping step sets."""


MAX_PAGE = 1_000_000
"""No file has so many; places in JSON end at 2^31."""


@dataclass(frozen=True)
class UploadView:
    """An upload as a page shows it. counts: rows, valid, bad, errors, repeats, and by type, topic, difficulty.
    step, done, total: how far the reading is."""

    upload_id: int
    bank_id: int
    bank_code: str
    bank_title: dict[str, Any]
    file_id: int
    file_name: str
    format: str
    state: str
    counts: dict[str, Any]
    problem_count: int
    uploaded_at: datetime
    uploaded_by_account_id: int | None
    accepted_version_id: int | None
    organisation_id: int | None
    options: dict[str, Any]
    step: str = ""
    done: int = 0
    total: int = 0
    headings: str = ""

    @property
    def percent(self) -> int:
        """How much of the reading is done, of a hundred."""
        return percent(Step(self.step), self.done, self.total) if self.step else 0

    @property
    def is_being_read(self) -> bool:
        return self.state in {"waiting", "parsing"}


def upload(upload_id: int) -> UploadView:
    """One upload. Raise NotFound."""
    row = db.session.execute(
        select(BankUpload, Bank).join(Bank, Bank.id == BankUpload.bank_id).where(BankUpload.id == upload_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def uploads(bank_id: int, limit: int = 20) -> list[UploadView]:
    """The latest uploads of a bank, newest first. One query."""
    rows = db.session.execute(
        select(BankUpload, Bank)
        .join(Bank, Bank.id == BankUpload.bank_id)
        .where(BankUpload.bank_id == bank_id)
        .order_by(BankUpload.id.desc())
        .limit(limit)
    )
    return [_view(row) for row in rows]


def _view(row: Any) -> UploadView:
    item, bank = row.BankUpload, row.Bank
    return UploadView(
        upload_id=item.id,
        bank_id=bank.id,
        bank_code=bank.code,
        bank_title=bank.title,
        file_id=item.file_id,
        file_name=item.file_name,
        format=item.format,
        state=item.state,
        counts=item.counts,
        problem_count=item.problem_count,
        uploaded_at=item.uploaded_at,
        uploaded_by_account_id=item.uploaded_by_account_id,
        accepted_version_id=item.accepted_version_id,
        organisation_id=bank.organisation_id,
        options=item.options,
        step=item.step,
        done=item.done,
        total=item.total,
        headings=item.headings,
    )


def upload_problems(upload_id: int) -> tuple[list[Problem], list[tuple[str, Message]]]:
    """The staged problems of an upload, and what was left unread with the reason."""
    staged = db.session.execute(
        select(StagedUpload.problems, StagedUpload.skipped).where(StagedUpload.upload_id == upload_id)
    ).one_or_none()
    if staged is None:
        return [], []
    skipped = [(item["name"], message_from_json(item["why"])) for item in staged.skipped]
    return [Problem.from_json(item) for item in staged.problems], skipped


def upload_questions(upload_id: int, page: int = 1, size: int = 10) -> tuple[list[QuestionView], int]:
    """One page of the questions an upload would bring, and how many there are. Two queries; only the pieces of
    that page are read."""
    start = (min(max(page, 1), MAX_PAGE) - 1) * size
    numbers, before = pieces_of(start, start + size)
    counts = db.session.scalar(
        select(BankUpload.counts)
        .join(StagedUpload, StagedUpload.upload_id == BankUpload.id)
        .where(BankUpload.id == upload_id)
    )
    if not counts:
        return [], 0
    found = staged_questions(upload_id, numbers)[start - before : start - before + size]
    return views_of([question_from_json(item) for item in found], counts["pictures"]), counts["valid"]


def staged_questions(upload_id: int, numbers: range | None = None) -> list[dict[str, Any]]:
    """The staged questions of an upload as JSON, in the order of the file; numbers: of these pieces only."""
    wanted = select(StagedPiece.content).where(StagedPiece.upload_id == upload_id)
    if numbers is not None:
        wanted = wanted.where(StagedPiece.number >= numbers.start, StagedPiece.number < numbers.stop)
    return unpacked(db.session.scalars(wanted.order_by(StagedPiece.number)))


def upload_shape(upload_id: int) -> Shape:
    """What the reader found of the file's columns, names and signs."""
    staged = db.session.scalar(select(StagedUpload.shape).where(StagedUpload.upload_id == upload_id))
    return Shape.from_json(staged or {})


def mapped_before(view: UploadView, account_id: int | None) -> UploadView | None:
    """The latest other upload of this person with the same headings, for which something was said about them."""
    if not view.headings or account_id is None:
        return None
    row = db.session.execute(
        select(BankUpload, Bank)
        .join(Bank, Bank.id == BankUpload.bank_id)
        .where(
            BankUpload.uploaded_by_account_id == account_id,
            BankUpload.headings == view.headings,
            BankUpload.id != view.upload_id,
            BankUpload.state.in_(("parsed", "accepted")),
            BankUpload.options.has_any(array(MAPPED)),
        )
        .order_by(BankUpload.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _view(row)
