"""Publishing a draft, putting it aside, and the versions that were."""

import tempfile

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.rules.blueprint import Text
from webapp.core.errors import Conflict, DomainError
from webapp.core.i18n import gettext as _
from webapp.core.problems import Problem
from webapp.core.render import render
from webapp.courses import queries, service
from webapp.courses.errors import (
    CourseInvalid,
    LessonKindChanged,
    NoLesson,
    NothingToPublish,
    SealedQuizBank,
)
from webapp.courses.forms import PublishForm
from webapp.courses.routes.blueprint import bp, course_or_404, editable_or_404, editing, may_teach
from webapp.courses.routes.quiz_choices import may_draw


@bp.route("/<code>/publish", methods=["GET", "POST"])
@requires(Permission.EDIT_COURSES)
def publish(code: str) -> ResponseReturnValue:
    page = editable_or_404(code)
    course_id = page.head.course_id
    copy = queries.working_copy(course_id)
    form = PublishForm(data={"revision": copy.revision})
    problems: list[Problem] = []
    refusal: DomainError | None = None
    if form.validate_on_submit():
        try:
            with editing():
                made = service.publish_draft(
                    course_id, form.revision.data, form.note.data, principal().account_id, may_draw
                )
        except CourseInvalid as error:
            problems = error.problems
        except (Conflict, NoLesson, NothingToPublish, LessonKindChanged, SealedQuizBank) as error:
            refusal = error
            form.revision.raw_data = None
            form.revision.data = queries.working_copy(course_id).revision
        else:
            flash(_("Version %(number)d is published.", number=made.number), "success")
            return redirect(url_for(".show", code=code), code=303)
    status = refusal.status if refusal else 422 if request.method == "POST" else 200
    return render(
        "courses/publish.html",
        page=page,
        copy=copy,
        changes=_changes(course_id, copy),
        form=form,
        problems=problems,
        refusal=refusal,
        status=status,
    )


def _changes(course_id: int, copy: queries.WorkingCopy) -> dict[str, list[Text]]:
    """Titles of lessons that are new and that leave, against what learners see now."""
    present = queries.present_lessons(course_id)
    keys = {lesson.key for lesson in copy.course.lessons}
    return {
        "new": [lesson.title for lesson in copy.course.lessons if lesson.key not in present],
        "gone": [title for key, title in present.items() if key not in keys],
    }


@bp.route("/<code>/discard", methods=["GET", "POST"])
@requires(Permission.EDIT_COURSES)
def discard(code: str) -> ResponseReturnValue:
    page = editable_or_404(code)
    if request.method == "GET":
        return render("courses/discard.html", page=page)
    with editing():
        is_left = service.discard_draft(page.head.course_id)
    flash(_("The draft was put aside."), "info")
    return redirect(url_for(".show", code=code) if is_left else url_for(".listing"), code=303)


@bp.get("/<code>/versions")
@requires(Permission.EDIT_COURSES)
def history(code: str) -> Response:
    page = course_or_404(code)
    return render("courses/versions.html", page=page, versions=queries.versions(page.head.course_id))


@bp.get("/<code>/versions/<int:number>.zip")
@requires(Permission.EDIT_COURSES)
def download(code: str, number: int) -> Response:
    """A version with its drills' answers: for who may change the course; it is logged."""
    page = editable_or_404(code)
    version = queries.version(page.head.course_id, number)
    held = tempfile.TemporaryFile()  # noqa: SIM115 - the server closes it when all is sent
    with editing():
        service.write_zip(service.export_version(version.version_id), held)
    held.seek(0)
    return send_file(
        held, mimetype="application/zip", as_attachment=True, download_name=f"{code}-v{number}.zip"
    )


@bp.post("/<code>/versions/<int:number>/restore")
@requires(Permission.EDIT_COURSES)
def restore(code: str, number: int) -> ResponseReturnValue:
    page = editable_or_404(code)
    version = queries.version(page.head.course_id, number)
    with editing():
        service.start_draft_from(version.version_id, principal().account_id, may_teach)
    flash(
        _("Version %(number)d is the draft now. Learners see it when you publish it.", number=number), "info"
    )
    return redirect(url_for(".show", code=code), code=303)
