"""Check-in on a phone of the staff: by ticket, by typed code, from the list; who is missing."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.errors import ExamNotFound
from webapp.halls.errors import NotIdentified, SeatNotFound, TicketWrong
from webapp.halls.forms import IdentityForm, UndoForm
from webapp.halls.queries import halls as hall_queries
from webapp.halls.queries.papers import papers
from webapp.halls.queries.seats import BY_PINYIN, BY_SEAT, seat_by_code, seat_of, seats, to_seat
from webapp.halls.routes.blueprint import HOST, LOOKING, STAFF, bp, in_scope, to_watch
from webapp.halls.rules import codes
from webapp.halls.service import checking, documents


@bp.get("/staff/halls/<int:exam_id>/<int:hall_id>")
@requires(*LOOKING)
def hall(exam_id: int, hall_id: int) -> Response:
    found = to_watch(exam_id)
    order = BY_PINYIN if request.args.get("order") == BY_PINYIN else BY_SEAT
    one = hall_queries.hall(exam_id, hall_id)
    return render(
        "halls/hall.html",
        head=found.head,
        is_host=found.is_host,
        may_work=found.may_work,
        hall=one,
        on_paper=any(paper.is_open for paper in papers(exam_id, hall=one.name)),
        rows=seats(exam_id, hall_id, order),
        order=order,
        plan=hall_queries.plan_of(exam_id),
        at=clock.now(),
    )


@bp.get("/staff/halls/<int:exam_id>/check-in")
@requires(STAFF, HOST)
def scan(exam_id: int) -> Response:
    return _scan_page(exam_id)


@bp.post("/staff/halls/<int:exam_id>/check-in")
@requires(STAFF, HOST)
def find(exam_id: int) -> ResponseReturnValue:
    """A typed code, or what the camera read: on to the identity check."""
    in_scope(exam_id)
    read = request.form.get("code", "")[:300]
    try:
        code = _code_of(exam_id, read)
        who = seat_by_code(exam_id, code)
    except (SeatNotFound, TicketWrong) as error:
        return _scan_page(exam_id, say(error.message), read)
    return redirect(_identity(exam_id, who.participation_id, checking.TICKET), code=303)


@bp.get("/staff/halls/ticket/<token>")
@requires(STAFF, HOST)
def scanned(token: str) -> ResponseReturnValue:
    """What the QR picture leads to, for phones whose camera opens addresses by itself."""
    opened = documents.open_token(token)
    if opened is None:
        raise ExamNotFound  # as for a ticket of a foreign exam
    exam_id, code = opened
    in_scope(exam_id)
    return redirect(
        _identity(exam_id, seat_by_code(exam_id, code).participation_id, checking.TICKET), code=303
    )


@bp.route("/staff/halls/<int:exam_id>/identity/<int:participation_id>", methods=["GET", "POST"])
@requires(STAFF, HOST)
def identity(exam_id: int, participation_id: int) -> ResponseReturnValue:
    found = in_scope(exam_id)
    who = seat_of(exam_id, participation_id)
    how = checking.TICKET if request.values.get("how") == checking.TICKET else checking.LIST
    form = IdentityForm()
    if form.validate_on_submit():
        seen = checking.Identity(bool(form.document_seen.data), bool(form.face_agrees.data))
        try:
            with transaction():
                late = checking.check_in(
                    exam_id, participation_id, seen, how, principal().account_id, clock.now()
                )
        except NotIdentified as error:
            form.face_agrees.errors = [say(error.message)]
        except DomainError as error:
            flash(say(error.message), "warning")
            return redirect(request.full_path, code=303)
        else:
            words = _("%(name)s is checked in: %(hall)s, seat %(label)s.", **_place(who))
            flash(words + (" " + _("Noted as late.") if late else ""), "success")
            return _onwards(exam_id, who.hall_id, how)
    status = 422 if request.method == "POST" else 200
    return render(
        "halls/identity.html", status=status, head=found.head, who=who, form=form, how=how,
        undo_form=UndoForm(formdata=None), plan=hall_queries.plan_of(exam_id), at=clock.now(),
    )  # fmt: skip


@bp.post("/staff/halls/<int:exam_id>/identity/<int:participation_id>/undo")
@requires(STAFF, HOST)
def undo(exam_id: int, participation_id: int) -> ResponseReturnValue:
    found = in_scope(exam_id)
    who = seat_of(exam_id, participation_id)
    form = UndoForm()
    if not form.validate_on_submit():
        return render(
            "halls/identity.html", status=422, head=found.head, who=who, form=IdentityForm(formdata=None),
            how=checking.LIST, undo_form=form, plan=hall_queries.plan_of(exam_id), at=clock.now(),
        )  # fmt: skip
    with transaction():
        checking.undo(exam_id, participation_id, form.reason.data, principal().account_id, clock.now())
    flash(_("The check-in of %(name)s is taken back.", name=who.name), "success")
    return redirect(url_for("halls.hall", exam_id=exam_id, hall_id=who.hall_id), code=303)


@bp.get("/staff/halls/<int:exam_id>/absent")
@requires(*LOOKING)
def absent(exam_id: int) -> Response:
    found = to_watch(exam_id)
    plan, at = hall_queries.plan_of(exam_id), clock.now()
    is_time = plan.late_from is None or at >= plan.late_from
    return render(
        "halls/absent.html",
        head=found.head,
        may_work=found.may_work,
        rows=seats(exam_id, absent=True),
        seated=sum(hall.seated for hall in hall_queries.halls(exam_id)),
        unseated=len(to_seat(exam_id)),
        plan=plan,
        is_time=is_time,
    )


def _scan_page(exam_id: int, refusal: str = "", typed: str = "") -> Response:
    found = in_scope(exam_id)
    response = render(
        "halls/scan.html", status=422 if refusal else 200, head=found.head, refusal=refusal, typed=typed
    )
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), payment=()"
    return response


def _code_of(exam_id: int, read: str) -> str:
    """The code in what was read: an address of a ticket, its token, or a code typed by hand."""
    token = read.strip().rsplit("/", 1)[-1]
    if "." in token:
        opened = documents.open_token(token)
        if opened is None or opened[0] != exam_id:
            raise TicketWrong
        return opened[1]
    return codes.typed(read)


def _identity(exam_id: int, participation_id: int, how: str) -> str:
    return url_for("halls.identity", exam_id=exam_id, participation_id=participation_id, how=how)


def _onwards(exam_id: int, hall_id: int, how: str) -> ResponseReturnValue:
    if how == checking.TICKET:
        return redirect(url_for("halls.scan", exam_id=exam_id), code=303)
    return redirect(url_for("halls.hall", exam_id=exam_id, hall_id=hall_id), code=303)


def _place(who: object) -> dict[str, object]:
    return {name: getattr(who, name) for name in ("name", "hall", "label")}
