"""Changing the tree and the roles people hold in it."""

from itertools import chain, count

from sqlalchemy import delete, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from webapp.access.permissions import Role, ScopeKind
from webapp.access.principal import principal_or_none
from webapp.audit.service import record
from webapp.core import clock
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.pinyin import pinyin_key
from webapp.organisations import queries
from webapp.organisations.errors import (
    CreditCodeWrong,
    OrganisationExists,
    OwnRole,
    PlaceImpossible,
    RoleHeld,
)
from webapp.organisations.models import Organisation, OrganisationClosure, RoleGrant
from webapp.organisations.rules import credit_code as codes


def add_organisation(
    *,
    name: str,
    kind: str,
    level: str,
    parent_id: int | None = None,
    code: str = "",
    credit_code: str = "",
    region: str = "",
    industry: str = "",
    name_en: str = "",
) -> Organisation:
    """Add a union, organiser or unit to the tree. Its code defaults to the credit code.

    Raise CreditCodeWrong, OrganisationExists, or PlaceImpossible when the parent is a unit."""
    credit = codes.clean(credit_code)
    if credit and not codes.is_valid(credit):
        raise CreditCodeWrong
    code = code.strip() or credit
    same = queries.by_codes([code, credit])
    if same:
        raise OrganisationExists(name=next(iter(same.values())).name)
    _check_parent(parent_id)
    made = Organisation(
        code=code or f"new-{clock.now().timestamp():.6f}",
        credit_code=credit or None,
        parent_id=parent_id,
        kind=kind,
        level=level,
        name=name,
        name_en=name_en,
        pinyin=pinyin_key(name),
        region=region,
        industry=industry,
    )
    db.session.add(made)
    db.session.flush()
    if not code:
        made.code = _own_code(made.id)
    _hang(made.id, parent_id)
    record("organisation.add", "organisation", made.id, kind=kind, level=level)
    return made


def _own_code(organisation_id: int) -> str:
    """org-<id>, with a further number where somebody brought just this code along."""
    plain = f"org-{organisation_id}"
    numbered = (f"{plain}-{n}" for n in count(2))
    return next(code for code in chain([plain], numbered) if not queries.by_codes([code]))


def move_organisation(organisation_id: int, parent_id: int | None, why: str) -> None:
    """Hang an organisation with all below it under another parent. Raise PlaceImpossible."""
    row = _locked(organisation_id)
    if parent_id is not None and queries.covers(organisation_id, parent_id):
        raise PlaceImpossible
    _check_parent(parent_id)
    before = row.parent_id
    below = queries.subtree(organisation_id)
    db.session.execute(
        delete(OrganisationClosure).where(
            OrganisationClosure.descendant_id.in_(below),
            OrganisationClosure.ancestor_id.not_in(below),
        ),
        execution_options={"synchronize_session": False},
    )
    row.parent_id = parent_id
    if parent_id is not None:
        up, down = OrganisationClosure.__table__.alias("up"), OrganisationClosure.__table__.alias("down")
        db.session.execute(
            insert(OrganisationClosure).from_select(
                ["ancestor_id", "descendant_id", "depth"],
                select(up.c.ancestor_id, down.c.descendant_id, up.c.depth + down.c.depth + 1)
                .select_from(up.join(down, true()))
                .where(up.c.descendant_id == parent_id, down.c.ancestor_id == organisation_id),
            )
        )
    record("organisation.move", "organisation", organisation_id, why, before=before, after=parent_id)


def close_organisation(organisation_id: int, why: str) -> None:
    """No new people choose this organisation any more; those there stay."""
    _locked(organisation_id).is_open = False
    record("organisation.close", "organisation", organisation_id, why)


