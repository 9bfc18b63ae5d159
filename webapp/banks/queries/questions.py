"""Whole questions of a bank version, for its setters and reviewers only: call inside keys_scope()."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select

from webapp.banks.formats.files import Known
from webapp.banks.formats.media import safe_name
from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.sanitise import MediaLink, shown
from webapp.banks.models import (
    Bank,
    BankVersion,
    BankVersionQuestion,
    QuestionKeyRow,
    QuestionVersion,
    Topic,
)
from webapp.banks.models import Question as QuestionRow
from webapp.banks.queries.banks import stored_links
from webapp.banks.queries.shown import BodyView, body_of
from webapp.banks.rules.check import fingerprint, right_texts
from webapp.banks.rules.schema import (
    MEDIA,
    BankFile,
    Difficulty,
    Question,
    TopicTitle,
    map_key,
    map_public,
    media_names,
    media_token,
    unspoken,
    words_of,
)
from webapp.banks.rules.storage import key_from_json, public_of
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.media import service as media
from webapp.media.models import StoredFile


@dataclass(frozen=True)
class QuestionView:
    """A question as a setter or reviewer sees it. picture: public name of its picture, or ''. is_unspoken: a
    picture of it has no words for people who do not see it."""

    key: str
    body: BodyView
    explanation: str
    topic: str
    difficulty: str
    source: str
    tags: tuple[str, ...]
    picture: str = ""
    place: str = ""
    picture_alt: str = ""
    is_unspoken: bool = False


@dataclass(frozen=True)
class Difference:
    """What a version changes against an earlier one: keys of questions, sorted."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int


def view_of(
    question: Question, picture: str = "", place: str = "", is_unspoken: bool = False
) -> QuestionView:
    """The page's view of a question."""
    public, secret = question.public, question.secret
    return QuestionView(
        key=question.key,
        body=body_of(public, secret),
        explanation=secret.explanation,
        topic=question.topic,
        difficulty=question.difficulty.value,
        source=question.source,
        tags=question.tags,
        picture=picture,
        place=place,
        picture_alt=public.picture_alt,
        is_unspoken=is_unspoken,
    )


def views_of(
    questions: Sequence[Question],
    picture_ids: Mapping[str, int],
    media_ids: Sequence[Mapping[str, int]] | None = None,
) -> list[QuestionView]:
    """Views of questions whose pictures are stored files. Two queries at most.

    media_ids: for each question the files of its texts; None: they are among picture_ids."""
    own = media_ids or [
        {name: picture_ids[name] for name in media_names(question) if name in picture_ids}
        for question in questions
    ]
    names = media.public_names(list(picture_ids.values())) if picture_ids else {}
    links = stored_links({file_id for one in own for file_id in one.values()})
    return [
        view_of(
            _with_texts(
                question, {name: links[file_id] for name, file_id in ids.items() if file_id in links}
            ),
            names.get(picture_ids.get(question.public.picture, 0), ""),
            f"{question.sheet}:{question.row}" if question.row else "",
            bool(unspoken(question.public)),
        )
        for question, ids in zip(questions, own, strict=True)
    ]


def _with_texts(question: Question, links: Mapping[str, MediaLink]) -> Question:
    """The question with links in the place of the names of its files."""
    if not links:
        return question
    return replace(
        question,
        public=map_public(question.public, lambda text: shown(text, links)),
        secret=map_key(question.secret, question.public, lambda text: shown(text, links)),
    )


def media_ids_of(row: Any) -> dict[str, int]:
    """The stored files of a question's texts and explanation, by name."""
    return {**row.QuestionKeyRow.rules.get("media", {}), **row.QuestionVersion.extra.get("media", {})}


