"""Loading definitions: immutable versions, and rows for what other tables point at."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select, update

from webapp.audit import service as audit
from webapp.contests import queries
from webapp.contests.errors import RulesInUse, RulesUndecided
from webapp.contests.models import Contest as ContestRow
from webapp.contests.models import ContestVersion, Event, Stage
from webapp.contests.rules.changes import changes_in_use
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Contest
from webapp.contests.rules.undecided import missing_to_open
from webapp.contests.service.checking import require_consistent
from webapp.contests.service.moves import move_along, tell_moves
from webapp.contests.service.rows import Pinned, is_pinned_by_any, write_rows
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.words import Message


@dataclass(frozen=True)
class Loaded:
    """What loading did. is_new: False when this very text was in force already."""

    contest_id: int
    version: int
    is_new: bool


def load_contest(
    text: str,
    name: str = "",
    account_id: int | None = None,
    is_pinned: Pinned | None = None,
    *,
    because: str = "",
    program: str = "",
    now: datetime | None = None,
) -> Loaded:
    """Load a definition: a new version when the text changed, none when it is the present one.

    because: why rules that people already take part under change all the same; it goes into the audit.
    program: who acts when nobody is signed in, for example a command. is_pinned: which stages something depends
    on; left out, whoever registered with `pin_with` says. now: when not given, the clock's.
    Raise ContestInvalid with every problem; RulesInUse when rules in use would change without a reason;
    StageInUse when weights of a pinned stage would change."""
    rules = require_consistent(text, name)
    canonical = text.replace("\r\n", "\n").strip() + "\n"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    row = _contest_row(rules)
    known = db.session.scalars(
        select(ContestVersion).where(ContestVersion.contest_id == row.id, ContestVersion.digest == digest)
    ).one_or_none()
    if known is not None and known.id == row.current_version_id:
        return Loaded(row.id, known.number, is_new=False)
    changes = _changes(row, rules, now or clock.now())
    if changes and not because.strip():
        raise RulesInUse(changes)
    before = db.session.get(ContestVersion, row.current_version_id) if row.current_version_id else None
    version = known or _new_version(row.id, canonical, digest, account_id)
    row.current_version_id = version.id
    write_rows(row.id, rules, is_pinned or is_pinned_by_any)
    if before is not None:
        tell_moves(row.id, parse_contest(before.text), rules, now or clock.now())
        move_along(row.id, parse_contest(before.text), rules, now or clock.now())
    facts = {"version": version.number, "digest": digest, "file": name, "changes_in_use": len(changes)}
    audit.record("contest.load", "contest", row.id, because.strip(), program, **facts)
    return Loaded(row.id, version.number, is_new=True)


def _changes(row: ContestRow, rules: Contest, now: datetime) -> tuple[Message, ...]:
    """What the new rules change for people who already take part."""
    present = db.session.get(ContestVersion, row.current_version_id) if row.current_version_id else None
    return changes_in_use(parse_contest(present.text), rules, now) if present else ()


def _contest_row(rules: Contest) -> ContestRow:
    """The contest's row, locked so that two loads of one contest follow each other."""
    row = db.session.scalars(
        select(ContestRow).where(ContestRow.code == rules.code).with_for_update()
    ).one_or_none()
    if row is None:
        row = ContestRow(code=rules.code)
        db.session.add(row)
    row.title = asdict(rules.title)
    row.edition = rules.edition
    db.session.flush()
    return row


def _new_version(contest_id: int, text: str, digest: str, account_id: int | None) -> ContestVersion:
    latest = db.session.scalar(
        select(func.max(ContestVersion.number)).where(ContestVersion.contest_id == contest_id)
    )
    version = ContestVersion(
        contest_id=contest_id,
        number=(latest or 0) + 1,
        text=text,
        digest=digest,
        loaded_by_account_id=account_id,
    )
    db.session.add(version)
    db.session.flush()
    return version


def require_decided(stage_id: int) -> None:
    """Raise RulesUndecided, naming what the host has yet to decide before this stage can open."""
    stage = queries.stage_by_id(stage_id)
    missing = missing_to_open(queries.rules_of(stage.contest_id), stage.event_rules, stage.rules)
    if missing:
        raise RulesUndecided(what=missing[0])


def assign_organiser(event_id: int, organisation_id: int) -> None:
    """Name the organisation that organises an event; it is the last link of the review chain."""
    event = db.session.get_one(Event, event_id)
    event.organiser_id = organisation_id
    audit.record("event.organiser", "event", event_id, organisation_id=organisation_id)


def assign_organisers(event_ids: Sequence[int], organisation_id: int) -> None:
    """Name one organisation as the organiser of many events."""
    db.session.execute(
        update(Event).where(Event.id.in_(event_ids)).values(organiser_id=organisation_id),
        execution_options={"synchronize_session": False},
    )
    audit.record(
        "event.organiser",
        "organisation",
        organisation_id,
        organisation_id=organisation_id,
        events=len(event_ids),
    )


def mark_rechecked(stage_id: int, at: datetime) -> None:
    """The eligibility re-check of a stage is done: the board may show to the public if the file says so."""
    db.session.get_one(Stage, stage_id).rechecked_at = at
    audit.record("stage.recheck", "stage", stage_id)


def mark_published(stage_id: int, at: datetime) -> None:
    """The list of a stage has been published."""
    db.session.get_one(Stage, stage_id).published_at = at
    audit.record("stage.publish", "stage", stage_id)
