"""Announcements: hosts speak and see who has read; contestants press "read"."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires, signed_in
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.render import is_json_wanted, render
from webapp.core.transaction import transaction
from webapp.exam.forms import AnnounceForm
from webapp.exam.queries import announced as queries
from webapp.exam.queries.control import ExamHead, halls
from webapp.exam.queries.layouts import layout
from webapp.exam.queries.messages import announcements, read_by
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.pages import Page
from webapp.exam.routes.scope import LOOKING, head_in_scope, head_to_watch, may_run
from webapp.exam.service import announcing


@bp.get("/staff/exams/<int:exam_id>/announce")
@requires(*LOOKING)
def announce_page(exam_id: int) -> Response:
    form = AnnounceForm(formdata=None, data={"number": request.args.get("number", "")[:20]})
    return _page(head_to_watch(exam_id), form)


@bp.post("/staff/exams/<int:exam_id>/announce")
@requires(Permission.RUN_EXAMS)
def announce(exam_id: int) -> ResponseReturnValue:
    head = head_in_scope(exam_id)
    form = _with_halls(AnnounceForm(), exam_id)
    if not form.validate_on_submit():
        return _page(head, form, 422)
    number = (form.number.data or "").strip()
    person = queries.participation_of_number(exam_id, number) if number else None
    if number and person is None:
        form.number.errors = [_("Nobody in this exam has this number.")]
        return _page(head, form, 422)
    with transaction():
        announcing.announce(
            exam_id,
            announcing.To(form.hall.data, person),
            form.words.data,
            form.needs_ack.data,
            principal().account_id,
        )
    flash(_("It is said. Open pages show it within seconds, others when they are opened."), "success")
    return redirect(url_for("exam.announce_page", exam_id=exam_id), code=303)


@bp.get("/staff/exams/<int:exam_id>/announce/<int:announcement_id>")
@requires(*LOOKING)
def unread(exam_id: int, announcement_id: int) -> Response:
    """Who has not pressed "read" yet."""
    head = head_to_watch(exam_id)
    page = max(1, request.args.get("page", 1, type=int))
    said = queries.one(exam_id, announcement_id)
    rows, total = queries.unread(exam_id, announcement_id, page)
    return render(
        "exam/control_unread.html", head=head, said=said, rows=rows, page=Page.of(page, total, queries.PAGE)
    )


@bp.get("/attempts/<int:attempt_id>/announcements")
@signed_in
def my_announcements(attempt_id: int) -> Response:
    """What was said to the one who sits, for a script that shows the buttons; or as a page."""
    frozen = layout(attempt_id, principal().person_id)
    said = announcements(frozen.exam_id, frozen.hall, frozen.participation_id)
    read = read_by(frozen.participation_id)
    return render(
        "exam/announcements.html", attempt_id=attempt_id, said=[(one, one.id in read) for one in said]
    )


@bp.post("/attempts/<int:attempt_id>/announcements/<int:announcement_id>/read")
@signed_in
def read_announcement(attempt_id: int, announcement_id: int) -> ResponseReturnValue:
    frozen = layout(attempt_id, principal().person_id)
    with transaction():
        announcing.mark_read(announcement_id, frozen.participation_id, clock.now())
    if is_json_wanted():
        return {"read": announcement_id}
    return redirect(url_for("exam.my_announcements", attempt_id=attempt_id), code=303)


def _page(head: ExamHead, form: AnnounceForm, status: int = 200) -> Response:
    return render(
        "exam/control_announce.html",
        status=status,
        head=head,
        form=_with_halls(form, head.exam_id),
        said=queries.announced(head.exam_id),
        may_run=may_run(head),
    )


def _with_halls(form: AnnounceForm, exam_id: int) -> AnnounceForm:
    form.hall.choices = [("", _("Everybody"))] + [(hall, hall) for hall in halls(exam_id)]
    return form
