"""One's own record: the page, a copy as a document, links for others."""

from flask import Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.records.forms import EVERYTHING, LinkForm, ShownForm
from webapp.records.queries.copies import copies_of
from webapp.records.queries.links import links_of
from webapp.records.queries.record import record_of
from webapp.records.routes.blueprint import bp
from webapp.records.routes.words import words_of
from webapp.records.rules.record import Record
from webapp.records.rules.sharing import shown
from webapp.records.service import copying, sharing
from webapp.records.service.sharing import MOST_LINKS, Wish


@bp.get("/my/record")
@signed_in
def mine() -> Response:
    me = principal().person_id
    return render(
        "records/mine.html", record=record_of(me), links=links_of(me, clock.now()), copies=copies_of(me)
    )


@bp.get("/my/record/copy")
@signed_in
def choose_copy() -> Response:
    record = record_of(principal().person_id)
    return _copy_page(record, _with_contests(ShownForm(formdata=None), record))


@bp.post("/my/record/copy")
@signed_in
def copy() -> ResponseReturnValue:
    record = record_of(principal().person_id)
    form = _with_contests(ShownForm(), record)
    if not form.validate_on_submit():
        return _copy_page(record, form, 422)
    choice = form.choice()
    said = shown(record, choice)
    with transaction():
        made = copying.make_copy(principal().person_id, said, clock.now())
        document = copying.document(made, words_of(said, made.row))
    response = make_response(document)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{made.row.serial}.pdf"'
    return response


@bp.post("/my/record/copies/<int:copy_id>/close")
@signed_in
def close_copy(copy_id: int) -> ResponseReturnValue:
    with transaction():
        copying.close(principal().person_id, copy_id, clock.now())
    flash(
        _("The copy is closed: its number is still known, what it says can no longer be read here."),
        "success",
    )
    return redirect(url_for(".mine", _anchor="copies"), code=303)


@bp.get("/my/record/links/new")
@signed_in
def new_link() -> Response:
    record = record_of(principal().person_id)
    return _link_page(record, _with_contests(LinkForm(formdata=None), record))


@bp.post("/my/record/links/new")
@signed_in
def make_link() -> ResponseReturnValue:
    """The address is on the answer of this one request only: what is stored cannot show it again."""
    me = principal().person_id
    record = record_of(me)
    form = _with_contests(LinkForm(), record)
    if not form.validate_on_submit():
        return _link_page(record, form, 422)
    choice = form.choice()
    wish = Wish(form.for_whom.data, choice, int(form.days.data))
    try:
        with transaction():
            token = sharing.make_link(me, wish, clock.now())
    except DomainError as error:
        return _link_page(record, form, error.status, say(error.message))
    address = f"{current_app.config['PUBLIC_URL']}{url_for('records.shared', token=token)}"
    return render("records/made.html", address=address, wish=wish, record=shown(record, choice))


@bp.post("/my/record/links/<int:link_id>/withdraw")
@signed_in
def withdraw(link_id: int) -> ResponseReturnValue:
    with transaction():
        sharing.withdraw(principal().person_id, link_id, clock.now())
    flash(_("The link is withdrawn: it opens no more."), "success")
    return redirect(url_for(".mine", _anchor="links"), code=303)


def _with_contests(form: ShownForm, record: Record) -> ShownForm:
    """The form with the contests of the record to choose from. What is asked for by ?contest= is chosen."""
    titles = {one.contest_id: pick(one.contest) for one in reversed(record.takings)}
    titles |= {one.contest_id: pick(one.contest) for one in record.awards}
    form.contest.choices = [(EVERYTHING, _("My whole record"))] + [
        (str(number), _("Only “%(contest)s”", contest=title)) for number, title in titles.items()
    ]
    asked = request.args.get("contest", "")
    if form.contest.data == EVERYTHING and asked in dict(form.contest.choices):
        form.contest.data = asked
    return form


def _copy_page(record: Record, form: ShownForm, status: int = 200) -> Response:
    return render("records/copy.html", status=status, record=record, form=form)


def _link_page(record: Record, form: ShownForm, status: int = 200, refusal: str = "") -> Response:
    return render(
        "records/link.html", status=status, record=record, form=form, refusal=refusal, most=MOST_LINKS
    )
