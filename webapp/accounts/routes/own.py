"""One's own record: data, consents, sessions, password, changes."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in, signed_in_unconfirmed
from webapp.access.principal import principal
from webapp.accounts import queries
from webapp.accounts.errors import ChangeOpen
from webapp.accounts.forms import (
    ChangePasswordForm,
    ConfirmForm,
    NameChangeForm,
    PhoneCodeForm,
    PhoneForm,
    UnitForm,
)
from webapp.accounts.routes.blueprint import bp
from webapp.accounts.routes.second_factor import own_account
from webapp.accounts.rules.consents import Purpose
from webapp.accounts.service import changes, passwords, people, secrets, sessions
from webapp.accounts.service import sign_in as tries
from webapp.core import clock
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.organisations import queries as organisations


@bp.get("/my/account")
@signed_in
def my_account() -> ResponseReturnValue:
    me = principal()
    return render(
        "accounts/my_account.html",
        record=queries.own_record(me.person_id),
        sessions=queries.sessions_of(me.account_id, me.session_token),
        changes=queries.own_changes(me.person_id),
    )


@bp.route("/my/password", methods=["GET", "POST"])
@signed_in
def change_password() -> ResponseReturnValue:
    account, person = own_account(), queries.person(principal().person_id)
    form = ChangePasswordForm()
    form.staff = principal().is_staff
    if person is not None:
        form.personal = [secrets.document_number(person), secrets.phone_number(account, person)]
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render("accounts/change_password.html", status=status, form=form)
    key = tries.account_key(account.id)
    with transaction():
        tries.check_open(key, clock.now())
        tries.count_failure(key, request.remote_addr or "", clock.now())
    if not passwords.is_password(account.password_hash, form.present.data):
        form.present.errors = [_("This is not your present password.")]
        return render("accounts/change_password.html", status=422, form=form)
    password_hash = passwords.hash_password(form.password.data)
    with transaction():
        tries.forgive(key)
        sessions.change_password(account, password_hash, clock.now(), keep_token=principal().session_token)
    flash(_("Your password is changed. Other devices have been signed out."), "success")
    return redirect(url_for("accounts.my_account"), code=303)


@bp.post("/my/sessions/<key>/end")
@signed_in
def end_session(key: str) -> ResponseReturnValue:
    with transaction():
        if not sessions.end_one(principal().account_id, key, clock.now()):
            raise NotFound
    flash(_("That device has been signed out."), "success")
    return redirect(url_for("accounts.my_account"), code=303)


@bp.route("/my/consents", methods=["GET", "POST"])
@signed_in
def consents() -> ResponseReturnValue:
    person_id = principal().person_id
    if request.method == "POST":
        is_given = request.form.get("publication") == "yes"
        with transaction():
            people.give_consent(person_id, Purpose.PUBLICATION, is_given, clock.now())
        flash(_("Your choice is noted with today's date."), "success")
        return redirect(url_for("accounts.consents"), code=303)
    return render("accounts/consents.html", consents=queries.consents_of(person_id))


@bp.route("/my/phone", methods=["GET", "POST"])
@signed_in
def change_phone() -> ResponseReturnValue:
    form, code_form = PhoneForm(), PhoneCodeForm()
    person_id = principal().person_id
    status = 200
    if "code" in request.form:
        with transaction():
            is_changed = changes.confirm_phone(person_id, code_form.code.data or "", now=clock.now())
        if is_changed:
            flash(_("Your new phone is in force."), "success")
            return redirect(url_for("accounts.my_account"), code=303)
        code_form.code.errors = [_("This code does not fit or is older than ten minutes.")]
        status = 422
    elif form.is_submitted():
        if form.validate():
            with transaction():
                changes.propose_phone(person_id, form.phone.data, now=clock.now())
            return redirect(url_for("accounts.change_phone"), code=303)
        status = 422
    waiting = [
        change for change in queries.own_changes(person_id) if change.is_open and change.kind == "phone"
    ]
    return render(
        "accounts/change_phone.html", status=status, form=form, code_form=code_form,
        waiting=waiting[0] if waiting else None,
    )  # fmt: skip


@bp.route("/my/unit", methods=["GET", "POST"])
@signed_in
def change_unit() -> ResponseReturnValue:
    form = UnitForm()
    status = 200
    if form.is_submitted() and "find" not in request.form:
        status = 422
        if form.validate():
            words = form.unit_words.data if form.unit.data == "other" else ""
            try:
                with transaction():
                    changes.propose_unit(principal().person_id, form.unit_id, words, now=clock.now())
            except (ChangeOpen, NotFound) as error:
                form.unit.errors = [say(error.message)]
            else:
                flash(_("The reviewer of the new unit's union has been told."), "success")
                return redirect(url_for("accounts.my_account"), code=303)
    found = organisations.search(form.unit_search.data or "")
    return render(
        "accounts/change_unit.html", status=status, form=form, units=found,
        searched=bool(form.unit_search.data), chosen=str(form.unit.data or ""),
        choose_url=url_for("organisations.options"),
    )  # fmt: skip


@bp.route("/my/name", methods=["GET", "POST"])
@signed_in
def change_name() -> ResponseReturnValue:
    form = NameChangeForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            with transaction():
                changes.propose_name(
                    principal().person_id, form.name.data, form.reason.data or "", now=clock.now()
                )
        except DomainError as error:
            form.name.errors = [say(error.message)]
        else:
            flash(_("The reviewer of your unit's union has been told."), "success")
            return redirect(url_for("accounts.my_account"), code=303)
    return render("accounts/change_name.html", status=status, form=form)


@bp.post("/my/changes/<int:change_id>/withdraw")
@signed_in
def withdraw_change(change_id: int) -> ResponseReturnValue:
    with transaction():
        changes.withdraw(principal().person_id, change_id, now=clock.now())
    flash(_("Withdrawn."), "success")
    return redirect(url_for("accounts.my_account"), code=303)


@bp.route("/confirm", methods=["GET", "POST"])
@signed_in_unconfirmed
def confirm() -> ResponseReturnValue:
    me = principal()
    if not me.must_confirm:
        return redirect(url_for("accounts.my_account"), code=303)
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render(
            "accounts/confirm.html", status=422 if form.is_submitted() else 200,
            form=form, record=queries.own_record(me.person_id),
        )  # fmt: skip
    with transaction():
        people.confirm(
            me.person_id,
            phone=form.phone.data or "",
            wrong=form.wrong.data or "",
            publication=form.publication.data,
            now=clock.now(),
        )
    queries.forget_principals()
    flash(_("Thank you. Your data is confirmed."), "success")
    return redirect("/", code=303)
