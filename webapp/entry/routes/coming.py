"""Coming in through another app: the page that asks once, the answer, and the session."""

from typing import cast

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public
from webapp.accounts.rules.addresses import on_site
from webapp.accounts.service import sessions
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.entry.errors import DoorNotFound, TicketRefused
from webapp.entry.models import EntryDoor
from webapp.entry.routes import pending
from webapp.entry.routes.blueprint import bp
from webapp.entry.routes.pending import Pending
from webapp.entry.rules.claims import Outsider
from webapp.entry.service import binding, doors, sign_on, tickets

HOME = "/"


@bp.get("/enter/<door_code>")
@public("people come in here from another app")
def enter(door_code: str) -> ResponseReturnValue:
    """Ask once before anything happens: an address that somebody else sent must not sign anybody in."""
    door = doors.door(door_code)
    ticket, name = request.args.get("ticket", ""), ""
    if door.kind == "ticket":
        name = tickets.read(door, ticket, clock.now()).outsider.name
    return render("entry/enter.html", door=door, ticket=ticket, name=name, next=_target())


@bp.post("/enter/<door_code>")
@public("people come in here from another app")
@limiter.limit("600 per minute")
def come(door_code: str) -> ResponseReturnValue:
    door = doors.door(door_code)
    if door.kind == "oidc":
        back = current_app.config["PUBLIC_URL"].rstrip("/") + url_for("entry.answer", door_code=door.code)
        kept = Pending(door.code, Outsider("", ""), _target())
        return pending.keep(sign_on.leave_for(door, back), kept)
    found = tickets.read(door, request.form.get("ticket", ""), clock.now())
    with transaction():
        tickets.use(door, found)
    return _arrive(door, found.outsider, _target())


@bp.get("/enter/<door_code>/answer")
@public("the other side sends the browser back here")
def answer(door_code: str) -> ResponseReturnValue:
    """The state in the session ties this answer to the browser that left; the session changes only after a
    press of the button on the next page."""
    door = doors.door(door_code)
    if door.kind != "oidc":
        raise DoorNotFound
    outsider = sign_on.read_answer(door)
    target = pending.kept().target
    response = cast(Response, redirect(url_for("entry.arrived"), code=303))
    return pending.keep(response, Pending(door.code, outsider, target))


@bp.get("/enter/arrived")
@public("people come in here from another app")
def arrived() -> ResponseReturnValue:
    came = pending.kept()
    return render("entry/arrived.html", door=doors.door(came.door), name=came.outsider.name)


@bp.post("/enter/arrived")
@public("people come in here from another app")
def go_on() -> ResponseReturnValue:
    came = pending.kept()
    if not came.outsider.subject:
        raise TicketRefused
    return _arrive(doors.door(came.door), came.outsider, came.target)


@bp.get("/enter/first")
@public("whoever comes for the first time chooses a record here")
def first() -> ResponseReturnValue:
    came = pending.kept()
    return render("entry/first.html", door=doors.door(came.door), name=came.outsider.name)


def _arrive(door: EntryDoor, outsider: Outsider, target: str) -> Response:
    """Sign in whoever is bound; ask everybody else who they are."""
    now = clock.now()
    with transaction():
        opened = binding.open_bound(
            door,
            outsider.subject,
            now=now,
            hours=current_app.extensions["settings"].session_hours,
            user_agent=request.user_agent.string,
            address=request.remote_addr or "",
        )
        who = None if opened is None else (opened[0], opened[1].id, opened[2].id, opened[2].name)
    if who is None:
        response = cast(Response, redirect(url_for("entry.first"), code=303))
        return pending.keep(response, Pending(door.code, outsider, target))
    token, account_id, person_id, name = who
    sessions.start_browser(token, account_id=account_id, person_id=person_id, name=name, now=now)
    flash(_("Welcome, %(name)s.", name=name), "success")
    return pending.forget(cast(Response, redirect(target, code=303)))


def _target() -> str:
    return on_site(request.values.get("next"), HOME)
