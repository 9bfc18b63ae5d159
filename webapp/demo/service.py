"""Loads the demo through the same services that people use. Running it again only moves the windows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from flask import current_app

from webapp.access.permissions import ScopeKind
from webapp.accounts import queries as accounts
from webapp.accounts.rules.documents import DocumentKind, parse
from webapp.accounts.service import passwords, people
from webapp.banks import service as banks
from webapp.config import ROOT
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.contests.formats.edits import with_windows
from webapp.contests.rules.reanchor import reanchor
from webapp.core import clock
from webapp.core.clock import datetime
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.courses import service as courses
from webapp.demo import crowd, hosts, rules
from webapp.demo.rules import CONTEST, ORGANISATIONS, PASSWORD, PEOPLE, DemoPerson
from webapp.organisations import queries as organisations
from webapp.organisations import service as organisation_service
from webapp.organisations.errors import RoleHeld

RENDERED = ROOT / "webapp" / "courses" / "rendered"
DEFINITIONS = ROOT / "webapp" / "contests" / "definitions"


def steps() -> Iterator[str]:
    """Do one step after the other, each in its own transaction; yield what was done."""
    now = clock.now()
    with transaction():
        add_organisations()
    yield "organisations / 组织"
    with transaction():
        add_people(now)
    yield "accounts / 账号"
    for folder in bank_folders():
        with keys_scope(), transaction():
            add_bank(folder)
    yield "question banks / 题库"
    with transaction():
        load_contest(now)
    yield "contest, windows around today / 竞赛，时间已移到今天前后"
    yield f"{add_courses()} courses / 课程"
    yield from crowd.steps(now)
    with transaction():
        count = hosts.add_applications(now)
    yield f"{count} applications to host a stage / 承办申报"


def add_organisations() -> None:
    """The demo's part of the union tree."""
    known = dict(organisations.by_codes([node.code for node in ORGANISATIONS]))
    for node in ORGANISATIONS:
        if node.code in known:
            continue
        parent = known.get(node.parent)
        known[node.code] = organisation_service.add_organisation(
            name=node.name,
            kind=node.kind,
            level=node.level,
            code=node.code,
            parent_id=parent.id if parent else None,
        )


def add_people(now: datetime) -> None:
    """One account per role and two contestants, all with the same printed password."""
    password_hash = ""
    for serial, person in enumerate(PEOPLE, start=1):
        document = parse(
            DocumentKind.RESIDENT_ID, rules.document_number(serial, rules.born_of(serial)), now.date()
        )
        found = people.find(document)
        if found is None:
            password_hash = password_hash or passwords.hash_password(PASSWORD)
            unit = organisations.by_codes([person.unit])[person.unit]
            new = people.NewPerson(person.name, document, rules.phone_of(serial), unit.id)
            people.sign_up(new, password_hash, privacy=True, publication=True, now=now)
            found = people.find(document)
        assert found is not None
        _grant(found.id, person)


def _grant(person_id: int, person: DemoPerson) -> None:
    if person.role is None:
        return
    scope_kind, scope_id = ScopeKind.EVERYTHING, 0
    if person.scope:
        scope_kind = ScopeKind.ORGANISATION
        scope_id = organisations.by_codes([person.scope])[person.scope].id
    try:
        organisation_service.grant_role(person_id, person.role, scope_kind, scope_id, actor="demo")
    except RoleHeld:
        return


def bank_folders() -> list[Path]:
    """The shipped banks."""
    banks_dir: Path = current_app.extensions["settings"].banks_dir
    return sorted(path.parent for path in banks_dir.glob("*/bank.toml"))


def add_bank(folder: Path) -> None:
    """A shipped bank, uploaded by the setter and approved by the reviewer."""
    banks.import_shipped(folder, account_of("setter"), account_of("question-reviewer"))


def add_courses() -> int:
    """The shipped courses, rendered at set-up, published for their events; how many there are."""
    folders = sorted(path.parent for path in RENDERED.glob("*/course.toml"))
    for folder in folders:
        with keys_scope(), transaction():
            courses.import_shipped(folder, account_of("organiser"))
    return len(folders)


def account_of(key: str) -> int:
    """The account id of one of the named people."""
    serial = next(index for index, person in enumerate(PEOPLE, start=1) if person.key == key)
    found = people.find_by_number(rules.document_number(serial, rules.born_of(serial)))
    account = accounts.account_of(found.id) if found else None
    assert account is not None
    return account.id


def phone_of_person(person: DemoPerson) -> str:
    """What the account signs in with."""
    return rules.phone_of(PEOPLE.index(person) + 1)


def load_contest(now: datetime) -> None:
    """The shipped contest with its windows moved around today, and the demo's organiser for every event."""
    text = (DEFINITIONS / f"{CONTEST}.toml").read_text(encoding="utf-8")
    today = now.astimezone(clock.SHANGHAI).date()
    open_days = ((today - timedelta(days=20)).isoformat(), (today + timedelta(days=40)).isoformat())
    text = with_windows(text, {"applications": open_days})
    contest_service.load_contest(
        reanchor(text, rules.PLAN, today), f"{CONTEST}.toml", because="the demo is up to date", program="demo"
    )
    organiser = organisations.by_codes(["demo-organiser"])["demo-organiser"].id
    events = contests.contest_by_code(CONTEST, now).events
    missing = [
        event.event_id for event in events if event.track == "competition" and event.organiser_id != organiser
    ]
    if missing:
        contest_service.assign_organisers(missing, organiser)
