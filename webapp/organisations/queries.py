"""Reading the tree and the roles in it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from webapp.access.permissions import Grant, ScopeKind
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.organisations.models import Organisation, OrganisationClosure, RoleGrant
from webapp.organisations.rules import credit_code


@dataclass(frozen=True)
class OrganisationView:
    """An organisation as lists show it. `above`: names of what it stands below, the top first."""

    organisation_id: int
    code: str
    name: str
    kind: str
    level: str
    credit_code: str = ""
    above: tuple[str, ...] = ()
    children: int = 0
    is_open: bool = True


def active_grants(person_id: int) -> Sequence[Row[str, str, int]]:
    """(role, scope_kind, scope_id) of every role a person holds now."""
    return db.session.execute(
        select(RoleGrant.role, RoleGrant.scope_kind, RoleGrant.scope_id).where(
            RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None)
        )
    ).all()


def path(organisation_id: int) -> tuple[int, ...]:
    """The organisation and all above it, nearest first."""
    return tuple(
        db.session.scalars(
            select(OrganisationClosure.ancestor_id)
            .where(OrganisationClosure.descendant_id == organisation_id)
            .order_by(OrganisationClosure.depth)
        )
    )


def paths(organisation_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """`path` of each of these organisations, in one statement."""
    found: dict[int, tuple[int, ...]] = {}
    for row in db.session.execute(
        select(OrganisationClosure.descendant_id, OrganisationClosure.ancestor_id)
        .where(OrganisationClosure.descendant_id.in_(set(organisation_ids)))
        .order_by(OrganisationClosure.descendant_id, OrganisationClosure.depth)
    ):
        found[row.descendant_id] = (*found.get(row.descendant_id, ()), row.ancestor_id)
    return found


def below(organisation_ids: Iterable[int]) -> Select[int]:
    """Ids of these organisations and all below them, as a sub-select."""
    return select(OrganisationClosure.descendant_id).where(
        OrganisationClosure.ancestor_id.in_(set(organisation_ids))
    )


def name_paths(organisation_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The names from the top of the tree down to each organisation, in one statement."""
    wanted = set(organisation_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(OrganisationClosure.descendant_id, Organisation.name)
        .join(Organisation, Organisation.id == OrganisationClosure.ancestor_id)
        .where(OrganisationClosure.descendant_id.in_(wanted))
        .order_by(OrganisationClosure.descendant_id, OrganisationClosure.depth.desc())
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.descendant_id] = (*found.get(row.descendant_id, ()), row.name)
    return found


def unit_names(scope_ids: Iterable[int] | None, limit: int) -> dict[int, str]:
    """Names of the open units at and below these organisations (None: of all), in pinyin order."""
    query = (
        select(Organisation.id, Organisation.name)
        .where(Organisation.kind == "unit", Organisation.is_open, Organisation.merged_into_id.is_(None))
        .order_by(Organisation.pinyin, Organisation.id)
        .limit(limit)
    )
    if scope_ids is not None:
        query = query.where(Organisation.id.in_(below(scope_ids)))
    return {row.id: row.name for row in db.session.execute(query)}


def ancestors(organisation_id: int) -> Sequence[Organisation]:
    """The organisation and all above it as rows, nearest first."""
    return db.session.scalars(_ANCESTORS, {"id": organisation_id}).all()


_ANCESTORS = (
    select(Organisation)
    .join(OrganisationClosure, OrganisationClosure.ancestor_id == Organisation.id)
    .where(OrganisationClosure.descendant_id == bindparam("id"))
    .order_by(OrganisationClosure.depth)
)


def by_id(organisation_id: int) -> Organisation | None:
    """One organisation, or None."""
    return db.session.get(Organisation, organisation_id)


