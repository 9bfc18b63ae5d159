"""Who holds which role: granting, taking away, resetting a lost second factor."""

from dataclasses import dataclass

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission, Role, ScopeKind
from webapp.access.principal import principal
from webapp.accounts import queries
from webapp.accounts.routes.blueprint import bp
from webapp.accounts.rules.roles import ROLE_TEXTS, SCOPE_TEXTS, fits
from webapp.accounts.service import closing, end_sessions_of_person, second_factor
from webapp.contests import queries as contests
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.organisations import queries as organisations
from webapp.organisations import service as organisation_service

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Where a long list stands."""

    page: int
    pages: int
    total: int


@bp.get("/staff/roles")
@requires(Permission.MANAGE_ROLES)
def roles() -> ResponseReturnValue:
    role = request.args.get("role", "") if request.args.get("role", "") in set(Role) else ""
    total = organisations.held_role_count(role)
    pages = max(1, -(-total // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    held = organisations.held_roles(role, limit=PAGE, offset=(page - 1) * PAGE)
    return render(
        "accounts/roles.html", held=held, people=queries.cards(view.person_id for view in held),
        scopes=_scope_names(), role=role, role_texts=ROLE_TEXTS, scope_texts=SCOPE_TEXTS,
        page=Page(page, pages, total), found=None, name="", last4="",
    )  # fmt: skip


@bp.post("/staff/roles/find")
@requires(Permission.MANAGE_ROLES)
def find_for_role() -> ResponseReturnValue:
    name, last4 = request.form.get("name", "").strip()[:80], request.form.get("last4", "").strip()[:8]
    return render(
        "accounts/roles.html", held=[], people={}, scopes={}, role="", role_texts=ROLE_TEXTS,
        scope_texts=SCOPE_TEXTS, page=Page(1, 1, 0), found=_found(name, last4), name=name,
        last4=last4,
    )  # fmt: skip


@bp.get("/staff/roles/<int:person_id>")
@requires(Permission.MANAGE_ROLES)
def roles_of_person(person_id: int) -> ResponseReturnValue:
    _refuse_strangers(person_id)
    text = request.args.get("unit_search", "")[:80]
    account = queries.account_of(person_id)
    return render(
        "accounts/roles_of_person.html",
        card=queries.card(person_id),
        held=organisations.held_roles(person_id=person_id),
        scopes=_scope_names(),
        role_texts=ROLE_TEXTS,
        scope_texts=SCOPE_TEXTS,
        unit_search=text,
        found=organisations.search(text, ("union", "unit", "organiser")),
        has_second_factor=account is not None and account.totp_cipher is not None,
        account_state=account.state if account else "",
    )


@bp.post("/staff/roles/<int:person_id>")
@requires(Permission.MANAGE_ROLES)
def grant_role(person_id: int) -> ResponseReturnValue:
    _refuse_strangers(person_id)
    scope = _asked_scope(request.form.get("scope", ""))
    role = request.form.get("role", "")
    if role not in set(Role) or scope is None or not fits(Role(role), scope[0]):
        flash(_("Please choose a role and a scope that fit together."), "danger")
        return redirect(url_for("accounts.roles_of_person", person_id=person_id), code=303)
    _refuse_outside(*scope)
    try:
        with transaction():
            organisation_service.grant_role(
                person_id, Role(role), *scope, why=request.form.get("why", "").strip()[:300]
            )
    except DomainError as error:
        flash(say(error.message), "danger")
    else:
        queries.forget_principals()
        flash(_("Granted."), "success")
    return redirect(url_for("accounts.roles_of_person", person_id=person_id), code=303)


@bp.post("/staff/roles/grants/<int:grant_id>/revoke")
@requires(Permission.MANAGE_ROLES)
def revoke_role(grant_id: int) -> ResponseReturnValue:
    view = organisations.grant_by_id(grant_id)
    if view is None:
        raise NotFound
    if not _is_inside(ScopeKind(view.scope_kind), view.scope_id):
        raise NotFound
    try:
        with transaction():
            organisation_service.revoke_role(grant_id, why=request.form.get("why", "").strip()[:300])
            end_sessions_of_person(view.person_id, clock.now())
    except DomainError as error:
        flash(say(error.message), "danger")
    else:
        flash(_("Taken away. The person has been signed out everywhere."), "success")
    return redirect(url_for("accounts.roles_of_person", person_id=view.person_id), code=303)


@bp.post("/staff/roles/<int:person_id>/second-factor/reset")
@requires(Permission.MANAGE_ROLES)
def reset_second_factor(person_id: int) -> ResponseReturnValue:
    _refuse_outside(ScopeKind.EVERYTHING, 0)
    account, why = queries.account_of(person_id), request.form.get("why", "").strip()[:300]
    if account is None:
        raise NotFound
    if not why or person_id == principal().person_id:
        flash(_("Please say how you checked who it is. Your own is reset by a colleague."), "danger")
    else:
        with transaction():
            second_factor.reset(account, why)
            end_sessions_of_person(person_id, clock.now())
        flash(_("Reset. The person sets up a new one at the next sign-in."), "success")
    return redirect(url_for("accounts.roles_of_person", person_id=person_id), code=303)


@bp.post("/staff/roles/<int:person_id>/account")
@requires(Permission.MANAGE_ROLES)
def close_account(person_id: int) -> ResponseReturnValue:
    """Close an account, which ends its sessions at once, or open it again."""
    _refuse_outside(ScopeKind.EVERYTHING, 0)
    account, why = queries.account_of(person_id), request.form.get("why", "").strip()[:300]
    if account is None:
        raise NotFound
    if request.form.get("state") not in {"active", "disabled"}:
        abort(400)
    if not why or person_id == principal().person_id:
        flash(_("Please give a reason. Your own account is closed by a colleague."), "danger")
    else:
        with transaction():
            closing.set_open(account, request.form["state"] == "active", why, clock.now())
        flash(_("Stored. Sessions of a closed account have ended."), "success")
    return redirect(url_for("accounts.roles_of_person", person_id=person_id), code=303)


def _asked_scope(text: str) -> tuple[ScopeKind, int] | None:
    """'organisation:12' as a scope that exists, or None."""
    kind, _colon, number = text.partition(":")
    if kind == ScopeKind.EVERYTHING:
        return ScopeKind.EVERYTHING, 0
    if kind not in set(ScopeKind) or not (number.isascii() and number.isdecimal()) or len(number) > 17:
        return None
    scope = ScopeKind(kind), int(number)
    if scope[0] is not ScopeKind.ORGANISATION and (kind, int(number)) not in _scope_names():
        return None
    return scope


def _refuse_outside(kind: ScopeKind, scope_id: int) -> None:
    """An administrator of a part grants within that part only. Raise Forbidden."""
    if not _is_inside(kind, scope_id):
        raise Forbidden


def _is_inside(kind: ScopeKind, scope_id: int) -> bool:
    """Whether this scope lies within what the signed-in administrator looks after."""
    who = principal()
    match kind:
        case ScopeKind.EVERYTHING:
            grants = who.scopes(Permission.MANAGE_ROLES)
            return any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants)
        case ScopeKind.ORGANISATION:
            return who.allows(Permission.MANAGE_ROLES, organisation_path=organisations.path(scope_id))
        case ScopeKind.CONTEST:
            return who.allows(Permission.MANAGE_ROLES, contest_id=scope_id)
        case ScopeKind.EVENT:
            return who.allows(Permission.MANAGE_ROLES, event_id=scope_id)


def _refuse_strangers(person_id: int) -> None:
    """An administrator of a part sees the people of that part and those who hold a role in it.
    Raise NotFound for others, as for nobody."""
    held = organisations.held_roles(person_id=person_id)
    if not any(_is_inside(ScopeKind(view.scope_kind), view.scope_id) for view in held):
        queries.person_in_scope(person_id, principal().scopes(Permission.MANAGE_ROLES))


def _found(name: str, last4: str) -> list[queries.PersonCard]:
    """People to whom both facts fit, as far as this administrator may see them."""
    if _is_inside(ScopeKind.EVERYTHING, 0):
        return queries.find_anybody(name, last4)
    return queries.find_people(name, last4, principal().scopes(Permission.MANAGE_ROLES))


def _scope_names() -> dict[tuple[str, int], str]:
    """Names of contests and events by (scope kind, id)."""
    names: dict[tuple[str, int], str] = {}
    for contest_id, title, events in contests.titles():
        names[ScopeKind.CONTEST.value, contest_id] = pick(title)
        for event_id, event_title in events:
            names[ScopeKind.EVENT.value, event_id] = f"{pick(title)} · {pick(event_title)}"
    return names
