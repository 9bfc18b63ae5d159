"""Staff pages about people: find one, hand out a code, decide on claims and wishes."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Grant, Permission
from webapp.access.principal import principal
from webapp.accounts import queries
from webapp.accounts.errors import ReasonMissing
from webapp.accounts.forms import DocumentChangeForm, NameChangeForm
from webapp.accounts.routes.blueprint import bp
from webapp.accounts.rules.codes import CodePurpose, shown
from webapp.accounts.service import changes, claims, codes
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.organisations import queries as organisations


@bp.route("/staff/people", methods=["GET", "POST"])
@requires(Permission.REVIEW_PEOPLE, Permission.HELP_PEOPLE)
def people() -> ResponseReturnValue:
    name = request.form.get("name", "").strip()[:80]
    last4 = request.form.get("last4", "").strip()[:8]
    found = queries.find_people(name, last4, _scope()) if request.method == "POST" else None
    return render(
        "accounts/people.html", found=found, name=name, last4=last4, counts=queries.counts(_reviewed()),
        reviews=bool(_reviewed()),
    )  # fmt: skip


@bp.get("/staff/people/<int:person_id>")
@requires(Permission.REVIEW_PEOPLE, Permission.HELP_PEOPLE)
def person(person_id: int) -> ResponseReturnValue:
    return _person_page(person_id)


@bp.post("/staff/people/<int:person_id>/code")
@requires(Permission.REVIEW_PEOPLE, Permission.HELP_PEOPLE)
def issue_code(person_id: int) -> ResponseReturnValue:
    card = queries.person_in_scope(person_id, _scope())
    why = request.form.get("why", "").strip()
    if len(why) < 4:
        return _person_page(person_id, status=422, code_error=_("Please say how you checked who it is."))
    purpose = CodePurpose.FIRST_SIGN_IN if card.account_state == "invited" else CodePurpose.RECOVERY
    with transaction():
        code = codes.issue_code(person_id, purpose, now=clock.now(), why=why)
    return _person_page(person_id, code=shown(code), purpose=purpose.value)


@bp.post("/staff/people/<int:person_id>/name")
@requires(Permission.REVIEW_PEOPLE)
def correct_name(person_id: int) -> ResponseReturnValue:
    queries.person_in_scope(person_id, _reviewed())
    form = NameChangeForm()
    if not form.validate() or not form.reason.data:
        return _person_page(person_id, status=422, name_form=form, code_error=say(ReasonMissing().message))
    with transaction():
        changes.propose_name(person_id, form.name.data, form.reason.data, now=clock.now())
    flash(_("Proposed. A second reviewer confirms it."), "success")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


@bp.post("/staff/people/<int:person_id>/document")
@requires(Permission.REVIEW_PEOPLE)
def correct_document(person_id: int) -> ResponseReturnValue:
    queries.person_in_scope(person_id, _reviewed())
    form = DocumentChangeForm()
    if not form.validate() or not form.reason.data:
        return _person_page(
            person_id, status=422, document_form=form, code_error=say(ReasonMissing().message)
        )
    with transaction():
        changes.propose_document(person_id, form.document, form.reason.data, now=clock.now())
    flash(_("Proposed. A second reviewer confirms it."), "success")
    return redirect(url_for("accounts.person", person_id=person_id), code=303)


@bp.get("/staff/people/changes")
@requires(Permission.REVIEW_PEOPLE)
def open_changes() -> ResponseReturnValue:
    text = request.args.get("unit_search", "")[:80]
    return render(
        "accounts/changes.html", items=queries.open_changes(_reviewed()), counts=queries.counts(_reviewed()),
        now_at=clock.now(), units=organisations.search(text), unit_search=text,
    )  # fmt: skip


@bp.post("/staff/people/changes/<int:change_id>")
@requires(Permission.REVIEW_PEOPLE)
def decide_change(change_id: int) -> ResponseReturnValue:
    queries.change_in_scope(change_id, _reviewed())
    unit = request.form.get("unit", "")
    try:
        with transaction():
            changes.decide(
                change_id,
                confirm=request.form.get("decision") == "confirm",
                why=request.form.get("why", "").strip(),
                unit_id=int(unit) if unit.isascii() and unit.isdecimal() and len(unit) < 18 else None,
                now=clock.now(),
            )
    except DomainError as error:
        flash(say(error.message), "danger")
    else:
        queries.forget_principals()
        flash(_("Decided. The person has been told."), "success")
    return redirect(url_for("accounts.open_changes"), code=303)


@bp.get("/staff/people/claims")
@requires(Permission.REVIEW_PEOPLE)
def open_claims() -> ResponseReturnValue:
    return _claims_page()


@bp.post("/staff/people/claims/<int:claim_id>")
@requires(Permission.REVIEW_PEOPLE)
def decide_claim(claim_id: int) -> ResponseReturnValue:
    queries.claim_in_scope(claim_id, _reviewed())
    try:
        with transaction():
            code = claims.decide(
                claim_id,
                grant=request.form.get("decision") == "grant",
                why=request.form.get("why", "").strip(),
                now=clock.now(),
            )
    except DomainError as error:
        flash(say(error.message), "danger")
        return redirect(url_for("accounts.open_claims"), code=303)
    if code:
        return _claims_page(code=shown(code))
    flash(_("Decided. The claimant reads it under the reference."), "success")
    return redirect(url_for("accounts.open_claims"), code=303)


def _claims_page(code: str = "") -> ResponseReturnValue:
    return render(
        "accounts/claims.html",
        items=queries.open_claims(_reviewed()),
        counts=queries.counts(_reviewed()),
        code=code,
    )


def _person_page(
    person_id: int,
    status: int = 200,
    *,
    code: str = "",
    purpose: str = "",
    code_error: str = "",
    name_form: NameChangeForm | None = None,
    document_form: DocumentChangeForm | None = None,
) -> ResponseReturnValue:
    card = queries.person_in_scope(person_id, _scope())
    return render(
        "accounts/person.html",
        status=status,
        card=card,
        unit=organisations.names([card.unit_id or 0]).get(card.unit_id or 0, ""),
        changes=queries.own_changes(person_id),
        code=code,
        purpose=purpose,
        code_error=code_error,
        reviews=bool(_reviewed()),
        name_form=name_form or NameChangeForm(formdata=None),
        document_form=document_form or DocumentChangeForm(formdata=None),
    )


def _scope() -> tuple[Grant, ...]:
    """The grants under which the staff member may look people up."""
    return principal().scopes(Permission.REVIEW_PEOPLE) + principal().scopes(Permission.HELP_PEOPLE)


def _reviewed() -> tuple[Grant, ...]:
    """The grants under which the staff member may decide."""
    return principal().scopes(Permission.REVIEW_PEOPLE)
