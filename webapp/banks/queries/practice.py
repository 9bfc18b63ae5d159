"""Questions for practice: which there are, and the public part of those asked. Never keys or explanations."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from webapp.banks.queries.contents import QuestionContent, content_in
from webapp.banks.rules.schema import MEDIA, PublicQuestion, QuestionType
from webapp.banks.rules.storage import public_of
from webapp.core.db import db


@dataclass(frozen=True)
class PracticeBank:
    """A bank to practise from. version_id: the approved version, None when there is none yet."""

    bank_id: int
    version_id: int | None
    is_sealed: bool


@dataclass(frozen=True)
class PracticeQuestion:
    """A question of a bank version. topic: its key within the bank, '' = none."""

    question_id: int
    version_id: int
    topic: str


@dataclass(frozen=True)
class AskedQuestion:
    """The public part of a question version: as marking reads it, and as people see it. is_sealed: its bank
    is closed to people now."""

    question_id: int
    version_id: int
    public: PublicQuestion
    content: QuestionContent
    source: str
    is_sealed: bool

    @property
    def kind(self) -> QuestionType:
        return self.public.type


@dataclass(frozen=True)
class Practised:
    """A question in its approved version, with the words of its place. topic: key, unique with bank_code."""

    question_id: int
    version_id: int
    bank_code: str
    topic: str
    topic_title: dict[str, str] | None
    stem: str


_BANK = text("SELECT id, approved_version_id, is_sealed FROM banks WHERE code = :code")
# Written answers wait for people: no quiz asks them, alone or within a passage.
_MARKED_AT_ONCE = """v.type <> 'essay' AND NOT coalesce(v.extra->'parts', '[]') @> '[{"type": "essay"}]'"""
_POOL = text(
    f"""
    SELECT v.question_id, v.id AS version_id, coalesce(t.key, '') AS topic
    FROM bank_version_questions b JOIN question_versions v ON v.id = b.question_version_id
    LEFT JOIN topics t ON t.id = v.topic_id
    WHERE b.bank_version_id = :bank_version_id
      AND {_MARKED_AT_ONCE}
      AND NOT EXISTS (SELECT FROM retired_questions r WHERE r.question_id = v.question_id AND r.restored_at IS NULL)
    ORDER BY v.id
    """  # noqa: S608 - a constant of our own
)
_ASKED = text(
    """
    SELECT v.question_id, v.id, v.type, v.stem, v.options, v.blanks, v.extra,
           coalesce(f.public_name, '') AS picture, v.picture_alt, v.source, bank.is_sealed,
           (SELECT jsonb_object_agg(m.key, jsonb_build_array(s.public_name, s.media_type))
            FROM jsonb_each_text(v.extra->'media') m JOIN stored_files s ON s.id = m.value::bigint) AS media
    FROM question_versions v JOIN questions q ON q.id = v.question_id JOIN banks bank ON bank.id = q.bank_id
    LEFT JOIN stored_files f ON f.id = v.picture_file_id
    WHERE v.id = ANY(:ids)
    """
)
_PRACTISED = text(
    f"""
    SELECT v.question_id, v.id AS version_id, bank.code AS bank_code, coalesce(t.key, '') AS topic,
           t.title AS topic_title, v.stem
    FROM questions q JOIN banks bank ON bank.id = q.bank_id
    JOIN bank_version_questions b ON b.bank_version_id = bank.approved_version_id
    JOIN question_versions v ON v.id = b.question_version_id AND v.question_id = q.id
    LEFT JOIN topics t ON t.id = v.topic_id
    WHERE q.id = ANY(:ids) AND NOT bank.is_sealed AND {_MARKED_AT_ONCE} ORDER BY v.id
    """  # noqa: S608 - a constant of our own
)
_STEMS = text(
    """
    SELECT v.id, CASE WHEN bank.is_sealed THEN '' ELSE v.stem END AS stem
    FROM question_versions v JOIN questions q ON q.id = v.question_id JOIN banks bank ON bank.id = q.bank_id
    WHERE v.id = ANY(:ids)
    """
)


def practice_bank(code: str) -> PracticeBank | None:
    """The bank of this code, or None."""
    row = db.session.execute(_BANK, {"code": code}).one_or_none()
    return PracticeBank(row.id, row.approved_version_id, row.is_sealed) if row else None


def practice_pool(bank_version_id: int) -> list[PracticeQuestion]:
    """Every question of a bank version that a quiz can ask: all that a program can mark."""
    rows = db.session.execute(_POOL, {"bank_version_id": bank_version_id})
    return [PracticeQuestion(row.question_id, row.version_id, row.topic) for row in rows]


def asked(version_ids: Collection[int]) -> dict[int, AskedQuestion]:
    """The public part of each version, by version id. One query."""
    rows = db.session.execute(_ASKED, {"ids": list(version_ids)})
    return {row.id: _asked(row) for row in rows}


def _asked(row: Row[Any]) -> AskedQuestion:
    public = public_of(row)
    return AskedQuestion(row.question_id, row.id, public, content_in(row, public), row.source, row.is_sealed)


def practised(question_ids: Collection[int]) -> dict[int, Practised]:
    """Those of these questions that can be practised now, by question id: approved, and not sealed."""
    rows = db.session.execute(_PRACTISED, {"ids": list(question_ids)}).mappings()
    return {row["question_id"]: Practised(**row) for row in rows}


def stems(version_ids: Collection[int]) -> dict[int, str]:
    """What these versions ask, for lists; empty while their bank is sealed."""
    rows = db.session.execute(_STEMS, {"ids": list(version_ids)})
    return {row.id: MEDIA.sub("", row.stem) for row in rows}
