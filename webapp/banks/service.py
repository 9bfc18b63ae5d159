"""Banks and their versions: stored once, reviewed by a second person, never changed afterwards.

Callers wrap writing calls in `with keys_scope(), transaction():`, because questions and keys
are stored together."""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError
from sqlalchemy import func, insert, select, update

from webapp.audit import service as audit
from webapp.banks.errors import (
    AlreadyDecided,
    BankCodeTaken,
    NothingToAccept,
    ReasonNeeded,
    SamePerson,
)
from webapp.banks.formats.toml_bank import read_folder
from webapp.banks.models import (
    Bank,
    BankVersion,
    BankVersionQuestion,
    QuestionKeyRow,
    QuestionVersion,
    Topic,
)
from webapp.banks.models import Question as QuestionRow
from webapp.banks.rules.check import fingerprint
from webapp.banks.rules.schema import BankFile, Question, key_to_json
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.media import service as media

MAX_PICTURE_SIDE = 2000


@dataclass(frozen=True)
class Stored:
    """What storing a version did."""

    version_id: int
    number: int
    questions: int
    new_questions: int
    changed_questions: int


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
    bank_id: int, file: BankFile, account_id: int | None, note: str = "", keep_rest: bool = False
) -> Stored:
    """Store the questions of a file as a new draft version of a bank.

    A question whose content is unchanged keeps its version. keep_rest: questions of the newest version
    that the file does not bring stay in; otherwise they leave. Raise NothingToAccept for an empty file."""
    if not file.questions:
        raise NothingToAccept
    bank = db.session.scalars(select(Bank).where(Bank.id == bank_id).with_for_update()).one_or_none()
    if bank is None:
        raise NotFound
    topics = _store_topics(bank_id, file)
    pictures = {
        name: store_picture(content)
        for name, content in file.pictures.items()
        if _is_used(name, file.questions)
    }
    keys = _keys_for(bank_id, file.questions)
    rows = _question_rows(bank_id, keys)
    stored, new, changed = _store_questions(file.questions, keys, rows, topics, pictures)
    members = list(stored)
    if keep_rest:
        members += [
            item
            for item in _newest_members(bank_id)
            if item not in set(stored) and not _replaced(item, rows, stored)
        ]
    number = (
        db.session.scalar(select(func.max(BankVersion.number)).where(BankVersion.bank_id == bank_id)) or 0
    ) + 1
    version = BankVersion(
        bank_id=bank_id,
        number=number,
        note=note,
        created_by_account_id=account_id,
        digest=_set_digest(members),
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


def _is_used(name: str, questions: Iterable[Question]) -> bool:
    return any(question.public.picture == name for question in questions)


def store_picture(content: bytes) -> int:
    """Keep a picture as PNG or JPEG, decoded and written anew, so that only pixels are left of it.

    Raise ValueError when it is no picture or too large."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.format not in {"PNG", "JPEG", "GIF", "WEBP"} or max(opened.size) > 8 * MAX_PICTURE_SIDE:
                raise ValueError("no picture of a supported kind")
            opened.load()
            picture = opened.convert("RGBA" if opened.mode in {"RGBA", "LA", "P"} else "RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise ValueError("no picture") from error
    picture.thumbnail((MAX_PICTURE_SIDE, MAX_PICTURE_SIDE))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return media.store(out.getvalue(), "image/png")


def _store_topics(bank_id: int, file: BankFile) -> dict[str, int]:
    """Topic ids by key, made where missing; a file without a list of topics names them by its questions."""
    rows = {row.key: row for row in db.session.scalars(select(Topic).where(Topic.bank_id == bank_id))}
    titles = {topic.key: {"zh": topic.zh, "en": topic.en or topic.zh} for topic in file.topics}
    for question in file.questions:
        if question.topic:
            titles.setdefault(question.topic, {"zh": question.topic, "en": question.topic})
    for key, title in titles.items():
        if key in rows:
            continue
        rows[key] = Topic(bank_id=bank_id, key=key, title=title, position=len(rows))
        db.session.add(rows[key])
    db.session.flush()
    return {key: row.id for key, row in rows.items()}


def _keys_for(bank_id: int, questions: Sequence[Question]) -> list[str]:
    """A stable key per question: its own, its external id, else one made from stem and options."""
    keys = []
    for question in questions:
        stem, options = fingerprint(question)
        made = hashlib.sha256(json.dumps([stem, sorted(options)], ensure_ascii=False).encode()).hexdigest()[
            :16
        ]
        key = question.key or question.external_id or f"q-{made}"
        while key in keys:
            key += "+"
        keys.append(key)
    return keys


def _question_rows(bank_id: int, keys: Sequence[str]) -> dict[str, int]:
    """Question ids by key, made where missing."""
    found = select(QuestionRow.key, QuestionRow.id).where(
        QuestionRow.bank_id == bank_id, QuestionRow.key.in_(keys)
    )
    rows = dict(db.session.execute(found).tuples().all())
    missing = [key for key in keys if key not in rows]
    if missing:
        db.session.execute(insert(QuestionRow), [{"bank_id": bank_id, "key": key} for key in missing])
        rows = dict(db.session.execute(found).tuples().all())
    return rows


def _store_questions(
    questions: Sequence[Question],
    keys: Sequence[str],
    rows: Mapping[str, int],
    topics: Mapping[str, int],
    pictures: Mapping[str, int],
) -> tuple[list[int], int, int]:
    """Version ids in file order, and how many questions are new and changed."""
    known: dict[int, list[tuple[str, int, int]]] = {}
    for version in db.session.execute(
        select(
            QuestionVersion.question_id, QuestionVersion.digest, QuestionVersion.id, QuestionVersion.number
        ).where(QuestionVersion.question_id.in_(rows.values()))
    ):
        known.setdefault(version.question_id, []).append((version.digest, version.id, version.number))
    stored: list[int] = []
    new = changed = 0
    for question, key in zip(questions, keys, strict=True):
        question_id = rows[key]
        digest = content_digest(question, pictures.get(question.public.picture))
        same = next((item[1] for item in known.get(question_id, ()) if item[0] == digest), None)
        if same is None:
            number = max((item[2] for item in known.get(question_id, ())), default=0) + 1
            same = _add_version(question, question_id, number, digest, topics, pictures)
            known.setdefault(question_id, []).append((digest, same, number))
            new, changed = (new + 1, changed) if number == 1 else (new, changed + 1)
        stored.append(same)
    return stored, new, changed


def _add_version(
    question: Question,
    question_id: int,
    number: int,
    digest: str,
    topics: Mapping[str, int],
    pictures: Mapping[str, int],
) -> int:
    row = QuestionVersion(
        question_id=question_id,
        number=number,
        type=question.public.type.value,
        stem=question.public.stem,
        options=list(question.public.options),
        blanks=question.public.blanks,
        topic_id=topics.get(question.topic),
        difficulty=question.difficulty.value,
        source=question.source,
        tags=list(question.tags),
        picture_file_id=pictures.get(question.public.picture),
        external_id=question.external_id,
        digest=digest,
    )
    db.session.add(row)
    db.session.flush()
    answer, rules = key_to_json(question.secret)
    db.session.add(
        QuestionKeyRow(
            question_version_id=row.id, answer=answer, rules=rules, explanation=question.secret.explanation
        )
    )
    return row.id


def content_digest(question: Question, picture_file_id: int | None) -> str:
    """SHA-256 over everything a version holds, key included: the same digest means the same version."""
    answer, rules = key_to_json(question.secret)
    facts = [
        asdict(question.public) | {"picture": picture_file_id},
        answer,
        rules,
        question.secret.explanation,
        question.topic,
        question.difficulty,
        question.source,
        question.tags,
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _set_digest(members: Iterable[int]) -> str:
    """The digest of a set of question versions, in any order."""
    digests = db.session.scalars(select(QuestionVersion.digest).where(QuestionVersion.id.in_(list(members))))
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def _newest_members(bank_id: int) -> list[int]:
    newest = db.session.scalar(
        select(BankVersion.id)
        .where(BankVersion.bank_id == bank_id)
        .order_by(BankVersion.number.desc())
        .limit(1)
    )
    if newest is None:
        return []
    return list(
        db.session.scalars(
            select(BankVersionQuestion.question_version_id)
            .where(BankVersionQuestion.bank_version_id == newest)
            .order_by(BankVersionQuestion.position)
        )
    )


def _replaced(version_id: int, rows: Mapping[str, int], stored: Sequence[int]) -> bool:
    """Whether the question of an older version is among those the file brought."""
    question_id = db.session.scalar(
        select(QuestionVersion.question_id).where(QuestionVersion.id == version_id)
    )
    return question_id in set(rows.values())


def submit(version_id: int, account_id: int | None) -> None:
    """Hand a draft to a reviewer. Raise AlreadyDecided when it is no draft."""
    _move(version_id, "draft", {"state": "review", "submitted_at": clock.now()})
    audit.record("bank.submit", "bank-version", version_id)


def approve(version_id: int, account_id: int, why: str = "") -> None:
    """Put a version in force; the one before is superseded. Raise SamePerson, AlreadyDecided, NotFound."""
    version = _locked(version_id)
    if version.created_by_account_id == account_id:
        raise SamePerson
    decided = {"decided_by_account_id": account_id, "decided_at": clock.now(), "decision_reason": why}
    _move(version_id, "review", {"state": "approved", **decided})
    db.session.execute(
        update(BankVersion)
        .where(
            BankVersion.bank_id == version.bank_id,
            BankVersion.state == "approved",
            BankVersion.id != version_id,
        )
        .values(state="superseded")
    )
    db.session.execute(update(Bank).where(Bank.id == version.bank_id).values(approved_version_id=version_id))
    audit.record("bank.approve", "bank-version", version_id, why)


def return_version(version_id: int, account_id: int, why: str) -> None:
    """Send a version back to its setter with a reason. Raise ReasonNeeded, AlreadyDecided, NotFound."""
    if not why.strip():
        raise ReasonNeeded
    decided = {"decided_by_account_id": account_id, "decided_at": clock.now(), "decision_reason": why.strip()}
    _move(version_id, "review", {"state": "returned", **decided})
    audit.record("bank.return", "bank-version", version_id, why)


def _locked(version_id: int) -> BankVersion:
    version = db.session.scalars(
        select(BankVersion).where(BankVersion.id == version_id).with_for_update()
    ).one_or_none()
    if version is None:
        raise NotFound
    return version


def _move(version_id: int, expected: str, values: Mapping[str, object]) -> None:
    """One guarded change of state."""
    moved = db.session.execute(
        update(BankVersion)
        .where(BankVersion.id == version_id, BankVersion.state == expected)
        .values(values)
        .returning(BankVersion.id)
    ).scalar_one_or_none()
    if moved is None:
        raise AlreadyDecided


def import_shipped(folder: Path, setter_account_id: int, reviewer_account_id: int) -> Stored | None:
    """Store, submit and approve the bank of a shipped folder, unless its content is in force already.

    Raise ValueError naming the first problem when the folder has an error."""
    result = read_folder(folder)
    errors = [problem for problem in result.problems if problem.is_error]
    if errors:
        raise ValueError(f"{errors[0].file}:{errors[0].row} {errors[0].code} {errors[0].value}")
    file = result.bank
    bank = db.session.scalars(select(Bank).where(Bank.code == file.code)).one_or_none()
    bank_id = (
        bank.id
        if bank
        else create_bank(
            file.code,
            {"zh": file.title_zh, "en": file.title_en},
            setter_account_id,
            {"zh": file.description_zh, "en": file.description_en},
            language=file.language,
            licence=file.licence,
        )
    )
    if (
        bank is not None
        and bank.approved_version_id is not None
        and _holds_exactly(bank.approved_version_id, file)
    ):
        return None
    stored = store_version(bank_id, file, setter_account_id)
    submit(stored.version_id, setter_account_id)
    approve(stored.version_id, reviewer_account_id)
    return stored


def _holds_exactly(version_id: int, file: BankFile) -> bool:
    """Whether a version has the same keys, stems and answers as a file (pictures are not compared)."""
    rows = db.session.execute(
        select(
            QuestionRow.key,
            QuestionVersion.stem,
            QuestionVersion.options,
            QuestionKeyRow.answer,
            QuestionKeyRow.explanation,
        )
        .join(QuestionVersion, QuestionVersion.question_id == QuestionRow.id)
        .join(BankVersionQuestion, BankVersionQuestion.question_version_id == QuestionVersion.id)
        .join(QuestionKeyRow, QuestionKeyRow.question_version_id == QuestionVersion.id)
        .where(BankVersionQuestion.bank_version_id == version_id)
    )
    present = {row.key: (row.stem, row.options, row.answer, row.explanation) for row in rows}
    wanted = {
        question.key: (
            question.public.stem,
            list(question.public.options),
            key_to_json(question.secret)[0],
            question.secret.explanation,
        )
        for question in file.questions
    }
    return present == wanted
