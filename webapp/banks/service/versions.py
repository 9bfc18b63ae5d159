"""Banks and their versions: sets of question versions that never change.

Callers wrap writing calls in `with keys_scope(), transaction():`, because questions and keys
are stored together."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from webapp.audit import service as audit
from webapp.banks.errors import BankCodeTaken, NothingToAccept
from webapp.banks.formats import media as media_format
from webapp.banks.formats.pictures import find
from webapp.banks.models import (
    Bank,
    BankVersion,
    BankVersionQuestion,
    QuestionKeyRow,
    QuestionVersion,
    Topic,
)
from webapp.banks.models import Question as QuestionRow
from webapp.banks.rules.schema import (
    BankFile,
    Question,
    derived_key,
    key_texts,
    media_names,
    names_in,
)
from webapp.banks.rules.storage import extra_to_json, key_to_json, public_to_json
from webapp.banks.rules.topics import parent_key
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.media import service as media


@dataclass(frozen=True)
class Stored:
    """What storing a version did. is_new: False when the newest version holds just these questions."""

    version_id: int
    number: int
    questions: int
    new_questions: int
    changed_questions: int
    is_new: bool = True


def create_bank(
    code: str,
    title: Mapping[str, str],
    account_id: int | None,
    description: Mapping[str, str] | None = None,
    organisation_id: int | None = None,
    language: str = "zh-CN",
    licence: str = "",
) -> int:
    """A new, empty bank. Raise BankCodeTaken."""
    if db.session.scalar(select(Bank.id).where(Bank.code == code)) is not None:
        raise BankCodeTaken(bank=code)
    bank = Bank(
        code=code,
        title=dict(title),
        description=dict(description or {}),
        language=language,
        licence=licence,
        organisation_id=organisation_id,
        created_by_account_id=account_id,
    )
    db.session.add(bank)
    db.session.flush()
    audit.record("bank.create", "bank", bank.id, code=code)
    return bank.id


def store_version(
    bank_id: int,
    file: BankFile,
    account_id: int | None,
    note: str = "",
    keep_rest: bool = False,
    picture_ids: Mapping[str, int] | None = None,
) -> Stored:
    """Store the questions of a file as a new draft version of a bank.

    A question whose content is unchanged keeps its version; the very set of the newest version makes no new
    one. keep_rest: questions of the newest version that the file does not bring stay in; otherwise they
    leave. picture_ids: stored files by name, when the pictures were kept before. Raise NothingToAccept for
    an empty file, ValueError for a picture or sound that is none."""
    if not file.questions:
        raise NothingToAccept
    if db.session.scalars(select(Bank).where(Bank.id == bank_id).with_for_update()).one_or_none() is None:
        raise NotFound
    topics = store_topics(bank_id, file)
    if picture_ids is None:
        used = {
            name for question in file.questions for name in (question.public.picture, *media_names(question))
        }
        found = {name: find(name, file.pictures) for name in sorted(used) if name}
        picture_ids = {name: store_picture(data) for name, data in found.items() if data is not None}
    keys = _keys_for(file.questions)
    rows = question_rows(bank_id, keys)
    stored, new, changed = store_questions(file.questions, keys, rows, topics, picture_ids, account_id)
    newest = newest_version(bank_id)
    members = list(stored)
    if keep_rest and newest is not None:
        members += _untouched(newest.id, set(rows.values()))
    digest = set_digest(members)
    if newest is not None and newest.digest == digest and newest.state != "returned":
        return Stored(newest.id, newest.number, len(members), 0, 0, is_new=False)
    number = (newest.number if newest else 0) + 1
    version = BankVersion(
        bank_id=bank_id, number=number, note=note, created_by_account_id=account_id, digest=digest
    )
    db.session.add(version)
    db.session.flush()
    db.session.execute(
        insert(BankVersionQuestion),
        [
            {"bank_version_id": version.id, "question_version_id": member, "position": position}
            for position, member in enumerate(dict.fromkeys(members))
        ],
    )
    audit.record(
        "bank.version", "bank", bank_id, version=number, questions=len(members), new=new, changed=changed
    )
    return Stored(version.id, number, len(members), new, changed)


def store_picture(content: bytes) -> int:
    """Keep a picture or sound, decoded and written anew, so that nothing else is left of it.

    Raise ValueError when it is none or too large."""
    picture = media_format.checked(content)
    if picture is None:
        raise ValueError("no picture or sound of a supported kind")
    return media.store(picture.content, picture.media_type)


def store_topics(bank_id: int, file: BankFile) -> dict[str, int]:
    """Topic ids by key, made where missing; a file without a list of topics names them by its questions."""
    rows = {row.key: row for row in db.session.scalars(select(Topic).where(Topic.bank_id == bank_id))}
    titles = {topic.key: {"zh": topic.zh, "en": topic.en or topic.zh} for topic in file.topics}
    for question in file.questions:
        if question.topic:
            titles.setdefault(question.topic, {"zh": question.topic, "en": question.topic})
    for key in list(titles):  # "a/b" stands below "a", which is made where it is missing
        while (key := parent_key(key)) and key not in rows:
            titles.setdefault(key, {"zh": key, "en": key})
    for key in sorted(titles.keys() - rows.keys(), key=list(titles).index):
        rows[key] = Topic(bank_id=bank_id, key=key, title=titles[key], position=len(rows))
        db.session.add(rows[key])
    db.session.flush()
    for key in titles:
        if rows[key].parent_id is None and parent_key(key) in rows:
            rows[key].parent_id = rows[parent_key(key)].id
    db.session.flush()
    return {key: row.id for key, row in rows.items()}


def _keys_for(questions: Sequence[Question]) -> list[str]:
    """A stable key per question: its own, its external id, else one made from stem and options."""
    keys: list[str] = []
    taken: set[str] = set()
    for question in questions:
        key = question.key or question.external_id or derived_key(question)
        while key in taken:
            key += "+"
        taken.add(key)
        keys.append(key)
    return keys


def question_rows(bank_id: int, keys: Sequence[str]) -> dict[str, int]:
    """Question ids by key, made where missing."""
    found = select(QuestionRow.key, QuestionRow.id).where(
        QuestionRow.bank_id == bank_id, QuestionRow.key.in_(keys)
    )
    rows = dict(db.session.execute(found).all())
    missing = [key for key in keys if key not in rows]
    if missing:
        db.session.execute(insert(QuestionRow), [{"bank_id": bank_id, "key": key} for key in missing])
        rows = dict(db.session.execute(found).all())
    return rows


def store_questions(
    questions: Sequence[Question],
    keys: Sequence[str],
    rows: Mapping[str, int],
    topics: Mapping[str, int],
    pictures: Mapping[str, int],
    account_id: int | None = None,
) -> tuple[list[int], int, int]:
    """Version ids in file order, and how many questions are new and changed."""
    known: dict[int, dict[str, int]] = {}
    last: dict[int, int] = {}
    for version in db.session.execute(
        select(
            QuestionVersion.question_id, QuestionVersion.digest, QuestionVersion.id, QuestionVersion.number
        ).where(QuestionVersion.question_id.in_(rows.values()))
    ):
        known.setdefault(version.question_id, {})[version.digest] = version.id
        last[version.question_id] = max(version.number, last.get(version.question_id, 0))
    digests = [
        content_digest(question, pictures.get(question.public.picture), pictures) for question in questions
    ]
    fresh = [
        (question, rows[key], digest)
        for question, key, digest in zip(questions, keys, digests, strict=True)
        if digest not in known.get(rows[key], {})
    ]
    new = sum(question_id not in last for _, question_id, _ in fresh)
    for (_, question_id, digest), version_id in zip(
        fresh, _add_versions(fresh, last, topics, pictures, account_id), strict=True
    ):
        known.setdefault(question_id, {})[digest] = version_id
    stored = [known[rows[key]][digest] for key, digest in zip(keys, digests, strict=True)]
    return stored, new, len(fresh) - new


def _add_versions(
    fresh: Sequence[tuple[Question, int, str]],
    last: Mapping[int, int],
    topics: Mapping[str, int],
    pictures: Mapping[str, int],
    account_id: int | None,
) -> list[int]:
    """New version rows with their keys, in two statements; their ids in the same order."""
    if not fresh:
        return []
    values = [
        {
            "question_id": question_id,
            "number": last.get(question_id, 0) + 1,
            "type": question.public.type.value,
            "stem": question.public.stem,
            "options": list(question.public.options),
            "blanks": question.public.blanks,
            "extra": extra_to_json(question.public) | _media(question.public.texts(), pictures),
            "topic_id": topics.get(question.topic),
            "difficulty": question.difficulty.value,
            "source": question.source,
            "tags": list(question.tags),
            "picture_file_id": pictures.get(question.public.picture),
            "picture_alt": question.public.picture_alt,
            "external_id": question.external_id,
            "digest": digest,
            "created_by_account_id": account_id,
        }
        for question, question_id, digest in fresh
    ]
    adding = insert(QuestionVersion).returning(QuestionVersion.id, sort_by_parameter_order=True)
    ids = list(db.session.scalars(adding, values))
    db.session.execute(
        insert(QuestionKeyRow),
        [
            {
                "question_version_id": version_id,
                "answer": key_to_json(question.secret)[0],
                "rules": rules_of(question) | _media(key_texts(question.secret), pictures),
                "explanation": question.secret.explanation,
            }
            for version_id, (question, _, _) in zip(ids, fresh, strict=True)
        ],
    )
    return ids


def rules_of(question: Question) -> dict[str, object]:
    """The rules of a question's key, and the mark its author suggests."""
    rules = dict(key_to_json(question.secret)[1])
    return rules if question.mark is None else {**rules, "mark": str(question.mark)}


