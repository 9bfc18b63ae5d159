"""What others may read: a record by a link of its holder, and whether a copy is real."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public
from webapp.access.principal import principal_or_none
from webapp.certificates.rules.serial import normalised
from webapp.core import clock
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.records.queries.copies import copy_by_serial, said_by
from webapp.records.queries.links import choice_of, link_by_token
from webapp.records.queries.record import record_of
from webapp.records.routes.blueprint import bp
from webapp.records.rules.sharing import shown
from webapp.records.service.copying import PREFIX
from webapp.records.service.sharing import count_visit

MOST_CHARACTERS = 60


@bp.get("/record/<token>")
@public("whoever holds a link that the person made may read what the person chose, as long as it opens")
@limiter.limit("60 per minute")
def shared(token: str) -> Response:
    """What is unknown, withdrawn or over answers with the same page."""
    now = clock.now()
    link = link_by_token(token, now)
    if link is None:
        return render("records/gone.html", status=404)
    said = shown(record_of(link.person_id), choice_of(link))
    visitor = principal_or_none()
    if visitor is None or visitor.person_id != link.person_id:
        with transaction():
            count_visit(link.id, now)
    return render("records/shared.html", record=said, link=link, now=now)


@bp.get("/record-copies")
@public("anybody may check a copy of a record")
def find() -> ResponseReturnValue:
    typed = (request.args.get("serial") or "").strip()[:MOST_CHARACTERS]
    known = normalised(typed, PREFIX) if typed else None
    if known is None:
        return render("records/check.html", status=404 if typed else 200, typed=typed, made=None)
    code = (request.args.get("code") or "").strip()[:MOST_CHARACTERS]
    return redirect(url_for(".check", serial=known, code=code or None), code=303)


@bp.get("/record-copies/<serial>")
@public("whoever holds the number of a copy may check it, whoever holds its check code may read what it says")
@limiter.limit("60 per minute")
def check(serial: str) -> Response:
    known = normalised(serial, PREFIX)
    made = None if known is None else copy_by_serial(known)
    code = (request.args.get("code") or "").strip()[:MOST_CHARACTERS]
    said = said_by(made, code) if made and code else None
    is_wrong = bool(made and code and made.content is not None and said is None)
    return render(
        "records/check.html", status=404 if made is None or is_wrong else 200, typed=serial[:MOST_CHARACTERS],
        made=made, record=said, code=code, is_wrong=is_wrong,
    )  # fmt: skip
