"""Valid objects with no arguments; a test names only what matters to it. They flush, never commit."""

import itertools
import secrets
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from webapp.access.permissions import Role, ScopeKind
from webapp.accounts.models import Account, AuthSession, Person
from webapp.accounts.queries import forget_principals, token_hash
from webapp.accounts.rules.documents import Document, DocumentKind
from webapp.accounts.service import secrets as person_secrets
from webapp.contests.models import Contest, ContestVersion, Event, Stage, StageComponent
from webapp.core import clock
from webapp.core.db import db
from webapp.core.pinyin import pinyin_key
from webapp.organisations.models import Organisation, OrganisationClosure, RoleGrant
from webapp.registration.models import Entry, Participation

_numbers = itertools.count(1)

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


def document_number(n: int | None = None, born: str = "19900307") -> str:
    """A resident identity card number with a valid checksum and a region that does not exist (990101)."""
    body = f"990101{born}{(next(_numbers) if n is None else n) % 1000:03d}"
    return body + CHECK[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def _add(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def make_organisation(
    name: str = "",
    parent: Organisation | None = None,
    kind: str = "union",
    level: str = "province",
    **columns: Any,
) -> Organisation:
    """A node of the tree, with its closure rows."""
    n = next(_numbers)
    name = name or f"第{n}工会"
    made: Organisation = _add(
        Organisation(
            code=columns.pop("code", f"made-{n}"),
            name=name,
            pinyin=pinyin_key(name),
            parent_id=parent.id if parent else None,
            kind=kind,
            level=level,
            **columns,
        )
    )
    _add(OrganisationClosure(ancestor_id=made.id, descendant_id=made.id, depth=0))
    if parent is not None:
        above = db.session.query(OrganisationClosure).filter_by(descendant_id=parent.id).all()
        for link in above:
            _add(
                OrganisationClosure(ancestor_id=link.ancestor_id, descendant_id=made.id, depth=link.depth + 1)
            )
    return made


def make_person(name: str = "", number: str = "", unit: Organisation | None = None, **columns: Any) -> Person:
    """A person with an encrypted, hashed document number."""
    n = next(_numbers)
    name = name or f"张{'甲乙丙丁戊己庚辛壬癸'[n % 10]}{'子丑寅卯辰巳午未申酉戌亥'[n // 10 % 12]}"
    number = number or f"990101{19700101 + n % 28}{n % 1000:03d}"
    number = number if len(number) == 18 else number + _check(number)
    made = Person(unit_id=unit.id if unit else None, **columns)
    person_secrets.set_name(made, name)
    person_secrets.set_document(
        made, Document(DocumentKind.RESIDENT_ID, number, columns.get("born_on"), columns.get("sex", ""))
    )
    _add(made)
    return made


def _check(body: str) -> str:
    return CHECK[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def make_account(person: Person | None = None, **columns: Any) -> Account:
    """An active account; its password is not set (use `sign_in`, or the accounts service)."""
    made: Account = _add(Account(person_id=(person or make_person()).id, **columns))
    return made


def grant(account: Account, role: Role, scope: Organisation | Contest | Event | None = None) -> RoleGrant:
    """Give the account's person a role over a scope; everything when no scope is named."""
    kinds = {Organisation: ScopeKind.ORGANISATION, Contest: ScopeKind.CONTEST, Event: ScopeKind.EVENT}
    kind = ScopeKind.EVERYTHING if scope is None else kinds[type(scope)]
    made: RoleGrant = _add(
        RoleGrant(
            person_id=account.person_id,
            role=role.value,
            scope_kind=kind.value,
            scope_id=scope.id if scope else 0,
        )
    )
    return made


def make_staff(role: Role, scope: Organisation | Contest | Event | None = None, name: str = "") -> Account:
    """An account with one role."""
    account = make_account(make_person(name))
    grant(account, role, scope)
    return account


def make_contest(code: str = "", definition: str = "") -> Contest:
    """A contest row with one version. `definition` is its TOML text; rules are read from there."""
    n = next(_numbers)
    contest: Contest = _add(
        Contest(code=code or f"contest-{n}", title={"zh": f"第{n}届大赛", "en": f"Contest {n}"})
    )
    version = _add(
        ContestVersion(contest_id=contest.id, number=1, text=definition, digest=secrets.token_hex(32))
    )
    contest.current_version_id = version.id
    db.session.flush()
    return contest


def make_event(
    contest: Contest | None = None, track: str = "competition", code: str = "", **columns: Any
) -> Event:
    """An event of a contest."""
    n = next(_numbers)
    made: Event = _add(
        Event(
            contest_id=(contest or make_contest()).id,
            code=code or f"event-{n}",
            title={"zh": f"第{n}赛项", "en": f"Event {n}"},
            track=track,
            event_class=columns.pop("event_class", "class-1"),
            position=n,
            **columns,
        )
    )
    return made


def make_stage(event: Event | None = None, code: str = "preliminary", **columns: Any) -> Stage:
    """A stage that opened an hour ago and closes in a day, weights 30 learning + 70 theory."""
    at = clock.now()
    stage: Stage = _add(
        Stage(
            event_id=(event or make_event()).id,
            code=code,
            title={"zh": "初赛", "en": "Preliminary"},
            kind="online",
            position=1,
            opens_at=columns.pop("opens_at", at - timedelta(hours=1)),
            closes_at=columns.pop("closes_at", at + timedelta(days=1)),
            **columns,
        )
    )
    _add(StageComponent(stage_id=stage.id, component="learning", weight_pct=30, position=1))
    _add(StageComponent(stage_id=stage.id, component="theory", weight_pct=70, position=2))
    return stage


def make_participation(
    event: Event | None = None, person: Person | None = None, **columns: Any
) -> Participation:
    """A confirmed person in an event, with the entry that is ranked."""
    n = next(_numbers)
    event = event or make_event()
    made: Participation = _add(
        Participation(
            person_id=(person or make_person()).id,
            event_id=event.id,
            contest_id=event.contest_id,
            number=columns.pop("number", f"{n:06d}"),
            **columns,
        )
    )
    _add(Entry(event_id=event.id, participation_id=made.id))
    return made


def sign_in(client: FlaskClient, account: Account) -> str:
    """Give the client a session of this account, as signing in would. Return the token."""
    token = secrets.token_urlsafe(32)
    _add(
        AuthSession(
            token_hash=token_hash(token),
            account_id=account.id,
            auth_version=account.auth_version,
            expires_at=clock.now() + timedelta(hours=12),
        )
    )
    db.session.commit()
    forget_principals()
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return token