def by_codes(codes: Iterable[str]) -> Mapping[str, Organisation]:
    """Organisations by their code and by their credit code, whichever was asked for."""
    wanted = {code for code in codes if code}
    rows = db.session.scalars(
        select(Organisation).where(or_(Organisation.code.in_(wanted), Organisation.credit_code.in_(wanted)))
    ).all()
    found = {row.code: row for row in rows}
    found.update({row.credit_code: row for row in rows if row.credit_code})
    return found


def names(organisation_ids: Iterable[int]) -> Mapping[int, str]:
    """Names by id, in one query."""
    wanted = {one for one in organisation_ids if one}
    if not wanted:
        return {}
    ids = literal(list(wanted), ARRAY(BigInteger))
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id == any_(ids)))
    return {row.id: row.name for row in rows}


def default_reviewer_id() -> int | None:
    """The union that takes what no other is responsible for: the oldest at the top of the tree."""
    return db.session.scalar(
        select(Organisation.id)
        .where(Organisation.parent_id.is_(None), Organisation.kind == "union")
        .order_by(Organisation.id)
        .limit(1)
    )


def subtree(organisation_id: int) -> Select[int]:
    """Ids of the organisation and all below it, as a select to filter by."""
    return select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id == organisation_id)


def covers(scope_id: int, organisation_id: int) -> bool:
    """Whether one organisation is the other or stands above it."""
    return db.session.get(OrganisationClosure, (scope_id, organisation_id)) is not None


def within(column: InstrumentedAttribute[int | None], grants: Iterable[Grant]) -> ColumnElement[bool]:
    """A condition: the organisation in `column` lies in the scope of one of the grants.

    An empty column counts as the default reviewer's. Scopes of contests and events say nothing
    about organisations and cover none here."""
    grants = tuple(grants)
    if any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants):
        return column.is_(None) | column.is_not(None)
    scopes = {grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.ORGANISATION}
    inside = column.in_(
        select(OrganisationClosure.descendant_id).where(OrganisationClosure.ancestor_id.in_(scopes))
    )
    return inside | column.is_(None) if default_reviewer_id() in scopes else inside


def search(text: str, kinds: Sequence[str] = ("unit",), limit: int = 20) -> list[OrganisationView]:
    """Open organisations whose name contains the text, whose name sounds like it in pinyin, or whose
    credit code begins with it. Best first: same name, name begins with it, the rest by sound."""
    text = text.strip()
    if not text:
        return []
    pattern = _escaped(text)
    sound = re.sub(r"[\s']", "", text.lower())
    conditions = [Organisation.name.ilike(f"%{pattern}%", escape="\\")]
    if re.fullmatch(r"[a-z]{2,}", sound):
        plain = func.regexp_replace(Organisation.pinyin, "[0-9 ]", "", "g")
        conditions.append(plain.like(f"%{sound}%"))
    code = credit_code.clean(text)
    if re.fullmatch(r"[0-9A-Z]{4,18}", code):
        conditions.append(Organisation.credit_code.like(f"{code}%"))
    rows = db.session.scalars(
        select(Organisation)
        .where(
            Organisation.kind.in_(kinds),
            Organisation.is_open,
            Organisation.merged_into_id.is_(None),
            or_(*conditions),
        )
        .order_by(
            case(
                (Organisation.name == text, 0),
                (Organisation.name.ilike(f"{pattern}%", escape="\\"), 1),
                else_=2,
            ),
            Organisation.pinyin,
            Organisation.id,
        )
        .limit(limit)
    ).all()
    return views(rows)


def children(parent_id: int | None, limit: int = 200, offset: int = 0) -> list[OrganisationView]:
    """What stands directly below an organisation, or the tops of the tree; unions before units."""
    condition = Organisation.parent_id.is_(None) if parent_id is None else Organisation.parent_id == parent_id
    rows = db.session.scalars(
        select(Organisation)
        .where(condition, Organisation.merged_into_id.is_(None))
        .order_by(
            case((Organisation.kind == "unit", 1), else_=0),
            Organisation.pinyin,
            Organisation.id,
        )
        .limit(limit)
        .offset(offset)
    ).all()
    return views(rows)


