"""Bringing in organisations, people and roles from a workbook: plan first, carry out on the word."""

import base64
import secrets as random_source
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from redis import RedisError

from webapp.access.permissions import ScopeKind
from webapp.accounts.errors import DocumentTaken, UploadGone
from webapp.accounts.formats.staff_workbook import EVERYTHING, OrganisationRow, PersonRow, StaffWorkbook
from webapp.accounts.rules.roles import fits
from webapp.accounts.service import people
from webapp.contests import queries as contests
from webapp.core.clock import datetime
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.errors import Busy, DomainError
from webapp.core.problems import WARNING, Problem, shorten
from webapp.core.redis import redis_client
from webapp.core.words import N_, Message
from webapp.organisations import queries as organisations
from webapp.organisations import service as organisation_service
from webapp.organisations.errors import OwnRole, RoleHeld

KEPT_S = 1800


@dataclass(frozen=True)
class Plan:
    """What would be done, and what is wrong. Rows with an error are in neither list."""

    organisations: tuple[OrganisationRow, ...]
    people: tuple[PersonRow, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        return sum(problem.is_error for problem in self.problems)


@dataclass(frozen=True)
class Issued:
    """A person who got a first code, shown once."""

    name: str
    document_mask: str
    code: str


@dataclass
class Done:
    """What an import has done."""

    organisations: int = 0
    roles: int = 0
    issued: list[Issued] = field(default_factory=list)
    skipped: list[Message] = field(default_factory=list)


def keep(content: bytes, account_id: int) -> str:
    """Keep an upload between preview and import, encrypted, for half an hour. Return its ticket.

    Raise Busy when Redis is away."""
    ticket = random_source.token_urlsafe(16)
    sealed = keyring().encrypt(base64.b64encode(content).decode(), f"upload:{account_id}:{ticket}")
    try:
        redis_client().set(f"upload:{account_id}:{ticket}", sealed, ex=KEPT_S)
    except RedisError as error:
        raise Busy(30) from error
    return ticket


def kept(ticket: str, account_id: int) -> bytes:
    """The upload behind a ticket of this account. Raise UploadGone."""
    try:
        sealed = redis_client().get(f"upload:{account_id}:{ticket}")
    except RedisError as error:
        raise Busy(30) from error
    if not isinstance(sealed, bytes):
        raise UploadGone
    return base64.b64decode(keyring().decrypt(sealed, f"upload:{account_id}:{ticket}"))


def plan(book: StaffWorkbook) -> Plan:
    """Compare a workbook with what is there: organisations that exist are left alone with a warning,
    parents, units and scopes must exist in the file or the tree, nobody gets a second name."""
    problems = list(book.problems)
    rows, new_codes = _new_organisations(book.organisations, problems)
    codes = {row.unit for row in book.people} | {row.scope for row in book.people}
    there = set(organisations.by_codes(codes)) | new_codes
    scopes = {code for code, _kind, _id in contests.scope_codes()}
    kept_people = tuple(row for row in book.people if _fits(row, there, scopes, problems))
    return Plan(tuple(rows), kept_people, tuple(problems))


def carry_out(done_plan: Plan, *, now: datetime) -> Done:
    """Add the organisations, invite the people, grant the roles of a plan, in the caller's transaction."""
    done = Done()
    for row in done_plan.organisations:
        _add(row)
        done.organisations += 1
    db.session.flush()
    codes = {row.unit for row in done_plan.people} | {row.scope for row in done_plan.people}
    tree = {code: row.id for code, row in organisations.by_codes(codes).items()}
    for person in done_plan.people:
        _bring(person, tree, done, now)
    return done


def _new_organisations(
    rows: Iterable[OrganisationRow], problems: list[Problem]
) -> tuple[list[OrganisationRow], set[str]]:
    """The rows to add, parents before children, and the codes they bring."""
    rows = tuple(rows)
    mentioned = {row.code for row in rows} | {row.credit_code for row in rows} | {row.parent for row in rows}
    there = set(organisations.by_codes(mentioned))
    waiting: list[OrganisationRow] = []
    seen: set[str] = set()
    for row in rows:
        own = {row.code, row.credit_code} - {""}
        if own & there:
            problems.append(
                _problem(row, "编码", row.code, N_("Is there already and stays as it is."), WARNING)
            )
        elif own & seen:
            problems.append(_problem(row, "编码", row.code, N_("The same code stands in an earlier row.")))
        else:
            waiting.append(row)
            seen |= own
    ordered: list[OrganisationRow] = []
    known = set(there)
    while ready := [row for row in waiting if not row.parent or row.parent in known]:
        for row in ready:
            ordered.append(row)
            known |= {row.code, row.credit_code} - {""}
        waiting = [row for row in waiting if row not in ready]
    problems.extend(
        _problem(row, "上级编码", row.parent, N_("No organisation has this code.")) for row in waiting
    )
    return ordered, {code for row in ordered for code in (row.code, row.credit_code) if code}


def _fits(row: PersonRow, there: set[str], scopes: set[str], problems: list[Problem]) -> bool:
    before = len(problems)
    if row.unit and row.unit not in there:
        problems.append(_problem(row, "单位编码", row.unit, N_("No organisation has this code.")))
    if row.role is not None:
        if row.scope != EVERYTHING and row.scope not in there and row.scope not in scopes:
            problems.append(
                _problem(row, "范围编码", row.scope, N_("No organisation, contest or event has this code."))
            )
        elif not fits(row.role, _scope_kind(row.scope, scopes)):
            problems.append(
                _problem(row, "范围编码", row.scope, N_("This role does not go with this scope."))
            )
    person = people.find(row.document)
    if person is not None and person.name != row.name:
        problems.append(
            _problem(
                row, "姓名", row.name, N_("There is a record with this document number and another name.")
            )
        )
    return len(problems) == before


def _scope_kind(scope: str, scopes: set[str]) -> ScopeKind:
    if scope == EVERYTHING:
        return ScopeKind.EVERYTHING
    if scope in scopes:
        return ScopeKind.EVENT if "/" in scope else ScopeKind.CONTEST
    return ScopeKind.ORGANISATION


def _problem(
    row: OrganisationRow | PersonRow, column: str, value: str, reason: str, severity: str = "error"
) -> Problem:
    sheet = "组织" if isinstance(row, OrganisationRow) else "人员"
    made = Problem(
        "staff-row", Message(reason), sheet=sheet, row=row.row, column=column, value=shorten(value)
    )
    return replace(made, severity=severity)


def _add(row: OrganisationRow) -> None:
    parents = organisations.by_codes([row.parent])
    organisation_service.add_organisation(
        name=row.name,
        kind=row.kind,
        level=row.level,
        parent_id=parents[row.parent].id if row.parent else None,
        code=row.code,
        credit_code=row.credit_code,
        region=row.region,
        industry=row.industry,
    )


def _bring(row: PersonRow, tree: dict[str, int], done: Done, now: datetime) -> None:
    try:
        invitation = people.invite_person(
            people.NewPerson(row.name, row.document, row.phone, tree.get(row.unit)), now=now
        )
    except DocumentTaken as error:
        done.skipped.append(error.message)
        return
    if invitation.code:
        done.issued.append(Issued(row.name, row.document.mask, invitation.code))
    if row.role is None:
        return
    try:
        organisation_service.grant_role(
            invitation.person_id, row.role, *_scope(row.scope, tree), why="workbook"
        )
        done.roles += 1
    except RoleHeld:
        return
    except OwnRole as error:
        done.skipped.append(error.message)


def _scope(code: str, tree: dict[str, int]) -> tuple[ScopeKind, int]:
    if code == EVERYTHING:
        return ScopeKind.EVERYTHING, 0
    if code in tree:
        return ScopeKind.ORGANISATION, tree[code]
    for known, kind, scope_id in contests.scope_codes():
        if known == code:
            return ScopeKind(kind), scope_id
    raise DomainError


def forget(ticket: str, account_id: int) -> None:
    """Drop a kept upload after it was carried out."""
    redis_client().delete(f"upload:{account_id}:{ticket}")
