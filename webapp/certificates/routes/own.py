"""One's own certificates: list, document, picture, and the way to the next one."""

from flask import Response, make_response

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.certificates.errors import IsRevoked
from webapp.certificates.queries import certificates
from webapp.certificates.queries.certificates import CertificateView
from webapp.certificates.queries.letters import own_signs
from webapp.certificates.queries.progress import ways
from webapp.certificates.routes.blueprint import bp
from webapp.certificates.service import document
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.render import render


@bp.get("/my/certificates")
@signed_in
def mine() -> Response:
    person_id = principal().person_id
    found = certificates.of_person(person_id)
    return render(
        "certificates/mine.html",
        fragment="certificates/_mine.html",
        certificates=found,
        addresses={one.serial: document.check_address(one.serial) for one in found},
        ways=ways(person_id, clock.now()),
        signs=own_signs(person_id),
    )


@bp.get("/my/certificates-panel")
@signed_in
def panel() -> Response:
    """The newest certificates and what is missing for the next ones, for other pages."""
    person_id = principal().person_id
    found = certificates.of_person(person_id)
    return render("certificates/_panel.html", certificates=found[:3], ways=ways(person_id, clock.now()))


@bp.get("/my/certificates/<serial>.pdf")
@signed_in
def pdf(serial: str) -> Response:
    own = _own(serial)
    response = make_response(document.pdf(own))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{own.serial}.pdf"'
    return response


@bp.get("/my/certificates/<serial>.json")
@signed_in
def signed(serial: str) -> Response:
    """What the certificate says, with the signature: for whoever checks without this site."""
    own = _own(serial)
    response = make_response(document.signed(own))
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="{own.serial}.json"'
    return response


@bp.get("/my/certificates/<serial>.png")
@signed_in
def picture(serial: str) -> Response:
    response = make_response(document.png(_own(serial)))
    response.mimetype = "image/png"
    # It never changes; a revocation takes the page's picture away, and an hour is soon enough for the copy.
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _own(serial: str) -> CertificateView:
    found = certificates.own(serial, principal().person_id)
    if found is None:
        raise NotFound
    if not found.is_valid:
        raise IsRevoked
    return found
