"""Ways back in: a one-time code, a first sign-in, a claim on a number in use."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public
from webapp.accounts import queries
from webapp.accounts.errors import CodeWrong, PasswordWeak
from webapp.accounts.forms import ClaimForm, CodeForm
from webapp.accounts.models import Account
from webapp.accounts.routes import known_device
from webapp.accounts.routes.blueprint import bp
from webapp.accounts.service import claims, codes, passwords, people, sessions
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.organisations import queries as organisations


@bp.route("/recover", methods=["GET", "POST"])
@public("whoever has forgotten the password cannot sign in")
@limiter.limit("300 per minute", methods=["POST"])
def recover() -> ResponseReturnValue:
    return _with_code("accounts/recover.html", "accounts.my_account")


@bp.route("/first-sign-in", methods=["GET", "POST"])
@public("people whom a liaison registered have no password yet")
@limiter.limit("300 per minute", methods=["POST"])
def first_sign_in() -> ResponseReturnValue:
    return _with_code("accounts/first_sign_in.html", "accounts.confirm")


def _with_code(template: str, then: str) -> ResponseReturnValue:
    form = CodeForm()
    helpers = organisations.search(request.args.get("unit_search", ""), limit=10)
    if not form.validate_on_submit():
        return render(template, status=422 if form.is_submitted() else 200, form=form, units=helpers)
    password_hash = passwords.hash_password(form.password.data)
    try:
        with transaction():
            account = codes.set_password_by_code(
                form.document_number.data, form.code.data, form.password.data, password_hash, now=clock.now()
            )
            token = _open(account) if account else ""
    except PasswordWeak as error:
        form.password.errors = [say(error.message)]
        return render(template, status=422, form=form, units=helpers)
    if account is None:
        form.code.errors = [say(CodeWrong().message)]
        return render(template, status=422, form=form, units=helpers)
    person = queries.person(account.person_id)
    sessions.start_browser(
        token,
        account_id=account.id,
        person_id=account.person_id,
        name=person.name if person else "",
        now=clock.now(),
    )
    known_device.remember(account.id)
    flash(_("Your new password is set."), "success")
    return redirect(url_for("accounts.confirm" if account.must_confirm else then), code=303)


def _open(account: Account) -> str:
    return sessions.open_session(
        account,
        now=clock.now(),
        hours=current_app.extensions["settings"].session_hours,
        user_agent=request.user_agent.string,
        address=request.remote_addr or "",
    )


@bp.route("/claims/new", methods=["GET", "POST"])
@public("whoever's number is in use cannot sign up")
@limiter.limit("60 per minute", methods=["POST"])
def new_claim() -> ResponseReturnValue:
    form = ClaimForm()
    if request.method == "GET" or "start" in request.form:
        return render("accounts/claim_new.html", form=form)
    if not form.validate():
        return render("accounts/claim_new.html", status=422, form=form)
    new = people.NewPerson(form.name.data, form.document, form.phone.data, None)
    with transaction():
        reference = claims.open_claim(new, form.explanation.data, now=clock.now())
    if not reference:
        flash(_("This number is free: please sign up."), "info")
        return redirect(url_for("accounts.sign_up"), code=303)
    return redirect(url_for("accounts.claim", reference=reference), code=303)


@bp.get("/claims")
@public("the reference is known only to whoever opened the claim")
def find_claim() -> ResponseReturnValue:
    reference = "".join(request.args.get("reference", "").split()).upper()
    if reference and queries.claim_state(reference) is not None:
        return redirect(url_for("accounts.claim", reference=reference), code=303)
    return render("accounts/claim_find.html", status=404 if reference else 200, reference=reference)


@bp.get("/claims/<reference>")
@public("the reference is random and known only to whoever opened the claim")
def claim(reference: str) -> ResponseReturnValue:
    view = queries.claim_state(reference)
    if view is None:
        raise NotFound
    return render("accounts/claim.html", claim=view)
