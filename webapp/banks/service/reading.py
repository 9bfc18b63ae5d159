"""Reading an uploaded file: in the request when it is small, else by a worker that says how far it is."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select, text

from webapp.banks import queries
from webapp.banks.errors import AlreadyDecided
from webapp.banks.formats.files import Known, Parsed, read_bank_file
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.progress import Progress, Step
from webapp.banks.formats.shape import Shape
from webapp.banks.models import BankUpload, StagedPiece, StagedUpload
from webapp.banks.rules.pieces import packed
from webapp.banks.rules.schema import unspoken
from webapp.banks.rules.storage import question_to_json
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.problems import message_to_json
from webapp.core.transaction import transaction
from webapp.media import service as media

NOTED_EVERY_S = 0.4
"""The page asks every second; writing more often would tell nobody."""
TRIED_ROWS = 300
"""So many rows of each table show what another reading would bring."""

_NOTE = text(
    "UPDATE bank_uploads SET step = :step, done = :done, total = :total"
    " WHERE id = :upload_id AND state = 'parsing'"
)


@dataclass(frozen=True)
class Begun:
    """An upload that is being read, with all that the reading needs. options: as they were said."""

    upload_id: int
    content: bytes
    file_name: str
    options: Mapping[str, Any]
    known: Known


class Teller:
    """Writes how far the reading of an upload is where the page sees it, each time in a transaction of its own."""

    def __init__(self, upload_id: int) -> None:
        self._upload_id = upload_id
        self._step, self._at = "", 0.0

    def __call__(self, step: Step, done: int, total: int) -> None:
        moment = time.monotonic()
        if step == self._step and moment - self._at < NOTED_EVERY_S:
            return
        self._step, self._at = step, moment
        noted = {"upload_id": self._upload_id, "step": step.value, "done": done, "total": total}
        with transaction():
            db.session.execute(_NOTE, noted)


def begin_reading(upload_id: int) -> Begun | None:
    """Claim an upload that waits to be read; None when it was decided or read already. Raise NotFound."""
    upload = locked(upload_id)
    if upload.state not in {"waiting", "parsing"}:
        return None
    upload.state, upload.step, upload.done, upload.total = "parsing", "", 0, 0
    db.session.flush()
    return Begun(
        upload_id,
        media.read(upload.file_id),
        upload.file_name,
        dict(upload.options),
        queries.known_questions(upload.bank_id),
    )


def read_begun(begun: Begun, progress: Progress) -> tuple[Parsed, dict[str, Any]]:
    """What the file holds, and that as it will be staged. Needs no transaction."""
    options = replace(ReadOptions(**begun.options), progress=progress)
    parsed = read_bank_file(begun.content, begun.file_name, options, begun.known)
    progress.begin(Step.KEEPING, len(parsed.questions))
    staged = {
        "pieces": list(packed(_told_of(parsed, progress))),
        "problems": [problem.to_json() for problem in parsed.problems],
        "skipped": [{"name": item.name, "why": message_to_json(item.why)} for item in parsed.skipped],
        "shape": parsed.shape.to_json(),
    }
    return parsed, staged


def _told_of(parsed: Parsed, progress: Progress) -> Iterator[dict[str, Any]]:
    for question in parsed.questions:
        yield question_to_json(question) | {"repeats": question.key in parsed.repeats}
        progress.add()


def keep_reading(begun: Begun, parsed: Parsed, staged: Mapping[str, Any]) -> None:
    """Stage what was read, unless the upload was decided or is to be read in another way by now."""
    upload = locked(begun.upload_id)
    if upload.state != "parsing" or dict(upload.options) != begun.options:
        return
    pictures = {
        name: media.store(picture.content, picture.media_type) for name, picture in parsed.pictures.items()
    }
    _stage(begun.upload_id, staged)
    upload.headings = _digest(parsed.shape)
    upload.format = parsed.format
    upload.counts = _counts(parsed, pictures)
    upload.problem_count = parsed.problem_count
    upload.state = "parsed" if parsed.format else "failed"
    db.session.flush()


def _stage(upload_id: int, staged: Mapping[str, Any]) -> None:
    """In place of what an earlier reading staged."""
    rest = {name: value for name, value in staged.items() if name != "pieces"}
    db.session.execute(delete(StagedUpload).where(StagedUpload.upload_id == upload_id))
    db.session.execute(insert(StagedUpload).values(upload_id=upload_id, **rest))
    pieces = [
        {"upload_id": upload_id, "number": number, "content": content}
        for number, content in enumerate(staged["pieces"])
    ]
    if pieces:
        db.session.execute(insert(StagedPiece), pieces)


def _digest(shape: Shape) -> str:
    """What files with the same headings have in common; '' without headings."""
    titles = "\n".join(sorted(shape.columns))
    return sha256(titles.encode()).hexdigest()[:32] if titles else ""


def try_reading(upload_id: int, options: ReadOptions) -> Parsed:
    """The beginning of an upload read with other options; nothing is stored. Raise AlreadyDecided, NotFound."""
    upload = db.session.get(BankUpload, upload_id)
    if upload is None:
        raise NotFound
    if upload.state not in {"parsed", "failed"}:
        raise AlreadyDecided
    return read_bank_file(
        media.read(upload.file_id), upload.file_name, replace(options, first_rows=TRIED_ROWS)
    )


def parse_upload(upload_id: int) -> None:
    """Read an upload and stage what it holds, within the present transaction. Run twice it stages the same;
    decided uploads stay as they are. Raise NotFound."""
    begun = begin_reading(upload_id)
    if begun is not None:
        keep_reading(begun, *read_begun(begun, Progress()))


def locked(upload_id: int) -> BankUpload:
    """The row of an upload, locked until the transaction ends. Raise NotFound."""
    upload = db.session.scalars(
        select(BankUpload)
        .where(BankUpload.id == upload_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if upload is None:
        raise NotFound
    return upload


def _counts(parsed: Parsed, pictures: Mapping[str, int]) -> dict[str, Any]:
    questions = parsed.questions
    return {
        "rows": parsed.rows,
        "valid": len(questions),
        "bad": parsed.bad_rows,
        "errors": parsed.error_count,
        "repeats": sum(question.key in parsed.repeats for question in questions),
        "type": Counter(question.public.type.value for question in questions),
        "topic": Counter(question.topic for question in questions),
        "difficulty": Counter(question.difficulty.value for question in questions),
        "topics": [asdict(topic) for topic in parsed.topics],
        "pictures": dict(pictures),
        "unspoken": sum(bool(unspoken(question.public)) for question in questions),
    }
