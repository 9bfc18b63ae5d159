"""The public part of question versions, for showing: never keys or explanations."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.banks.formats.sanitise import links_of, shown
from webapp.core.db import db


@dataclass(frozen=True)
class QuestionContent:
    """What a contestant sees of a question. picture: random public name, '' = none. Texts hold the public
    names of their pictures and sounds."""

    version_id: int
    question_type: str
    stem: str
    options: tuple[str, ...]
    blanks: int
    picture: str
    picture_alt: str


_SELECT = text(
    """
    SELECT q.id, q.type, q.stem, q.options, q.blanks, coalesce(f.public_name, '') AS picture, q.picture_alt,
           (SELECT jsonb_object_agg(m.key, jsonb_build_array(s.public_name, s.media_type))
            FROM jsonb_each_text(q.extra->'media') m JOIN stored_files s ON s.id = m.value::bigint) AS media
    FROM question_versions q LEFT JOIN stored_files f ON f.id = q.picture_file_id
    WHERE q.id = ANY(:ids)
    """
)


def contents(version_ids: list[int]) -> dict[int, QuestionContent]:
    """The content of each version, by id."""
    rows = db.session.execute(_SELECT, {"ids": version_ids})
    return {
        row.id: QuestionContent(
            row.id,
            row.type,
            shown(row.stem, links_of(row.media)),
            tuple(shown(option, links_of(row.media)) for option in row.options),
            row.blanks,
            row.picture,
            row.picture_alt,
        )
        for row in rows
    }
