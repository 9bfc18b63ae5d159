"""Binding an account of another app to one's record, seeing and ending that."""

from typing import cast

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.accounts import queries as accounts
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.entry.errors import DoorNotFound
from webapp.entry.forms import BindForm
from webapp.entry.routes import pending
from webapp.entry.routes.blueprint import bp
from webapp.entry.service import binding, doors


@bp.route("/enter/bind", methods=["GET", "POST"])
@signed_in
@limiter.limit("20 per hour", methods=["POST"])
def bind() -> ResponseReturnValue:
    """The document number is asked again: whoever holds the phone of a signed-in person is not yet that person."""
    came, me, form = pending.kept(), principal(), BindForm()
    door = doors.door(came.door)
    if form.validate_on_submit():
        if not form.sure.data:
            form.sure.errors = [_("Please confirm this.")]
        if not binding.is_own_number(me.person_id, form.number.data or ""):
            form.number.errors = [_("This is not the document number of the record you have signed in with.")]
        if not form.errors:
            with transaction():
                binding.bind(door, came.outsider.subject, me.person_id, clock.now())
            flash(_("From now on one tap in the other app is enough."), "success")
            return pending.forget(cast(Response, redirect(came.target, code=303)))
    person = accounts.person(me.person_id)
    return render(
        "entry/bind.html",
        status=422 if request.method == "POST" else 200,
        form=form,
        door=door,
        outside_name=came.outsider.name,
        name=me.name,
        mask=person.document_mask if person else "",
    )


@bp.get("/my/doors")
@signed_in
def my_doors() -> Response:
    return render("entry/my_doors.html", rows=binding.of_person(principal().person_id))


@bp.post("/my/doors/<door_code>/end")
@signed_in
def end(door_code: str) -> ResponseReturnValue:
    door = doors.door(door_code, only_open=False)
    with transaction():
        if not binding.end(door.id, principal().person_id, clock.now()):
            raise DoorNotFound
    flash(_("That app opens your record no more."), "success")
    return redirect(url_for("entry.my_doors"), code=303)
