"""Where staff declare what they have to stand aside from."""

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.integrity.forms import InterestForm
from webapp.integrity.queries.interests import declared_by, event_choices
from webapp.integrity.routes.blueprint import bp
from webapp.integrity.rules.interests import Relation
from webapp.integrity.service.interests import Declaration, declare, withdraw


@bp.get("/my/interests")
@signed_in
def interests() -> Response:
    return _page(_form(InterestForm(formdata=None)))


@bp.post("/my/interests")
@signed_in
def declare_interest() -> ResponseReturnValue:
    form = _form(InterestForm())
    if not form.validate_on_submit():
        return _page(form, 422)
    said = Declaration(
        Relation(form.relation.data),
        int(form.event_id.data) if form.event_id.data else None,
        form.unit.data or "",
        form.number.data or "",
        form.note.data or "",
    )
    try:
        with transaction():
            declare(principal().person_id, said, clock.now())
    except DomainError as error:
        form.event_id.errors = [say(error.message)]
        return _page(form, 422)
    flash(_("Declared. From now on you cannot act on what it is about."), "success")
    return redirect(url_for(".interests"), code=303)


@bp.post("/my/interests/<int:interest_id>/withdraw")
@signed_in
def withdraw_interest(interest_id: int) -> ResponseReturnValue:
    with transaction():
        withdraw(principal().person_id, interest_id, clock.now())
    flash(_("Withdrawn. The declaration stays on record."), "success")
    return redirect(url_for(".interests"), code=303)


def _form(form: InterestForm) -> InterestForm:
    events = [
        SelectChoice(str(key), f"{pick(contest)} · {pick(event)}") for key, contest, event in event_choices()
    ]
    form.event_id.choices = [SelectChoice("", _("none of these")), *events]
    return form


def _page(form: InterestForm, status: int = 200) -> Response:
    rows = declared_by(principal().person_id)
    return render("integrity/interests.html", form=form, rows=rows, status=status)