def _media(texts: Iterable[str], files: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The stored files that texts name as {"media": {name: id}}, nothing where they name none.

    Those of the public part lie beside it, those of the explanation beside the key."""
    named = {name: files[name] for name in names_in(texts) if name in files}
    return {"media": named} if named else {}


def content_digest(
    question: Question, picture_file_id: int | None, files: Mapping[str, int] | None = None
) -> str:
    """SHA-256 over everything a version holds, key included: the same digest means the same version.

    files: stored files by the names in the texts; where they name none the digest is as it was before."""
    facts = [
        public_to_json(question.public) | {"picture": picture_file_id},
        key_to_json(question.secret)[0],
        rules_of(question),
        question.secret.explanation,
        question.topic,
        question.difficulty,
        question.source,
        question.tags,
    ]
    media_ids = {name: (files or {})[name] for name in media_names(question) if name in (files or {})}
    if media_ids:
        facts.append({"media": media_ids})
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def set_digest(members: Iterable[int]) -> str:
    """The digest of a set of question versions, in any order."""
    digests = db.session.scalars(select(QuestionVersion.digest).where(QuestionVersion.id.in_(list(members))))
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def newest_version(bank_id: int) -> BankVersion | None:
    """The version of a bank with the highest number."""
    return db.session.scalars(
        select(BankVersion).where(BankVersion.bank_id == bank_id).order_by(BankVersion.number.desc()).limit(1)
    ).one_or_none()


def _untouched(bank_version_id: int, question_ids: set[int]) -> list[int]:
    """The members of a version whose questions are not among these, in order."""
    members = db.session.execute(
        select(BankVersionQuestion.question_version_id, QuestionVersion.question_id)
        .join(QuestionVersion, QuestionVersion.id == BankVersionQuestion.question_version_id)
        .where(BankVersionQuestion.bank_version_id == bank_version_id)
        .order_by(BankVersionQuestion.position)
    )
    return [row.question_version_id for row in members if row.question_id not in question_ids]
