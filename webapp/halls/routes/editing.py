"""The halls of an exam: list, form, file."""

from collections.abc import Sequence
from datetime import datetime

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.core.clock import SHANGHAI
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import ngettext, say
from webapp.core.problems import Problem
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.queries import control
from webapp.halls.errors import HallNameTaken, LabelsWrong, NetworkWrong
from webapp.halls.formats import workbook
from webapp.halls.forms import RULES, HallFileForm, HallForm, PlanForm
from webapp.halls.queries import halls as queries
from webapp.halls.queries.papers import papers
from webapp.halls.queries.seats import is_under_way, still_to_seat, to_seat
from webapp.halls.routes.blueprint import HOST, LOOKING, InScope, bp, in_scope, may, to_exam, to_watch
from webapp.halls.routes.lists import download
from webapp.halls.rules import labels
from webapp.halls.service import checking, editing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/staff/halls")
@requires(*LOOKING)
def index() -> Response:
    heads = [head for head in control.heads() if any(may(head, one) for one in LOOKING)]
    counts = queries.hall_counts([head.exam_id for head in heads])
    return render("halls/index.html", rows=heads, counts=counts)


@bp.get("/staff/halls/<int:exam_id>")
@requires(*LOOKING)
def exam(exam_id: int) -> Response:
    return _page(to_watch(exam_id))


@bp.get("/staff/halls/template.xlsx")
@requires(HOST)
def template() -> Response:
    return download(workbook.template(), XLSX, "halls.xlsx")


@bp.post("/staff/halls/<int:exam_id>/file")
@requires(HOST)
def upload(exam_id: int) -> ResponseReturnValue:
    found = in_scope(exam_id, HOST)
    form = HallFileForm()
    if not form.validate_on_submit():
        return _page(found, 422, file_form=form)
    file = form.file.data
    taken = [hall.name for hall in queries.halls(exam_id)]
    try:
        read = workbook.read_halls(file.read(), file.filename or "", taken)
    except DomainError as error:
        form.file.errors = [say(error.message)]
        return _page(found, 422, file_form=form)
    if read.problems:
        return _page(found, 422, problems=read.problems)
    with transaction():
        made = editing.add_halls(exam_id, read.rows)
    checking.forget_exams()
    return to_exam(exam_id, ngettext("%(num)d hall was added.", "%(num)d halls were added.", len(made)))


@bp.route("/staff/halls/<int:exam_id>/new", methods=["GET", "POST"])
@requires(HOST)
def new(exam_id: int) -> ResponseReturnValue:
    found = in_scope(exam_id, HOST)
    form = HallForm()
    row = _row(form) if form.validate_on_submit() else None
    if row is not None:
        try:
            with transaction():
                editing.add_halls(exam_id, [row])
            checking.forget_exams()
            return to_exam(exam_id, _("The hall was added."))
        except HallNameTaken as error:
            form.name.errors = [say(error.message)]
    return render("halls/hall_form.html", status=_status(), head=found.head, form=form, hall=None)


@bp.route("/staff/halls/<int:exam_id>/<int:hall_id>/edit", methods=["GET", "POST"])
@requires(HOST)
def edit(exam_id: int, hall_id: int) -> ResponseReturnValue:
    found = in_scope(exam_id, HOST)
    hall = queries.hall(exam_id, hall_id)
    form = HallForm(
        data={
            "site": hall.site,
            "address": hall.address.get("zh", ""),
            "address_en": hall.address.get("en", ""),
            "name": hall.name,
            "seats": hall.seats_text,
            "medium": hall.medium,
            "networks": ", ".join(hall.networks),
            "needs_check_in": hall.needs_check_in,
        }
    )
    row = _row(form) if form.validate_on_submit() else None
    if row is not None:
        try:
            with transaction():
                editing.change_hall(exam_id, hall_id, row)
            checking.forget_exams()
            return to_exam(exam_id, _("The hall was changed."))
        except DomainError as error:
            form.name.errors = [say(error.message)]
    return render("halls/hall_form.html", status=_status(), head=found.head, form=form, hall=hall)


@bp.post("/staff/halls/<int:exam_id>/<int:hall_id>/remove")
@requires(HOST)
def remove(exam_id: int, hall_id: int) -> ResponseReturnValue:
    in_scope(exam_id, HOST)
    with transaction():
        editing.remove_hall(exam_id, hall_id)
    checking.forget_exams()
    return to_exam(exam_id, _("The hall was removed."))


@bp.post("/staff/halls/<int:exam_id>/plan")
@requires(HOST)
def plan(exam_id: int) -> ResponseReturnValue:
    found = in_scope(exam_id, HOST)
    form = PlanForm()
    if not form.validate_on_submit():
        return _page(found, 422, plan_form=form)
    words = {"zh": form.words.data or "", "en": form.words_en.data or ""}
    with transaction():
        editing.set_plan(exam_id, _instant(form.tickets_from.data), _instant(form.late_from.data), words)
    return to_exam(exam_id, _("Times and rules are saved."))


def _page(
    found: InScope,
    status: int = 200,
    file_form: HallFileForm | None = None,
    plan_form: PlanForm | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    exam_id = found.head.exam_id
    kept = queries.plan_of(exam_id)
    halls = queries.halls(exam_id)
    given = {
        "tickets_from": _local(kept.tickets_from),
        "late_from": _local(kept.late_from),
        "words": kept.words.get("zh", ""),
        "words_en": kept.words.get("en", ""),
    }
    return render(
        "halls/exam.html",
        status=status,
        head=found.head,
        is_host=found.is_host,
        may_work=found.may_work,
        halls=halls,
        seats=sum(len(hall.labels) for hall in halls),
        seated=sum(hall.seated for hall in halls),
        present=sum(hall.present for hall in halls),
        unseated=len(to_seat(exam_id)),
        to_come=len(still_to_seat(exam_id)),
        under_way=is_under_way(exam_id),
        plan=kept,
        on_paper=bool(papers(exam_id)),
        rules=dict(RULES),
        problems=problems,
        file_form=file_form or HallFileForm(formdata=None),
        plan_form=plan_form or PlanForm(formdata=None, data=given),
        template_address=url_for("halls.template"),
    )


def _row(form: HallForm) -> workbook.HallRow | None:
    """The hall as the form has it, or None with the field's error set."""
    try:
        seats = labels.seats(form.seats.data)
    except LabelsWrong as error:
        form.seats.errors = [say(error.message)]
        return None
    try:
        networks = labels.networks(form.networks.data or "")
    except NetworkWrong as error:
        form.networks.errors = [say(error.message)]
        return None
    return workbook.HallRow(
        0,
        form.site.data,
        form.address.data or "",
        form.address_en.data or "",
        form.name.data,
        seats,
        form.medium.data,
        networks,
        bool(form.needs_check_in.data),
    )


def _status() -> int:
    return 422 if request.method == "POST" else 200


def _instant(local: datetime | None) -> datetime | None:
    return local.replace(tzinfo=SHANGHAI) if local else None


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(SHANGHAI).replace(tzinfo=None) if at else None
