"""Signing up, and the notice about people's data."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public
from webapp.access.principal import principal_or_none
from webapp.accounts.errors import DocumentTaken
from webapp.accounts.forms import SignUpForm
from webapp.accounts.routes import known_device
from webapp.accounts.routes.blueprint import bp
from webapp.accounts.rules.addresses import on_site
from webapp.accounts.rules.consents import NOTICE_VERSION
from webapp.accounts.service import changes, passwords, people, sessions
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.organisations import queries as organisations

HOME = "/"


@bp.route("/sign-up", methods=["GET", "POST"])
@public("people make their record here")
@limiter.limit("300 per minute", methods=["POST"])
def sign_up() -> ResponseReturnValue:
    if request.method == "GET" and principal_or_none() is not None:
        return redirect(url_for("accounts.my_account"), code=303)
    form = SignUpForm()
    if request.method == "GET" or "find" in request.form:
        form.next.data = on_site(request.values.get("next"), HOME)
        return _page(form)
    if not form.validate():
        return _page(form, status=422)
    if form.unit_id is not None and organisations.unit_name(form.unit_id) is None:
        form.unit.errors = [_("This unit cannot be chosen any more. Please search again.")]
        return _page(form, status=422)
    password_hash = passwords.hash_password(form.password.data)
    try:
        token, account_id, person_id = _store(form, password_hash)
    except DocumentTaken:
        return _page(form, status=409, taken=True)
    sessions.start_browser(
        token, account_id=account_id, person_id=person_id, name=form.name.data, now=clock.now()
    )
    known_device.remember(account_id)
    flash(_("Welcome. Your record is complete; next, choose an event."), "success")
    return redirect(on_site(form.next.data, HOME), code=303)


def _store(form: SignUpForm, password_hash: str) -> tuple[str, int, int]:
    now = clock.now()
    new = people.NewPerson(form.name.data, form.document, form.phone.data, form.unit_id)
    with transaction():
        account = people.sign_up(
            new, password_hash, privacy=form.privacy.data, publication=form.publication.data, now=now
        )
        if form.unit.data == "other":
            changes.propose_unit(account.person_id, None, form.unit_words.data, now=now)
        token = sessions.open_session(
            account,
            now=now,
            hours=current_app.extensions["settings"].session_hours,
            user_agent=request.user_agent.string,
            address=request.remote_addr or "",
        )
        return token, account.id, account.person_id


def _page(form: SignUpForm, status: int = 200, taken: bool = False) -> ResponseReturnValue:
    found = organisations.search(form.unit_search.data or "")
    chosen = form.unit_id
    if chosen is not None and all(view.organisation_id != chosen for view in found):
        found = organisations.chosen_unit(chosen) + found
    return render(
        "accounts/sign_up.html", status=status, form=form, taken=taken, units=found,
        searched=bool(form.unit_search.data), chosen=str(form.unit.data or ""),
        choose_url=url_for("organisations.options"),
    )  # fmt: skip


@bp.get("/help")
@public("help must be there for those who cannot sign in")
def help_page() -> ResponseReturnValue:
    return render("help.html")


@bp.get("/privacy")
@public("everybody may read what happens with data")
def privacy() -> ResponseReturnValue:
    return render("privacy.html", notice_version=NOTICE_VERSION)
