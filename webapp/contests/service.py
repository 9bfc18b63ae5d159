"""Loading definitions: immutable versions, and rows for what other tables point at."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass

from sqlalchemy import delete, func, select, update

from webapp.audit import service as audit
from webapp.contests import queries
from webapp.contests.errors import ExamNotWritten, RulesInUse, RulesUndecided, StageInUse
from webapp.contests.models import Contest as ContestRow
from webapp.contests.models import ContestVersion, Event, Stage, StageComponent
from webapp.contests.rules.blueprint import Blueprint
from webapp.contests.rules.changes import changes_in_use
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Contest, EventRules
from webapp.contests.rules.schema import Stage as StageRules
from webapp.contests.rules.undecided import missing_to_open
from webapp.contests.rules.write_exam import with_exam
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import pick
from webapp.core.words import N_, Message

Pinned = Callable[[int], bool]
"""Whether something already depends on a stage's rules (an exam was prepared). Exams stand above
contests, so the caller tells."""


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
    program: who acts when nobody is signed in, for example a command. now: when not given, the clock's.
    Raise ContestInvalid with every problem; RulesInUse when rules in use would change without a reason;
    StageInUse when weights of a pinned stage would change."""
    rules = parse_contest(text, name)
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
    version = known or _new_version(row.id, canonical, digest, account_id)
    row.current_version_id = version.id
    _write_events(row.id, rules, is_pinned or (lambda stage_id: False))
    facts = {"version": version.number, "digest": digest, "file": name, "changes_in_use": len(changes)}
    audit.record("contest.load", "contest", row.id, because.strip(), program, **facts)
    return Loaded(row.id, version.number, is_new=True)


def put_exam(
    contest_id: int,
    event_code: str,
    stage_code: str,
    blueprint: Blueprint,
    account_id: int | None,
    is_pinned: Pinned,
    *,
    because: str = "",
    now: datetime | None = None,
) -> Loaded:
    """Write an event's own exam into the definition in force and load that as a new version; nobody else's load
    comes in between. The rest of the text stays as it is.

    Raise NotFound; ExamNotWritten when the text would not say this exam; else as `load_contest`."""
    row = db.session.scalars(
        select(ContestRow).where(ContestRow.id == contest_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    text = with_exam(queries.definition_text(row.code), event_code, stage_code, blueprint)
    written = parse_contest(text).event(event_code).exams.get(stage_code)
    if written != blueprint:
        raise ExamNotWritten
    return load_contest(text, f"{row.code}.toml", account_id, is_pinned, because=because, now=now)


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


def _write_events(contest_id: int, rules: Contest, is_pinned: Pinned) -> None:
    """Upsert event and stage rows; an event that left the file is marked withdrawn, its code never reused."""
    rows = {row.code: row for row in db.session.scalars(select(Event).where(Event.contest_id == contest_id))}
    for position, event in enumerate(rules.events):
        row = rows.get(event.code)
        if row is None:
            row = Event(contest_id=contest_id, code=event.code)
            db.session.add(row)
        row.title = asdict(event.title)
        row.track = rules.profile_of(event).track
        row.event_class = event.event_class
        row.position = position
        row.is_withdrawn = False
        db.session.flush()
        _write_stages(row, rules, event, is_pinned)
    gone = set(rows) - {event.code for event in rules.events}
    if gone:
        db.session.execute(
            update(Event)
            .where(Event.contest_id == contest_id, Event.code.in_(gone))
            .values(is_withdrawn=True)
        )


def _write_stages(event_row: Event, rules: Contest, event: EventRules, is_pinned: Pinned) -> None:
    rows = {row.code: row for row in db.session.scalars(select(Stage).where(Stage.event_id == event_row.id))}
    for position, stage in enumerate(rules.profile_of(event).stages):
        window = rules.window(event, stage.window)
        row = rows.get(stage.code)
        if row is None:
            row = Stage(event_id=event_row.id, code=stage.code)
            db.session.add(row)
        elif is_pinned(row.id):
            _refuse_weight_change(row, stage, event)
        row.title = asdict(stage.title)
        row.kind = stage.kind
        row.position = position
        row.opens_at = window.opens_at if window else None
        row.closes_at = window.closes_at if window else None
        db.session.flush()
        _write_components(row.id, stage)


def _write_components(stage_id: int, stage: StageRules) -> None:
    db.session.execute(delete(StageComponent).where(StageComponent.stage_id == stage_id))
    for position, component in enumerate(stage.components):
        db.session.add(
            StageComponent(
                stage_id=stage_id, component=component.key, weight_pct=component.weight_pct, position=position
            )
        )
    db.session.flush()


def _refuse_weight_change(row: Stage, stage: StageRules, event: EventRules) -> None:
    """Weights are a promise: once an exam has been prepared they stay."""
    stored = {
        component.component: component.weight_pct
        for component in db.session.scalars(select(StageComponent).where(StageComponent.stage_id == row.id))
    }
    if stored != {component.key: component.weight_pct for component in stage.components}:
        raise StageInUse(event=pick(event.title), stage=pick(stage.title), what=Message(N_("the weights")))


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


def mark_rechecked(stage_id: int, at: datetime) -> None:
    """The eligibility re-check of a stage is done: the board may show to the public if the file says so."""
    db.session.get_one(Stage, stage_id).rechecked_at = at
    audit.record("stage.recheck", "stage", stage_id)


def mark_published(stage_id: int, at: datetime) -> None:
    """The list of a stage has been published."""
    db.session.get_one(Stage, stage_id).published_at = at
    audit.record("stage.publish", "stage", stage_id)
