"""The second factor of staff."""

from typing import Any

import segno
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.accounts import queries
from webapp.accounts.errors import SecondFactorWrong, SignInLocked, SignInSlowed
from webapp.accounts.forms import SecondFactorForm
from webapp.accounts.models import Account
from webapp.accounts.routes.blueprint import bp
from webapp.accounts.rules.addresses import on_site
from webapp.accounts.service import second_factor as service
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction


@bp.route("/second-factor", methods=["GET", "POST"])
@signed_in
def second_factor() -> ResponseReturnValue:
    account = own_account()
    target = on_site(request.values.get("next"), url_for("accounts.my_account"))
    if account.totp_confirmed_at is None:
        return redirect(url_for("accounts.set_up_second_factor", next=target), code=303)
    form = SecondFactorForm()
    form.next.data = target
    return _checked(form, account, "accounts/second_factor.html", target)


@bp.route("/second-factor/setup", methods=["GET", "POST"])
@signed_in
def set_up_second_factor() -> ResponseReturnValue:
    account = own_account()
    target = on_site(request.values.get("next"), url_for("accounts.my_account"))
    if account.totp_confirmed_at is not None:  # only an administrator takes a working one away
        return redirect(url_for("accounts.second_factor", next=target), code=303)
    form = SecondFactorForm()
    form.next.data = target
    secret = service.setup_secret(account)
    if request.method == "POST":
        with transaction():
            service.keep_setup(account)
    picture = segno.make(service.provisioning_uri(secret, principal().name), error="m")
    return _checked(
        form, account, "accounts/second_factor_setup.html", target,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        qr=Markup(picture.svg_inline(scale=5, border=2, light="#fff")),  # noqa: S704 - segno draws paths only
    )  # fmt: skip


def _checked(
    form: SecondFactorForm, account: Account, template: str, target: str, **view: Any
) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return render(template, status=422 if form.is_submitted() else 200, form=form, **view)
    try:
        with transaction():
            key = service.count_try(account, clock.now())
        with transaction():
            service.verify(account, form.code.data, principal().session_token, key, clock.now())
    except (SecondFactorWrong, SignInSlowed, SignInLocked) as error:
        form.code.errors = [say(error.message)]
        return render(template, status=error.status, form=form, **view)
    flash(_("Second factor checked."), "success")
    return redirect(target, code=303)


def own_account() -> Account:
    """The account behind the request."""
    account = queries.account_of(principal().person_id)
    if account is None:
        raise NotFound
    return account
