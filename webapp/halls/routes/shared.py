"""Hall mode: a computer of a hall, opened by staff, where people sign in one after another."""

from typing import cast

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public, requires
from webapp.access.principal import principal, principal_or_none
from webapp.accounts.service import sessions
from webapp.core import clock
from webapp.core.i18n import ngettext, say
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.routes.device import COOKIE as DEVICE_COOKIE
from webapp.halls.errors import HallSignInWrong, NotInHallMode
from webapp.halls.forms import HallSignInForm
from webapp.halls.queries.halls import hall as hall_of
from webapp.halls.routes.blueprint import HOST, STAFF, bp, in_scope
from webapp.halls.service import browsers

COOKIE = "jiangsai_hall"
STAYS_S = 90
"""The receipt stays on the screen for so long; then the computer waits for the next person."""


@bp.post("/staff/halls/<int:exam_id>/<int:hall_id>/computer")
@requires(STAFF, HOST)
def open_computer(exam_id: int, hall_id: int) -> ResponseReturnValue:
    """Make this computer one of the hall's: the staff member is signed out here."""
    in_scope(exam_id)
    hall_of(exam_id, hall_id)
    me = principal()
    with transaction():
        token = browsers.open_browser(exam_id, hall_id, me.account_id, clock.now())
        sessions.sign_out(me.session_token, clock.now())
    response = cast(Response, redirect(url_for("halls.here", done=1), code=303))
    response.set_cookie(
        COOKIE, token, max_age=browsers.OPEN_FOR_H * 3600, httponly=True, samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )  # fmt: skip
    response.delete_cookie(DEVICE_COOKIE)
    return response


@bp.post("/staff/halls/<int:exam_id>/<int:hall_id>/computers/close")
@requires(STAFF, HOST)
def close_computers(exam_id: int, hall_id: int) -> ResponseReturnValue:
    in_scope(exam_id)
    hall_of(exam_id, hall_id)
    with transaction():
        count = browsers.close_browsers(exam_id, hall_id, clock.now())
    flash(ngettext("%(num)d computer was closed.", "%(num)d computers were closed.", count), "success")
    return redirect(url_for("halls.hall", exam_id=exam_id, hall_id=hall_id), code=303)


@bp.route("/hall", methods=["GET", "POST"])
@public("people sign in here at a computer that staff have opened for their hall")
@limiter.limit("60 per minute", methods=["POST"])
def here() -> ResponseReturnValue:
    room = browsers.room_of(request.cookies.get(COOKIE, ""), clock.now())
    if principal_or_none() is not None:
        return redirect(url_for("exam.waiting", exam_id=room.exam_id), code=303)
    form = HallSignInForm()
    refusal = ""
    if form.validate_on_submit():
        try:
            with transaction():
                who = browsers.sign_in(
                    room, form.code.data, form.last4.data, request.user_agent.string,
                    request.remote_addr or "", clock.now(),
                )  # fmt: skip
        except HallSignInWrong as error:
            refusal = say(error.message)
        else:
            sessions.start_browser(
                who.token, account_id=who.account_id, person_id=who.person_id, name=who.name, now=clock.now()
            )
            return redirect(url_for("exam.waiting", exam_id=who.exam_id), code=303)
    response = render(
        "halls/here.html", status=422 if request.method == "POST" else 200, room=room, form=form,
        refusal=refusal, is_done="done" in request.args,
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.after_app_request
def leave_after_receipt(response: Response) -> Response:
    """On a hall's computer the session ends with the receipt: it stays on the screen for a while, nothing
    of the person stays in the browser."""
    token = request.cookies.get(COOKIE)
    if not token or request.endpoint != "exam.receipt" or response.status_code != 200:
        return response
    who = principal_or_none()
    try:
        browsers.room_of(token, clock.now())
    except NotInHallMode:
        return response
    if who is not None:
        with transaction():
            sessions.sign_out(who.session_token, clock.now())
    response.delete_cookie(DEVICE_COOKIE)
    response.headers["Clear-Site-Data"] = '"storage"'
    response.headers["Refresh"] = f"{STAYS_S}; url={url_for('halls.here', done=1)}"
    response.headers["Cache-Control"] = "no-store"
    return response
