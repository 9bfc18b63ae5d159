"""The public part of question versions, for showing: never keys or explanations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, text

from webapp.banks.formats.sanitise import MediaLink, links_of, shown
from webapp.banks.rules.answers import SlotForm
from webapp.banks.rules.schema import PublicQuestion, QuestionKey
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

    @property
    def listed(self) -> frozenset[str]:
        """Every text that a list of it offers, parts included."""
        own = frozenset(text for texts in self.choices for text in texts)
        return own.union(*(part.listed for part in self.parts))


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
    return {row.id: content_in(row, public_of(row)) for row in rows}


def content_in(row: Row[Any], public: PublicQuestion) -> QuestionContent:
    """The content of a row with id, picture (public name), picture_alt and media (name -> [public name, type])."""
    made = _content(row.id, public, links_of(row.media))
    return replace(made, picture=row.picture, picture_alt=row.picture_alt)


def explained(key: QuestionKey, media: Mapping[str, MediaLink]) -> QuestionKey:
    """The key with links to the pictures and sounds of its explanations."""
    parts = tuple(explained(part, media) for part in key.parts)
    return replace(key, explanation=shown(key.explanation, media), parts=parts)


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
