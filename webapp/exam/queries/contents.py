"""The public part of question versions, for showing: never keys or explanations."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.core.db import db


@dataclass(frozen=True)
class QuestionContent:
    """What a contestant sees of a question. picture: random public name, '' = none."""

    version_id: int
    question_type: str
    stem: str
    options: tuple[str, ...]
    blanks: int
    picture: str
    picture_alt: str


_SELECT = text(
    """
    SELECT q.id, q.type, q.stem, q.options, q.blanks, coalesce(f.public_name, '') AS picture, q.picture_alt
    FROM question_versions q LEFT JOIN stored_files f ON f.id = q.picture_file_id
    WHERE q.id = ANY(:ids)
    """
)


def contents(version_ids: list[int]) -> dict[int, QuestionContent]:
    """The content of each version, by id."""
    rows = db.session.execute(_SELECT, {"ids": version_ids})
    return {
        row.id: QuestionContent(
            row.id, row.type, row.stem, tuple(row.options), row.blanks, row.picture, row.picture_alt
        )
        for row in rows
    }
