"""The public check of a certificate: by its number, and of the name by typing it."""

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public
from webapp.certificates.forms import NameForm
from webapp.certificates.queries import certificates
from webapp.certificates.queries.certificates import CertificateView
from webapp.certificates.routes.blueprint import bp
from webapp.certificates.rules.facts import is_same_name
from webapp.certificates.rules.serial import normalised
from webapp.certificates.rules.signed import PURPOSE
from webapp.certificates.service import document
from webapp.contests.queries import stage_by_id
from webapp.core.crypto import keyring
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.leaderboard.rules.masking import masked_name

MOST_CHARACTERS = 60
MASK = "first_character"


@bp.get("/verify")
@public("anybody may check a certificate")
def check() -> ResponseReturnValue:
    typed = (request.args.get("serial") or "").strip()[:MOST_CHARACTERS]
    if not typed:
        return render("certificates/check.html", typed="", status=200)
    serial = normalised(typed)
    if serial is None:
        return _unknown(typed)
    return redirect(url_for(".verify", serial=serial), code=303)


@bp.get("/verify/offline")
@public("how to check a certificate without this site, and the public keys")
def offline() -> Response:
    return render("certificates/offline.html", keys=list(keyring().public_keys(PURPOSE)))


@bp.get("/verify/keys.json")
@public("the public keys that certificates are signed with")
def keys() -> Response:
    response = make_response(document.public_keys())
    response.mimetype = "application/json"
    return response


@bp.get("/verify/offline.zip")
@public("the program that checks certificates without this site")
def offline_kit() -> Response:
    response = make_response(document.offline_kit())
    response.mimetype = "application/zip"
    response.headers["Content-Disposition"] = 'attachment; filename="check-certificates.zip"'
    return response


@bp.get("/verify/<serial>")
@public("whoever holds the number of a certificate may check it; the name is masked")
@limiter.limit("60 per minute")
def verify(serial: str) -> ResponseReturnValue:
    found = _found(serial)
    return _unknown(serial[:MOST_CHARACTERS]) if found is None else _shown(found, NameForm(formdata=None))


@bp.post("/verify/<serial>")
@public("whoever holds the number of a certificate may compare the name with one they type")
@limiter.limit("10 per minute")
def compare(serial: str) -> ResponseReturnValue:
    """Two facts: the number and the whole name. The answer says only whether they belong together."""
    found = _found(serial)
    if found is None:
        return _unknown(serial[:MOST_CHARACTERS])
    form = NameForm()
    if not form.validate_on_submit():
        return _shown(found, form, status=422)
    return _shown(found, form, is_same=is_same_name(form.name.data, found.facts.name))


def _found(serial: str) -> CertificateView | None:
    known = normalised(serial)
    return None if known is None else certificates.by_serial(known)


def _shown(
    found: CertificateView, form: NameForm, is_same: bool | None = None, status: int = 200
) -> Response:
    return render(
        "certificates/verify.html",
        status=status,
        certificate=found,
        name=masked_name(found.facts.name, stage_by_id(found.stage_id).rules.board.mask),
        form=form,
        is_same=is_same,
        has_newer=not found.is_valid and certificates.has_newer(found.certificate_id),
    )


def _unknown(typed: str) -> Response:
    """What is mistyped and what does not exist answer alike, but for the words on how to type it."""
    return render("certificates/check.html", status=404, typed=typed, is_mistyped=normalised(typed) is None)
