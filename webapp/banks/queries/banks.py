"""Reading banks: lists for staff, pools and public parts for the exam, keys for marking only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from webapp.banks.formats.sanitise import MediaLink
from webapp.banks.models import (
    Bank,
    BankVersion,
    BankVersionQuestion,
    Question,
    QuestionKeyRow,
    QuestionVersion,
    Topic,
)
from webapp.banks.queries.contents import explained
from webapp.banks.rules.schema import PublicQuestion, QuestionKey
from webapp.banks.rules.storage import key_from_json, public_of
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.media.models import StoredFile


@dataclass(frozen=True)
class BankView:
    """A bank in a list. questions: of the approved version; waiting: whether a version waits for review."""

    bank_id: int
    code: str
    title: dict[str, str]
    approved_number: int | None
    questions: int
    newest_number: int | None
    newest_state: str
    created_at: datetime
    organisation_id: int | None = None
    is_sealed: bool = False
    description: dict[str, str] | None = None
    newest_version_id: int | None = None
    approved_version_id: int | None = None


@dataclass(frozen=True)
class PoolRow:
    """One question that may be drawn."""

    version_id: int
    type: str
    topic: str
    difficulty: str


def banks() -> list[BankView]:
    """All banks, by code. Two queries however many there are."""
    return _views(select(Bank))


@dataclass(frozen=True)
class BankName:
    """A bank to choose. approved_version_id: None when no version was approved."""

    bank_id: int
    code: str
    title: dict[str, str]
    is_sealed: bool
    approved_version_id: int | None


def bank_names() -> list[BankName]:
    """All banks by code, without counting anything. One query."""
    rows = db.session.execute(
        select(Bank.id, Bank.code, Bank.title, Bank.is_sealed, Bank.approved_version_id).order_by(Bank.code)
    )
    return [BankName(*row) for row in rows]


def bank(code: str) -> BankView:
    """One bank. Raise NotFound."""
    found = _views(select(Bank).where(Bank.code == code))
    if not found:
        raise NotFound
    return found[0]


def _views(wanted: Any) -> list[BankView]:
    counts = dict(
        db.session.execute(
            select(BankVersionQuestion.bank_version_id, func.count()).group_by(
                BankVersionQuestion.bank_version_id
            )
        ).all()
    )
    newest = (
        select(BankVersion)
        .ext(distinct_on(BankVersion.bank_id))
        .order_by(BankVersion.bank_id, BankVersion.number.desc())
        .subquery()
    )
    approved = select(BankVersion.id, BankVersion.number).subquery()
    rows = db.session.execute(
        wanted.add_columns(
            newest.c.id.label("newest_id"),
            newest.c.number,
            newest.c.state,
            approved.c.number.label("approved_number"),
        )
        .outerjoin(newest, newest.c.bank_id == Bank.id)
        .outerjoin(approved, approved.c.id == Bank.approved_version_id)
        .order_by(Bank.code)
    )
    return [
        BankView(
            bank_id=row.Bank.id,
            code=row.Bank.code,
            title=row.Bank.title,
            approved_number=row.approved_number,
            questions=counts.get(row.Bank.approved_version_id or row.newest_id or 0, 0),
            newest_number=row.number,
            newest_state=row.state or "",
            created_at=row.Bank.created_at,
            organisation_id=row.Bank.organisation_id,
            is_sealed=row.Bank.is_sealed,
            description=row.Bank.description,
            newest_version_id=row.newest_id,
            approved_version_id=row.Bank.approved_version_id,
        )
        for row in rows
    ]


def bank_id_of(code: str) -> int:
    """The id of a bank. Raise NotFound."""
    found = db.session.scalar(select(Bank.id).where(Bank.code == code))
    if found is None:
        raise NotFound
    return found


def approved_version_id(code: str) -> int | None:
    """The version in force, or None when there is none (or no such bank)."""
    return db.session.scalar(select(Bank.approved_version_id).where(Bank.code == code))


def pool(bank_version_id: int) -> list[PoolRow]:
    """All questions of a version, by id."""
    rows = db.session.execute(
        select(QuestionVersion.id, QuestionVersion.type, Topic.key, QuestionVersion.difficulty)
        .join(BankVersionQuestion, BankVersionQuestion.question_version_id == QuestionVersion.id)
        .outerjoin(Topic, Topic.id == QuestionVersion.topic_id)
        .where(BankVersionQuestion.bank_version_id == bank_version_id)
        .order_by(QuestionVersion.id)
    )
    return [PoolRow(row.id, row.type, row.key or "", row.difficulty) for row in rows]


def counts(bank_version_id: int) -> dict[str, dict[str, int]]:
    """How many questions a version has by type, topic and difficulty."""
    found: dict[str, dict[str, int]] = {"type": {}, "topic": {}, "difficulty": {}}
    for row in pool(bank_version_id):
        for name, value in (("type", row.type), ("topic", row.topic), ("difficulty", row.difficulty)):
            found[name][value] = found[name].get(value, 0) + 1
    return found


@dataclass(frozen=True)
class VersionView:
    """A version in a bank's history."""

    version_id: int
    bank_id: int
    number: int
    state: str
    note: str
    created_at: datetime
    created_by_account_id: int | None
    decided_at: datetime | None
    decision_reason: str
    edited_by: tuple[int, ...] = ()

    def is_of(self, account_id: int) -> bool:
        """Whether this person made or edited it, and so cannot approve it."""
        return account_id == self.created_by_account_id or account_id in self.edited_by


