"""One question as its form shows it: call inside keys_scope()."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from webapp.banks.models import (
    BankVersion,
    BankVersionQuestion,
    QuestionKeyRow,
    QuestionVersion,
    Topic,
)
from webapp.banks.models import Question as QuestionRow
from webapp.banks.queries.questions import media_ids_of, question_of_row
from webapp.banks.rules.schema import Question
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.media import service as media
from webapp.media.models import StoredFile


@dataclass(frozen=True)
class Held:
    """A picture or sound at hand for a question, under its name in the texts."""

    name: str
    file_id: int
    public_name: str
    media_type: str


@dataclass(frozen=True)
class EditedQuestion:
    """A question version with its key and files. question.public.picture: the name of a held file, or ''."""

    version_id: int
    number: int
    question: Question
    held: tuple[Held, ...]


def open_version(bank_id: int) -> BankVersion | None:
    """The newest version of a bank: the open draft, or what the next one is made from."""
    return db.session.scalars(
        select(BankVersion).where(BankVersion.bank_id == bank_id).order_by(BankVersion.number.desc()).limit(1)
    ).one_or_none()


def edited_question(bank_id: int, key: str) -> EditedQuestion:
    """The question as the newest version of the bank holds it. raise (NotFound). Three queries."""
    found = edited_questions(bank_id, [key])
    if not found:
        raise NotFound
    return found[0]


def edited_questions(bank_id: int, keys: Collection[str]) -> list[EditedQuestion]:
    """Those of these questions that the newest version of the bank holds, in its order. Three queries."""
    newest = open_version(bank_id)
    rows = db.session.execute(
        select(QuestionRow.key, QuestionVersion, QuestionKeyRow, Topic.key.label("topic"))
        .select_from(BankVersionQuestion)
        .join(QuestionVersion, QuestionVersion.id == BankVersionQuestion.question_version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
        .join(QuestionKeyRow, QuestionKeyRow.question_version_id == QuestionVersion.id)
        .outerjoin(Topic, Topic.id == QuestionVersion.topic_id)
        .where(
            BankVersionQuestion.bank_version_id == (newest.id if newest else 0),
            QuestionRow.bank_id == bank_id,
            QuestionRow.key.in_(keys),
        )
        .order_by(BankVersionQuestion.position)
    ).all()
    return edited_of(rows)


def edited_of(rows: Sequence[Any]) -> list[EditedQuestion]:
    """The questions of rows with key, QuestionVersion, QuestionKeyRow and topic. One query for all."""
    named = [_named_files(row) for row in rows]
    ids = {file_id for _picture, names in named for file_id in names.values()}
    found = {file.id: file for file in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}
    told = []
    for row, (picture, names) in zip(rows, named, strict=True):
        question = question_of_row(row)
        held = tuple(
            Held(name, file_id, found[file_id].public_name, found[file_id].media_type)
            for name, file_id in names.items()
            if file_id in found
        )
        question = replace(question, public=replace(question.public, picture=picture))
        told.append(EditedQuestion(row.QuestionVersion.id, row.QuestionVersion.number, question, held))
    return told


def _named_files(row: Any) -> tuple[str, dict[str, int]]:
    """(name of the picture above the question, files by name)."""
    above = row.QuestionVersion.picture_file_id
    names = dict(media_ids_of(row))
    if above is None:
        return "", names
    picture = next((name for name, file_id in names.items() if file_id == above), f"picture-{above}")
    return picture, names | {picture: above}


def held_files(named: Sequence[tuple[str, str]]) -> tuple[Held, ...]:
    """Files by (name in the question, random public name); names that nobody could know are left out."""
    rows = {
        row.public_name: row
        for row in db.session.scalars(
            select(StoredFile).where(StoredFile.public_name.in_([public for _, public in named]))
        )
    }
    return tuple(
        Held(name, rows[public].id, public, rows[public].media_type)
        for name, public in dict(named).items()
        if public in rows and rows[public].media_type.startswith(("image/", "audio/"))
    )


def public_names_of(file_ids: list[int]) -> dict[int, str]:
    """The random public names of stored files."""
    return media.public_names(file_ids)
