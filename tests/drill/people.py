"""An open exam and any number of invented people in it, made by the thousand in a few statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import text

from tests import factories
from webapp.accounts.models import AuthSession
from webapp.accounts.queries import token_hash
from webapp.accounts.service import hash_password
from webapp.banks import service as banks
from webapp.config import ROOT
from webapp.contests import service as contests
from webapp.contests.models import Event, Stage
from webapp.contests.rules.reanchor import Anchor, reanchor
from webapp.core import clock
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.exam.jobs import draw_papers
from webapp.exam.service import opening

EVENT = "welding"
DEVICE = "drill-device-0000001"


@dataclass(frozen=True)
class Exam:
    """The exam all drills sit."""

    exam_id: int
    event_id: int
    stage_id: int


@dataclass(frozen=True)
class Sitter:
    """One person with a browser and an open paper. slots: places of single-choice questions, with their letters."""

    person_id: int
    attempt_id: int
    lease: str
    headers: tuple[tuple[str, str], ...]
    slots: tuple[tuple[int, str], ...]


def open_an_exam(changes: Mapping[str, str] | None = None) -> Exam:
    """The fifth edition's welding exam, open now, with the shipped bank.

    changes: texts of the definition file and what stands there instead, each at its first place."""
    at = clock.now()
    file = (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8")
    for before, after in (changes or {}).items():
        assert before in file, f"{before} does not stand in the definition file"
        file = file.replace(before, after, 1)
    with transaction():
        day = at.astimezone(clock.SHANGHAI).date()
        contests.load_contest(reanchor(file, {EVENT: Anchor.EXAM_OPEN}, day))
        setter, reviewer = factories.make_account().id, factories.make_account().id
    with keys_scope(), transaction():
        banks.import_shipped(ROOT / "question_banks" / "work_safety", setter, reviewer)
    event = db.session.query(Event).filter_by(code=EVENT).one()
    stage = db.session.query(Stage).filter_by(event_id=event.id, code="preliminary").one()
    event_id, stage_id = event.id, stage.id
    with transaction():
        exam_id = opening.open_for_stage(stage_id, at)
    return Exam(exam_id, event_id, stage_id)


_PEOPLE = text(
    """
    WITH made AS (
        INSERT INTO persons (name, pinyin, document_kind, document_cipher, document_hash,
                             document_last4_hash, document_mask)
        SELECT '演练' || n, 'yanlian' || n, 'resident_id', '\\x00', sha256(('drill' || n)::bytea),
               sha256(('last' || n)::bytea), '990101********' || lpad((n % 10000)::text, 4, '0')
        FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n
        RETURNING id
    ), held AS (
        INSERT INTO accounts (person_id) SELECT id FROM made
    ), taking AS (
        INSERT INTO participations (person_id, event_id, contest_id, number)
        SELECT made.id, e.id, e.contest_id, 'D' || made.id FROM made, events e WHERE e.id = :event_id
        RETURNING id, event_id
    )
    INSERT INTO entries (event_id, participation_id) SELECT event_id, id FROM taking
    """
)


def add_people(exam: Exam, count: int) -> None:
    """People with accounts, taking part, each with a paper drawn."""
    with transaction():
        first = int(db.session.scalar(text("SELECT count(*) FROM persons")) or 0) + 1
        values = {"first": first, "last": first + count - 1, "event_id": exam.event_id}
        db.session.execute(_PEOPLE, values)
    draw_papers(exam.exam_id)


_START = text(
    """
    UPDATE sheets s SET state = 'open', started_at = clock_timestamp(), lease = 'lease-' || s.attempt_id,
           lease_device = :device, lease_at = clock_timestamp(),
           deadline_at = clock_timestamp() + make_interval(secs => e.duration_s)
    FROM exams e WHERE e.id = s.exam_id AND s.exam_id = :exam_id AND s.state = 'created'
    """
)
_SITTERS = text(
    """
    SELECT s.attempt_id, s.person_id, s.lease, c.id AS account_id,
           (SELECT array_agg(slot.n - 1 ORDER BY slot.n)
            FROM unnest(a.paper) WITH ORDINALITY AS slot(version_id, n)
            JOIN question_versions q ON q.id = slot.version_id
            WHERE q.type = 'single' AND jsonb_array_length(q.options) = 4) AS slots
    FROM sheets s JOIN attempts a ON a.id = s.attempt_id JOIN accounts c ON c.person_id = s.person_id
    WHERE s.exam_id = :exam_id AND s.state = ANY(:states) ORDER BY s.attempt_id
    """
)


def sitters(app: Flask, exam: Exam, count: int, start: bool = True) -> list[Sitter]:
    """`count` new people, signed in, with their papers started (or only drawn)."""
    before = {row.attempt_id for row in _rows(exam)}
    add_people(exam, count)
    if start:
        with transaction():
            db.session.execute(_START, {"exam_id": exam.exam_id, "device": DEVICE})
    rows = [row for row in _rows(exam) if row.attempt_id not in before]
    with transaction():
        return [
            Sitter(
                row.person_id,
                row.attempt_id,
                row.lease,
                browser(app, row.account_id),
                tuple((slot, "ABCD") for slot in row.slots or ()),
            )
            for row in rows
        ]


def _rows(exam: Exam) -> list[Any]:
    rows = db.session.execute(_SITTERS, {"exam_id": exam.exam_id, "states": ["created", "open"]}).all()
    db.session.rollback()
    return list(rows)


def browser(app: Flask, account_id: int) -> tuple[tuple[str, str], ...]:
    """The headers of a signed-in browser: session row, signed cookie, device, form token."""
    token = f"drill-{account_id:08d}-{'x' * 24}"
    expires_at = clock.now() + timedelta(hours=12)
    row = AuthSession(
        token_hash=token_hash(token), account_id=account_id, auth_version=1, expires_at=expires_at
    )
    db.session.add(row)
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    value = signer.dumps({"_user_id": token, "_fresh": True, "csrf_token": "d" * 40})
    form = URLSafeTimedSerializer(str(app.config["SECRET_KEY"]), salt="wtf-csrf-token").dumps("d" * 40)
    cookie = f"{app.config['SESSION_COOKIE_NAME']}={value}; jiangsai_device={DEVICE}"
    return (("Cookie", cookie), ("X-CSRFToken", str(form)), ("Accept", "application/json, text/html"))


PASSWORD = "zhuang pei yan lian 2026"


def with_passwords(count: int) -> list[tuple[str, str]]:
    """New people who can sign in: (document number, password)."""
    hashed = hash_password(PASSWORD)
    known = int(db.session.scalar(text("SELECT count(*) FROM persons")) or 0)
    numbers = [
        factories.document_number(n % 1000, f"{1950 + (known + n) // 1000 % 50}0307")
        for n in range(known, known + count)
    ]
    with transaction():
        for number in numbers:
            factories.make_account(factories.make_person(number=number), password_hash=hashed)
    return [(number, PASSWORD) for number in numbers]