def versions(bank_id: int) -> list[VersionView]:
    """The versions of a bank, newest first."""
    rows = db.session.scalars(
        select(BankVersion).where(BankVersion.bank_id == bank_id).order_by(BankVersion.number.desc())
    )
    return [_version_view(row) for row in rows]


def version(version_id: int) -> VersionView:
    """One version. Raise NotFound."""
    row = db.session.get(BankVersion, version_id)
    if row is None:
        raise NotFound
    return _version_view(row)


def _version_view(row: BankVersion) -> VersionView:
    return VersionView(
        row.id,
        row.bank_id,
        row.number,
        row.state,
        row.note,
        row.created_at,
        row.created_by_account_id,
        row.decided_at,
        row.decision_reason,
        tuple(row.edited_by),
    )


def public_questions(version_ids: Collection[int]) -> dict[int, PublicQuestion]:
    """The public part of question versions, by id."""
    rows = db.session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(list(version_ids))))
    return {row.id: public_of(row) for row in rows}


def keys(version_ids: Collection[int]) -> dict[int, QuestionKey]:
    """The keys of question versions, by id. Call inside keys_scope(): pages cannot read them."""
    rows = db.session.scalars(
        select(QuestionKeyRow).where(QuestionKeyRow.question_version_id.in_(list(version_ids)))
    ).all()
    links = stored_links({file_id for row in rows for file_id in row.rules.get("media", {}).values()})
    return {row.question_version_id: _key(row, links) for row in rows}


def _key(row: QuestionKeyRow, links: Mapping[int, MediaLink]) -> QuestionKey:
    media = row.rules.get("media", {})
    held = {name: links[file_id] for name, file_id in media.items() if file_id in links}
    return explained(key_from_json(row.answer, row.rules, row.explanation), held)


def stored_links(file_ids: Collection[int]) -> dict[int, MediaLink]:
    """Where stored files are served, by id. No query when there are none."""
    if not file_ids:
        return {}
    rows = db.session.execute(
        select(StoredFile.id, StoredFile.public_name, StoredFile.media_type).where(
            StoredFile.id.in_(file_ids)
        )
    )
    return {row.id: MediaLink(row.public_name, row.media_type) for row in rows}


def question_keys_of(bank_version_id: int) -> dict[str, int]:
    """Stable question key → version id within a bank version."""
    rows: Any = db.session.execute(
        select(Question.key, QuestionVersion.id)
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(BankVersionQuestion, BankVersionQuestion.question_version_id == QuestionVersion.id)
        .where(BankVersionQuestion.bank_version_id == bank_version_id)
    )
    return dict(rows.all())


def organisation_paths(organisation_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Each organisation's ancestors with itself, for checks of scope. One query."""
    if not organisation_ids:
        return {}
    rows = db.session.execute(_PATHS, {"ids": list(organisation_ids)})
    return {row.descendant_id: tuple(row.path) for row in rows}


_PATHS = text(
    "SELECT descendant_id, array_agg(ancestor_id) AS path FROM organisation_closure"
    " WHERE descendant_id = ANY(:ids) GROUP BY descendant_id"
)
