"""The life of one question: its versions with who, when and where, and whether it is out. Inside keys_scope()."""

from dataclasses import dataclass

from sqlalchemy import select, text

from webapp.banks.models import Question as QuestionRow
from webapp.banks.models import QuestionKeyRow, QuestionVersion, RetiredQuestion, Topic
from webapp.banks.queries.editing import EditedQuestion, edited_of
from webapp.banks.queries.questions import QuestionView, views_of
from webapp.banks.rules.difference import Change, changes
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound

MOST_VERSIONS = 50


@dataclass(frozen=True)
class VersionLife:
    """One version. author: a name, '' for an import by a command. places: (bank version, its state).
    changes: against the version before; none for the first."""

    version_id: int
    number: int
    created_at: datetime
    author: str
    places: tuple[tuple[int, str], ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Retirement:
    """Why and since when a question is out, and who asked for it back (None: nobody)."""

    retired_id: int
    reason: str
    retired_at: datetime
    restore_reason: str
    restore_asked_by: int | None


@dataclass(frozen=True)
class QuestionLife:
    """A question through its versions, newest first. view: the newest one as setters see it."""

    question_id: int
    key: str
    view: QuestionView
    versions: tuple[VersionLife, ...]
    retirement: Retirement | None
    is_open: bool


_PLACES = text(
    """
    SELECT b.question_version_id AS id, v.number, v.state
    FROM bank_version_questions b JOIN bank_versions v ON v.id = b.bank_version_id
    WHERE b.question_version_id = ANY(:ids) ORDER BY v.number
    """
)
_AUTHORS = text(
    """
    SELECT a.id, p.name FROM accounts a JOIN persons p ON p.id = a.person_id WHERE a.id = ANY(:ids)
    """
)
_IS_OPEN = text(
    """
    SELECT EXISTS (
        SELECT FROM bank_version_questions b JOIN question_versions q ON q.id = b.question_version_id
        WHERE q.question_id = :question_id AND b.bank_version_id =
              (SELECT id FROM bank_versions WHERE bank_id = :bank_id ORDER BY number DESC LIMIT 1)
    )
    """
)


def question_life(bank_id: int, key: str) -> QuestionLife:
    """A question of a bank with its newest versions, 50 at most. raise (NotFound)."""
    rows = db.session.execute(
        select(QuestionRow.key, QuestionVersion, QuestionKeyRow, Topic.key.label("topic"))
        .select_from(QuestionVersion)
        .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
        .join(QuestionKeyRow, QuestionKeyRow.question_version_id == QuestionVersion.id)
        .outerjoin(Topic, Topic.id == QuestionVersion.topic_id)
        .where(QuestionRow.bank_id == bank_id, QuestionRow.key == key)
        .order_by(QuestionVersion.number.desc())
        .limit(MOST_VERSIONS)
    ).all()
    if not rows:
        raise NotFound
    told = edited_of(rows)
    newest = told[0]
    (view,) = views_of([newest.question], {one.name: one.file_id for one in newest.held})
    question_id = rows[0].QuestionVersion.question_id
    return QuestionLife(
        question_id,
        key,
        view,
        _versions([row.QuestionVersion for row in rows], told),
        retirement_of(question_id),
        bool(db.session.scalar(_IS_OPEN, {"question_id": question_id, "bank_id": bank_id})),
    )


def retirement_of(question_id: int) -> Retirement | None:
    """Why a question is out, None when it is not."""
    row = db.session.scalars(
        select(RetiredQuestion).where(
            RetiredQuestion.question_id == question_id, RetiredQuestion.restored_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    return Retirement(row.id, row.reason, row.retired_at, row.restore_reason, row.restore_asked_by_account_id)


def _versions(rows: list[QuestionVersion], told: list[EditedQuestion]) -> tuple[VersionLife, ...]:
    ids = [row.id for row in rows]
    places: dict[int, list[tuple[int, str]]] = {}
    for place in db.session.execute(_PLACES, {"ids": ids}):
        places.setdefault(place.id, []).append((place.number, place.state))
    accounts = [row.created_by_account_id for row in rows if row.created_by_account_id is not None]
    authors = {row.id: row.name for row in db.session.execute(_AUTHORS, {"ids": accounts})}
    before = [*told[1:], None]
    return tuple(
        VersionLife(
            row.id,
            row.number,
            row.created_at,
            authors.get(row.created_by_account_id or 0, ""),
            tuple(places.get(row.id, ())),
            changes(earlier.question, now.question) if earlier is not None else (),
        )
        for row, now, earlier in zip(rows, told, before, strict=True)
    )
