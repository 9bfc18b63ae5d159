"""A skill record as a document to keep: numbered, with a digest that anybody can compare."""

import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from flask import current_app, url_for

from webapp.audit.service import record as note
from webapp.certificates.rules.facts import digest_of
from webapp.certificates.rules.serial import RANDOM_BITS, serial_of
from webapp.config import ROOT
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.typesetting import pdf
from webapp.leaderboard.rules.masking import masked_name
from webapp.records.errors import NothingToShow
from webapp.records.models import RecordCopy
from webapp.records.queries.copies import code_hash, own_copy
from webapp.records.rules.record import Record, as_json

TEMPLATE = ROOT / "webapp" / "records" / "typst" / "record.typ"
PREFIX = "JR"
CODE_BYTES = 4
"""Guessing it does not help: the number it belongs to has seventy random bits of its own."""


@dataclass(frozen=True)
class MadeCopy:
    """A copy just made. code: the check code that only the document holds."""

    row: RecordCopy
    code: str


def make_copy(person_id: int, said: Record, now: datetime) -> MadeCopy:
    """Number what a document says of a record and keep it with its digest. raise (NothingToShow)."""
    if said.is_empty:
        raise NothingToShow
    serial = serial_of(now.astimezone(SHANGHAI).year, secrets.randbits(RANDOM_BITS), PREFIX)
    code = secrets.token_hex(CODE_BYTES).upper()
    content = as_json(said)
    made = RecordCopy(
        serial=serial,
        person_id=person_id,
        name=masked_name(said.name),
        lines=sum(map(len, (said.takings, said.certificates, said.awards, said.levels, said.earlier))),
        digest=digest_of(content),
        made_at=now,
        content=content,
        code_hash=code_hash(serial, code),
    )
    db.session.add(made)
    db.session.flush()
    note("record.copy", "person", person_id, serial=made.serial, digest=made.digest)
    return MadeCopy(made, code)


def close(person_id: int, copy_id: int, now: datetime) -> None:
    """Close one's own copy: what it says is deleted here, its number and digest stay. Again is harmless.

    raise (CopyMissing)."""
    row = own_copy(person_id, copy_id)
    if row.closed_at is None:
        row.closed_at, row.content, row.code_hash = now, None, None
        note("record.copy.close", "person", person_id, serial=row.serial)


def document(copy: MadeCopy, words: Mapping[str, Any]) -> bytes:
    """The copy as PDF. words: what the template sets, in the reader's language; equal words give equal bytes."""
    made = copy.row
    path = url_for("records.check", serial=made.serial)
    address = f"{current_app.config['PUBLIC_URL']}{path}"
    data = {
        **words,
        "serial": made.serial,
        "digest": made.digest,
        "address": address,
        "check_code": copy.code,
        "code": _code(f"{address}?code={copy.code}"),
        "is_sample": bool(current_app.config["DEMO"]),
    }
    return pdf(TEMPLATE, data, at=made.made_at)


def _code(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=1, dark="#3d1a1a", xmldecl=False)
    return out.getvalue().decode()
