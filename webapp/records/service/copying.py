"""A skill record as a document to keep: numbered, with a digest that anybody can compare."""

import io
import secrets
from collections.abc import Mapping
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
from webapp.records.rules.record import Record, as_json

TEMPLATE = ROOT / "webapp" / "records" / "typst" / "record.typ"
PREFIX = "JR"


def make_copy(person_id: int, said: Record, now: datetime) -> RecordCopy:
    """Number what a document says of a record and keep its digest. raise (NothingToShow)."""
    if said.is_empty:
        raise NothingToShow
    made = RecordCopy(
        serial=serial_of(now.astimezone(SHANGHAI).year, secrets.randbits(RANDOM_BITS), PREFIX),
        person_id=person_id,
        name=masked_name(said.name),
        lines=sum(map(len, (said.takings, said.certificates, said.awards, said.levels, said.earlier))),
        digest=digest_of(as_json(said)),
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    note("record.copy", "person", person_id, serial=made.serial, digest=made.digest)
    return made


def document(made: RecordCopy, words: Mapping[str, Any]) -> bytes:
    """The copy as PDF. words: what the template sets, in the reader's language; equal words give equal bytes."""
    address = f"{current_app.config['PUBLIC_URL']}{url_for('records.check', serial=made.serial)}"
    data = {
        **words,
        "serial": made.serial,
        "digest": made.digest,
        "address": address,
        "code": _code(address),
        "is_sample": bool(current_app.config["DEMO"]),
    }
    return pdf(TEMPLATE, data, at=made.made_at)


def _code(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=1, dark="#3d1a1a", xmldecl=False)
    return out.getvalue().decode()
