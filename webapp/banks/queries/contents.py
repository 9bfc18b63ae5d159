"""The public part of question versions, for showing: never keys or explanations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text

from webapp.banks.formats.sanitise import MediaLink, links_of, shown
from webapp.banks.rules.answers import SlotForm
from webapp.banks.rules.schema import PublicQuestion
from webapp.banks.rules.storage import public_of
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
    choices: tuple[tuple[str, ...], ...] = ()
    items: tuple[str, ...] = ()
    parts: tuple["QuestionContent", ...] = ()

    @property
    def form(self) -> SlotForm:
        """What answers it can take."""
        parts = tuple(part.form for part in self.parts)
        return SlotForm(self.question_type, len(self.options), self.blanks, len(self.items), parts)


_SELECT = text(
    """
    SELECT q.id, q.type, q.stem, q.options, q.blanks, coalesce(f.public_name, '') AS picture, q.picture_alt, q.extra,
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
        row.id: replace(
            _content(row.id, public_of(row), links_of(row.media)),
            picture=row.picture,
            picture_alt=row.picture_alt,
        )
        for row in rows
    }


def content_of(public: PublicQuestion, files: Mapping[str, Sequence[str]]) -> QuestionContent:
    """The content of a question that is not stored. files: (public name, media type) by name in its texts."""
    return _content(0, public, links_of(files))


def _content(version_id: int, public: PublicQuestion, media: Mapping[str, MediaLink]) -> QuestionContent:
    def texts(found: Sequence[str]) -> tuple[str, ...]:
        return tuple(shown(text, media) for text in found)

    return QuestionContent(
        version_id,
        public.type.value,
        shown(public.stem, media),
        texts(public.options),
        public.blanks,
        "",
        "",
        tuple(map(texts, public.choices)),
        texts(public.items),
        tuple(_content(version_id, part, media) for part in public.parts),
    )