def _select(bank_version_id: int) -> Select[Any, Any, Any, Any]:
    return (
        select(QuestionRow.key, QuestionVersion, QuestionKeyRow, Topic.key.label("topic"))
        .select_from(BankVersionQuestion)
        .join(QuestionVersion, QuestionVersion.id == BankVersionQuestion.question_version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
        .join(QuestionKeyRow, QuestionKeyRow.question_version_id == QuestionVersion.id)
        .outerjoin(Topic, Topic.id == QuestionVersion.topic_id)
        .where(BankVersionQuestion.bank_version_id == bank_version_id)
        .order_by(BankVersionQuestion.position)
    )


def question_of_row(row: Any) -> Question:
    version, key = row.QuestionVersion, row.QuestionKeyRow
    mark = key.rules.get("mark")
    return Question(
        key=row.key,
        public=public_of(version, str(version.picture_file_id or ""), version.picture_alt),
        secret=key_from_json(key.answer, key.rules, key.explanation),
        topic=row.topic or "",
        difficulty=Difficulty(version.difficulty),
        source=version.source,
        tags=tuple(version.tags),
        external_id=version.external_id,
        mark=None if mark is None else Decimal(mark),
    )


def questions_page(
    bank_version_id: int, page: int = 1, size: int = 20, type_: str = "", topic: str = "", words: str = ""
) -> tuple[list[QuestionView], int]:
    """One page (from 1) of a version's questions and how many there are, filtered. Four queries at most.

    topic: a key; it takes what stands below it too."""
    wanted = _select(bank_version_id)
    if type_:
        wanted = wanted.where(QuestionVersion.type == type_)
    if topic:
        wanted = wanted.where(QuestionVersion.topic_id.in_(_below(bank_version_id, topic)))
    if words:
        wanted = wanted.where(QuestionVersion.stem.icontains(words, autoescape=True))
    counted = wanted.order_by(None).with_only_columns(func.count())
    total = db.session.scalar(counted) or 0
    rows = db.session.execute(wanted.limit(size).offset((max(page, 1) - 1) * size)).all()
    questions = [question_of_row(row) for row in rows]
    ids = {item.public.picture: int(item.public.picture) for item in questions if item.public.picture}
    return views_of(questions, ids, [media_ids_of(row) for row in rows]), total


def _below(bank_version_id: int, key: str) -> Select[tuple[int]]:
    """The ids of a topic of this version's bank and of all topics below it."""
    bank_id = select(BankVersion.bank_id).where(BankVersion.id == bank_version_id).scalar_subquery()
    found = select(Topic.id).where(Topic.bank_id == bank_id, Topic.key == key).cte("below", recursive=True)
    found = found.union(select(Topic.id).join(found, Topic.parent_id == found.c.id))
    return select(found.c.id)


def topic_titles(bank_id: int) -> list[TopicTitle]:
    """The topics of a bank in order."""
    rows = db.session.scalars(
        select(Topic).where(Topic.bank_id == bank_id).order_by(Topic.position, Topic.id)
    )
    return [TopicTitle(row.key, row.title.get("zh", ""), row.title.get("en", "")) for row in rows]


def known_questions(bank_id: int) -> Known:
    """Fingerprints of the questions of a bank's newest version, with key and right answer."""
    newest = db.session.scalar(
        select(BankVersion.id)
        .where(BankVersion.bank_id == bank_id)
        .order_by(BankVersion.number.desc())
        .limit(1)
    )
    if newest is None:
        return {}
    questions = [question_of_row(row) for row in db.session.execute(_select(newest))]
    return {fingerprint(question): (question.key, right_texts(question)) for question in questions}


def difference(bank_version_id: int, before_id: int | None) -> Difference:
    """What a version changes against an earlier one (None: everything is new)."""
    rows = db.session.execute(
        select(BankVersionQuestion.bank_version_id, QuestionRow.key, QuestionVersion.id)
        .join(QuestionVersion, QuestionVersion.id == BankVersionQuestion.question_version_id)
        .join(QuestionRow, QuestionRow.id == QuestionVersion.question_id)
        .where(BankVersionQuestion.bank_version_id.in_([bank_version_id, before_id or 0]))
    )
    now: dict[str, int] = {}
    before: dict[str, int] = {}
    for row in rows:
        (now if row.bank_version_id == bank_version_id else before)[row.key] = row.id
    shared = now.keys() & before.keys()
    changed = {key for key in shared if now[key] != before[key]}
    return Difference(
        tuple(sorted(now.keys() - before.keys())),
        tuple(sorted(before.keys() - now.keys())),
        tuple(sorted(changed)),
        len(shared) - len(changed),
    )


def bank_file(bank_version_id: int) -> tuple[BankFile, dict[str, Picture]]:
    """A whole version as files write it, with its pictures as media/<id>.<kind> and the pictures and sounds of
    texts under the names that the texts use. Raise NotFound."""
    version = db.session.get(BankVersion, bank_version_id)
    bank = db.session.get(Bank, version.bank_id) if version else None
    if bank is None:
        raise NotFound
    rows = db.session.execute(_select(bank_version_id)).all()
    questions, inner = _named_apart(
        [question_of_row(row) for row in rows], [media_ids_of(row) for row in rows]
    )
    ids = {int(item.public.picture) for item in questions if item.public.picture} | set(inner.values())
    kinds = dict(
        db.session.execute(select(StoredFile.id, StoredFile.media_type).where(StoredFile.id.in_(ids))).all()
    )
    names = {
        file_id: f"media/{file_id}.{'jpg' if kind == 'image/jpeg' else 'png'}"
        for file_id, kind in kinds.items()
        if not kind.startswith("audio/")
    }
    named = tuple(
        replace(item, public=replace(item.public, picture=names[int(item.public.picture)]))
        if item.public.picture
        else item
        for item in questions
    )
    above = {
        names[int(item.public.picture)]: int(item.public.picture) for item in questions if item.public.picture
    }
    pictures = {
        name: Picture(media.read(file_id), kinds[file_id])
        for name, file_id in {**above, **inner}.items()
        if file_id in kinds
    }
    file = BankFile(
        bank.code,
        bank.title.get("zh", ""),
        bank.title.get("en", ""),
        bank.language,
        bank.licence,
        bank.description.get("zh", ""),
        bank.description.get("en", ""),
        tuple(topic_titles(bank.id)),
        named,
    )
    return file, pictures


def _named_apart(
    questions: Sequence[Question], media_ids: Sequence[Mapping[str, int]]
) -> tuple[list[Question], dict[str, int]]:
    """Questions whose texts name each file by a name of its own within the bank, and the files by name.

    A name keeps unless another file has it, or it would lead out of a folder."""
    files: dict[str, int] = {}
    told = []
    for question, ids in zip(questions, media_ids, strict=True):
        names = {}
        for name, file_id in ids.items():
            wanted = safe_name(name) or "file"
            if files.setdefault(wanted, file_id) != file_id:
                wanted = f"{file_id}-{wanted.rpartition('/')[2]}"
                files[wanted] = file_id
            if wanted != name:
                names[name] = wanted

        def renamed(text: str, names: Mapping[str, str] = names) -> str:
            return MEDIA.sub(
                lambda match: media_token(names.get(match[1], match[1]), words_of(match[0])), text
            )

        told.append(
            replace(
                question,
                public=map_public(question.public, renamed),
                secret=map_key(question.secret, question.public, renamed),
            )
            if names
            else question
        )
    return told, files