def grant_role(
    person_id: int, role: Role, scope_kind: ScopeKind, scope_id: int = 0, *, why: str = "", actor: str = ""
) -> RoleGrant:
    """Give a person a role within a scope. actor: names a program (the demo, the command line).

    Raise OwnRole, RoleHeld, or NotFound when the scope's organisation does not exist."""
    who = principal_or_none()
    if who is not None and who.person_id == person_id:
        raise OwnRole
    if scope_kind is ScopeKind.ORGANISATION and queries.by_id(scope_id) is None:
        raise NotFound
    held = db.session.scalars(
        select(RoleGrant).where(
            RoleGrant.person_id == person_id,
            RoleGrant.role == role.value,
            RoleGrant.scope_kind == scope_kind.value,
            RoleGrant.scope_id == scope_id,
            RoleGrant.revoked_at.is_(None),
        )
    ).first()
    if held is not None:
        raise RoleHeld
    made = RoleGrant(
        person_id=person_id,
        role=role.value,
        scope_kind=scope_kind.value,
        scope_id=scope_id,
        granted_by_account_id=who.account_id if who else None,
    )
    db.session.add(made)
    db.session.flush()
    record(
        "role.grant", "person", person_id, why, actor=actor,
        role=role.value, scope_kind=scope_kind.value, scope_id=scope_id,
    )  # fmt: skip
    return made


def revoke_role(grant_id: int, *, why: str) -> int:
    """Take a role away; return whose it was. The caller ends that person's sessions.

    Raise OwnRole, or NotFound when it is not held any more."""
    row = db.session.scalars(
        select(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.revoked_at.is_(None)).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound
    who = principal_or_none()
    if who is not None and who.person_id == row.person_id:
        raise OwnRole
    row.revoked_at = clock.now()
    record(
        "role.revoke", "person", row.person_id, why,
        role=row.role, scope_kind=row.scope_kind, scope_id=row.scope_id,
    )  # fmt: skip
    return row.person_id


def mark_merged(organisation_id: int, into_id: int, why: str) -> None:
    """Note that one organisation is really another. Whoever points to it follows; the row stays.

    Children and roles move along. Raise PlaceImpossible when one stands above the other."""
    if organisation_id == into_id or queries.covers(organisation_id, into_id):
        raise PlaceImpossible
    row, target = _locked(organisation_id), _locked(into_id)
    for child_id in db.session.scalars(select(Organisation.id).where(Organisation.parent_id == row.id)).all():
        move_organisation(child_id, target.id, why)
    held_at = (
        RoleGrant.scope_kind == ScopeKind.ORGANISATION.value,
        RoleGrant.scope_id == row.id,
        RoleGrant.revoked_at.is_(None),
    )
    same = aliased(RoleGrant)
    held_there = (
        select(same.id)
        .where(
            same.person_id == RoleGrant.person_id,
            same.role == RoleGrant.role,
            same.scope_kind == RoleGrant.scope_kind,
            same.scope_id == target.id,
            same.revoked_at.is_(None),
        )
        .exists()
    )
    unsynchronised = {"synchronize_session": False}
    db.session.execute(
        update(RoleGrant).where(*held_at, held_there).values(revoked_at=clock.now()),
        execution_options=unsynchronised,
    )
    db.session.execute(
        update(RoleGrant).where(*held_at).values(scope_id=target.id), execution_options=unsynchronised
    )
    row.merged_into_id = target.id
    row.is_open = False
    record("organisation.merge", "organisation", organisation_id, why, into=into_id)


def _locked(organisation_id: int) -> Organisation:
    row = db.session.get(Organisation, organisation_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _check_parent(parent_id: int | None) -> None:
    if parent_id is None:
        return
    parent = queries.by_id(parent_id)
    if parent is None:
        raise NotFound
    if parent.kind == "unit":
        raise PlaceImpossible


def _hang(organisation_id: int, parent_id: int | None) -> None:
    """The closure rows of a new leaf: itself, and one for each ancestor of its parent."""
    db.session.add(OrganisationClosure(ancestor_id=organisation_id, descendant_id=organisation_id, depth=0))
    if parent_id is None:
        return
    for link in db.session.scalars(
        select(OrganisationClosure).where(OrganisationClosure.descendant_id == parent_id)
    ).all():
        db.session.add(
            OrganisationClosure(
                ancestor_id=link.ancestor_id, descendant_id=organisation_id, depth=link.depth + 1
            )
        )