def views(rows: Sequence[Organisation]) -> list[OrganisationView]:
    """Rows for a page, each with the names above it and the number below: two queries for all."""
    ids = [row.id for row in rows]
    above: dict[int, list[str]] = {}
    top = aliased(Organisation)
    for link in db.session.execute(
        select(OrganisationClosure.descendant_id, top.name)
        .join(top, top.id == OrganisationClosure.ancestor_id)
        .where(OrganisationClosure.descendant_id.in_(ids), OrganisationClosure.depth > 0)
        .order_by(OrganisationClosure.depth.desc())
    ):
        above.setdefault(link.descendant_id, []).append(link.name)
    beneath = {
        row.parent_id: row.below
        for row in db.session.execute(
            select(Organisation.parent_id, func.count().label("below"))
            .where(Organisation.parent_id.in_(ids), Organisation.merged_into_id.is_(None))
            .group_by(Organisation.parent_id)
        )
    }
    return [
        OrganisationView(
            row.id,
            row.code,
            row.name,
            row.kind,
            row.level,
            row.credit_code or "",
            tuple(above.get(row.id, ())),
            int(beneath.get(row.id, 0)),
            row.is_open,
        )
        for row in rows
    ]


def _escaped(text: str) -> str:
    """Text for LIKE: its own % and _ are letters."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def unit_name(organisation_id: int) -> str | None:
    """The name of a unit that people may choose, or None."""
    return db.session.scalar(
        select(Organisation.name).where(Organisation.id == organisation_id, *_choosable())
    )


def chosen_unit(organisation_id: int) -> list[OrganisationView]:
    """The view of a unit that people may choose, or nothing."""
    return views(
        db.session.scalars(
            select(Organisation).where(Organisation.id == organisation_id, *_choosable())
        ).all()
    )


def _choosable() -> tuple[ColumnElement[bool], ...]:
    return (
        Organisation.kind == "unit",
        Organisation.is_open.is_(True),
        Organisation.merged_into_id.is_(None),
    )


@dataclass(frozen=True)
class GrantView:
    """One role somebody holds. scope_name is the organisation's; '' for other scopes."""

    grant_id: int
    person_id: int
    role: str
    scope_kind: str
    scope_id: int
    scope_name: str
    granted_at: datetime


def held_roles(
    role: str = "", person_id: int | None = None, limit: int = 50, offset: int = 0
) -> list[GrantView]:
    """Roles held now, the newest first, of one role or one person if named."""
    query = (
        select(RoleGrant, Organisation.name)
        .outerjoin(
            Organisation,
            and_(RoleGrant.scope_kind == ScopeKind.ORGANISATION.value, Organisation.id == RoleGrant.scope_id),
        )
        .where(RoleGrant.revoked_at.is_(None))
        .order_by(RoleGrant.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if role:
        query = query.where(RoleGrant.role == role)
    if person_id is not None:
        query = query.where(RoleGrant.person_id == person_id)
    return [
        GrantView(
            grant.id,
            grant.person_id,
            grant.role,
            grant.scope_kind,
            grant.scope_id,
            name or "",
            grant.granted_at,
        )
        for grant, name in db.session.execute(query)
    ]


def held_role_count(role: str = "") -> int:
    """How many roles are held now."""
    query = select(func.count()).select_from(RoleGrant).where(RoleGrant.revoked_at.is_(None))
    if role:
        query = query.where(RoleGrant.role == role)
    return db.session.scalar(query) or 0


def grant_by_id(grant_id: int) -> GrantView | None:
    """A role held now, by its id."""
    grant = db.session.get(RoleGrant, grant_id)
    if grant is None or grant.revoked_at is not None:
        return None
    return GrantView(
        grant.id, grant.person_id, grant.role, grant.scope_kind, grant.scope_id, "", grant.granted_at
    )
