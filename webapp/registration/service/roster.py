"""What a liaison does: stage a workbook, accept it, hand out codes, remind.

Staged rows are encrypted: nobody has been registered yet, and the numbers are people's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.accounts import service as accounts
from webapp.accounts.rules.codes import CodePurpose, shown
from webapp.accounts.rules.documents import DocumentKind, parse
from webapp.audit.service import record
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.problems import MAX_LISTED, Problem
from webapp.core.words import N_
from webapp.notifications import queries as notices
from webapp.notifications.service import notify
from webapp.organisations import queries as organisations
from webapp.registration.errors import RosterDone, RosterHasProblems
from webapp.registration.formats.roster import Roster, RosterRow, read_roster
from webapp.registration.models import Application, RosterUpload
from webapp.registration.queries import events
from webapp.registration.queries import roster as queries
from webapp.registration.queries.events import EventContext
from webapp.registration.rules.eligibility import is_open
from webapp.registration.rules.review import State

MOCK_REMINDER = N_(
    "Your unit reminds you: try the mock exam, so that device, network and page are familiar on the day."
)
ONCE_IN = timedelta(days=1)


@dataclass(frozen=True)
class HandedOut:
    """One row of an accepted workbook. outcome: 'invited' (with a code, told once), 'known' (the person
    has a record and confirms at the next sign-in, if name and number fit) or 'closed' (the event's
    registration closed in between)."""

    row: int
    name: str
    event_id: int
    outcome: str
    code: str = ""


def stage(
    who: Principal, unit_id: int, contest_id: int, file_name: str, content: bytes, now: datetime
) -> RosterUpload:
    """Read a workbook and keep it for the preview; nobody is registered yet.

    Raise NotFound for a foreign unit, FileRefused and RosterWrong children for what cannot be read."""
    if not queries.may_register(who, unit_id):
        raise NotFound
    roster = read_roster(
        content, file_name, queries.choices(contest_id, now), now.astimezone(SHANGHAI).date()
    )
    upload = RosterUpload(
        unit_id=unit_id,
        contest_id=contest_id,
        file_name=file_name[:200],
        problems=[problem.to_json() for problem in roster.problems[:MAX_LISTED]],
        counts=_counts(roster),
        state="parsed",
        uploaded_by_account_id=who.account_id,
        uploaded_at=now,
    )
    db.session.add(upload)
    db.session.flush()
    upload.sealed_rows = keyring().encrypt(_packed(roster), _owner(upload.id))
    record("roster.upload", "roster", upload.id, unit_id=unit_id, **upload.counts)
    return upload


def accept(who: Principal, upload_id: int, *, valid_only: bool, now: datetime) -> list[HandedOut]:
    """Register the staged people: a record and a code for who is new, an invitation for each event.

    Nobody takes part by this: each person confirms at sign-in. What exists already stays as it is and
    is not told. Afterwards the staged rows are gone. Raise NotFound, RosterDone, or RosterHasProblems
    unless valid_only."""
    upload = queries.upload(who, upload_id, lock=True)
    if upload.state != "parsed":
        raise RosterDone
    if upload.problems and not valid_only:
        raise RosterHasProblems(count=upload.counts["wrong"])
    rows = rows_of(upload)
    contexts = events.contexts({row.event_id for row in rows})
    codes: dict[str, tuple[int | None, str]] = {}
    handed = []
    for row in rows:
        if not is_open(contexts[row.event_id].rules, now):
            handed.append(HandedOut(row.row, row.name, row.event_id, "closed"))
            continue
        if row.number not in codes:
            codes[row.number] = _person_of(row, upload.unit_id, now)
        person_id, code = codes[row.number]
        if person_id is not None:
            _put_forward(who, person_id, contexts[row.event_id], upload, now)
        handed.append(HandedOut(row.row, row.name, row.event_id, "invited" if code else "known", code))
    upload.state, upload.sealed_rows = "accepted", None
    record("roster.accept", "roster", upload.id, people=len(codes), rows=len(handed))
    return handed


def discard(who: Principal, upload_id: int) -> None:
    """Throw a staged workbook away. Raise NotFound or RosterDone."""
    upload = queries.upload(who, upload_id, lock=True)
    if upload.state != "parsed":
        raise RosterDone
    upload.state, upload.sealed_rows = "discarded", None
    record("roster.discard", "roster", upload.id)


def new_code(who: Principal, person_id: int, now: datetime) -> str:
    """Another first code for a worker of the liaison's units who has never signed in, told once.

    Raise NotFound for everybody else."""
    card = people.card(person_id)
    if card.unit_id is None or not queries.may_register(who, card.unit_id) or card.account_state != "invited":
        raise NotFound
    return shown(accounts.issue_code(person_id, CodePurpose.FIRST_SIGN_IN, now=now))


def remind(who: Principal, unit_ids: Sequence[int]) -> int:
    """Leave a notice for everybody of the units whose registration waits for them; return how many."""
    waiting = queries.unconfirmed(list(unit_ids))
    headers = events.headers({row.event_id for row in waiting})
    for row in waiting:
        notify(
            row.person_id,
            N_("Your unit reminds you: your registration for “%(event)s” waits for you."),
            {"event": headers[row.event_id].title},
            "/my",
        )
    record("roster.remind", "account", who.account_id, count=len(waiting), units=list(unit_ids))
    return len(waiting)


def remind_of_mock(who: Principal, unit_ids: Sequence[int], now: datetime) -> int:
    """Leave a notice for everybody of the units who may try the mock exam and never has; return how many.

    Nobody is reminded twice within a day, whoever reminds."""
    waiting = queries.never_tried_mock(list(unit_ids), now)
    told = notices.told_since(waiting, MOCK_REMINDER, now - ONCE_IN)
    reminded = [person_id for person_id in waiting if person_id not in told]
    for person_id in reminded:
        notify(person_id, MOCK_REMINDER, {}, "/exams")
    record("roster.remind_mock", "account", who.account_id, count=len(reminded), units=list(unit_ids))
    return len(reminded)


def rows_of(upload: RosterUpload) -> list[RosterRow]:
    """The valid rows of a staged workbook."""
    return [
        RosterRow(**{**row, "kind": DocumentKind(row["kind"])}) for row in _unpacked(upload).get("rows", [])
    ]


def cells_of(upload: RosterUpload) -> list[tuple[int, tuple[str, ...]]]:
    """All rows of a staged workbook as they were read, with the rows of the file."""
    return [(row, tuple(texts)) for row, texts in _unpacked(upload).get("cells", [])]


def problems_of(upload: RosterUpload) -> list[Problem]:
    """What is wrong with a staged workbook."""
    return [Problem.from_json(problem) for problem in upload.problems]


def _person_of(row: RosterRow, unit_id: int, now: datetime) -> tuple[int | None, str]:
    """The person of a row and the code for the first sign-in.

    A code is issued only for a new record, or for one of the same unit that nobody has used yet: a
    liaison never gets hold of somebody else's record. Where number and name do not fit, nothing
    happens and nothing is told: the answer is the same as for a record that exists."""
    document = parse(row.kind, row.number, now.astimezone(SHANGHAI).date())
    known = accounts.find(document)
    if known is not None:
        if known.name != row.name:
            return None, ""
        card = people.card(known.id)
        if card.account_state != "invited" or card.unit_id != unit_id:
            return known.id, ""
    made = accounts.invite_person(accounts.NewPerson(row.name, document, row.phone, unit_id), now=now)
    return made.person_id, shown(made.code) if made.code else ""


def _put_forward(
    who: Principal, person_id: int, event: EventContext, upload: RosterUpload, now: datetime
) -> None:
    """An application that waits for the person's own confirmation; one that lives already stays."""
    made = db.session.execute(
        insert(Application)
        .values(
            person_id=person_id,
            event_id=event.event_id,
            contest_id=upload.contest_id,
            unit_id=upload.unit_id,
            state=State.INVITED,
            chain=[],
            facts={},
            warnings=[],
            source="liaison",
            created_by_account_id=who.account_id,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Application.id)
    ).one_or_none()
    if made is None:
        return
    record("application.invite", "application", made.id, event_id=event.event_id, roster_id=upload.id)
    notify(
        person_id,
        N_("%(unit)s has put you forward for “%(event)s”. You take part only if you confirm it."),
        {"unit": organisations.unit_name(upload.unit_id) or "", "event": event.title},
        "/my",
    )


def _counts(roster: Roster) -> dict[str, Any]:
    wrong = {problem.row for problem in roster.problems}
    return {
        "rows": len(roster.cells),
        "valid": len(roster.rows),
        "wrong": len(wrong),
        "problems": len(roster.problems),
        "people": len({row.number for row in roster.rows}),
    }


def _packed(roster: Roster) -> str:
    return json.dumps(
        {"rows": [{**row.__dict__, "kind": row.kind.value} for row in roster.rows], "cells": roster.cells},
        ensure_ascii=False,
    )


def _unpacked(upload: RosterUpload) -> dict[str, Any]:
    if upload.sealed_rows is None:
        return {}
    return dict(json.loads(keyring().decrypt(upload.sealed_rows, _owner(upload.id))))


def _owner(upload_id: int) -> str:
    return f"roster:{upload_id}"
