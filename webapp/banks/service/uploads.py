"""Uploaded files on their way into a bank: kept, read beside the keys, shown, accepted once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from webapp.access.interests import Deed, require_no_conflict
from webapp.audit import service as audit
from webapp.banks import queries
from webapp.banks.errors import AlreadyDecided, HasErrors, NothingToAccept, SealedBank
from webapp.banks.formats.archive import unpacked_bytes
from webapp.banks.models import Bank, BankUpload, BankVersion
from webapp.banks.rules.schema import BankFile, TopicTitle
from webapp.banks.rules.storage import question_from_json
from webapp.banks.service.reading import locked, parse_upload
from webapp.banks.service.versions import Stored, store_version
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.media import service as media

AT_ONCE_BYTES = 96 * 1024
AT_ONCE_UNPACKED_BYTES = 512 * 1024
"""Files up to these sizes are parsed in the request; larger ones by a worker, which takes no time from others."""


def receive(
    bank_id: int,
    content: bytes,
    file_name: str,
    account_id: int | None,
    options: Mapping[str, Any] | None = None,
) -> int:
    """Keep an uploaded file and have it parsed: small files at once, larger ones by a job. The upload's id.

    options: fields of ReadOptions. Raise SealedBank, NotFound."""
    bank = db.session.get(Bank, bank_id)
    if bank is None:
        raise NotFound
    if bank.is_sealed:
        raise SealedBank
    require_no_conflict(account_id, Deed.BANK, bank_id)
    upload = BankUpload(
        bank_id=bank_id,
        file_id=media.store(content, "application/octet-stream"),
        file_name=file_name[-200:],
        options=dict(options or {}),
        uploaded_by_account_id=account_id,
    )
    db.session.add(upload)
    db.session.flush()
    audit.record("bank.upload", "bank", bank_id, upload=upload.id, size_bytes=len(content))
    _parse_soon(upload.id, content)
    return upload.id


def read_again(upload_id: int, options: Mapping[str, Any]) -> None:
    """Read an upload anew with other options (columns, types, separators). Raise AlreadyDecided, NotFound."""
    upload = locked(upload_id)
    if upload.state not in {"parsed", "failed"}:
        raise AlreadyDecided
    upload.options, upload.state = dict(options), "waiting"
    db.session.flush()
    _parse_soon(upload_id, media.read(upload.file_id))


def _parse_soon(upload_id: int, content: bytes) -> None:
    if len(content) <= AT_ONCE_BYTES and unpacked_bytes(content) <= AT_ONCE_UNPACKED_BYTES:
        parse_upload(upload_id)
    else:
        enqueue(Job.PARSE_UPLOAD, upload_id=upload_id)


def accept(
    upload_id: int, account_id: int | None, valid_part: bool = False, keep_rest: bool = True
) -> Stored:
    """Make a draft version of an upload's questions. Accepting again gives the version made the first time.

    valid_part: leave out what has errors, on the person's word. keep_rest: the other questions of the newest
    version stay. Exact repeats are kept once. Raise HasErrors, NothingToAccept, AlreadyDecided, NotFound."""
    upload = locked(upload_id)
    require_no_conflict(account_id, Deed.BANK, upload.bank_id)
    if upload.state == "accepted" and upload.accepted_version_id is not None:
        return _stored_before(upload.accepted_version_id)
    if upload.state != "parsed":
        raise AlreadyDecided
    if upload.counts["errors"] and not valid_part:
        raise HasErrors(count=upload.counts["bad"])
    staged = queries.staged_questions(upload_id)
    questions = tuple(question_from_json(item) for item in staged if not item["repeats"])
    if not questions:
        raise NothingToAccept
    topics = tuple(TopicTitle(**topic) for topic in upload.counts["topics"])
    file = BankFile("", "", "", "", "", "", "", topics, questions)
    pictures: dict[str, int] = upload.counts["pictures"]
    stored = store_version(upload.bank_id, file, account_id, upload.file_name, keep_rest, pictures)
    upload.state, upload.accepted_version_id = "accepted", stored.version_id
    audit.record(
        "bank.accept",
        "bank",
        upload.bank_id,
        upload=upload_id,
        version=stored.number,
        questions=len(questions),
        left_out=upload.counts["bad"],
    )
    db.session.flush()
    return stored


def _stored_before(version_id: int) -> Stored:
    version = db.session.get_one(BankVersion, version_id)
    count = sum(queries.counts(version_id)["type"].values())
    return Stored(version_id, version.number, count, 0, 0, is_new=False)


def discard(upload_id: int, account_id: int | None) -> None:
    """Put an upload aside; nothing of it enters the bank. Raise AlreadyDecided, NotFound."""
    done = db.session.execute(
        update(BankUpload)
        .where(BankUpload.id == upload_id, BankUpload.state.in_(("waiting", "parsing", "parsed", "failed")))
        .values(state="discarded")
        .returning(BankUpload.bank_id)
    ).scalar_one_or_none()
    if done is None:
        raise AlreadyDecided
    audit.record("bank.discard", "bank", done, upload=upload_id)
    db.session.flush()
