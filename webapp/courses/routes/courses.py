"""The list of courses, a new course, a whole course as a zip, one course with its lessons, its details."""

from dataclasses import replace
from pathlib import PurePath

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests.rules.blueprint import Text
from webapp.core.errors import Conflict, DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.problems import Problem
from webapp.core.render import render
from webapp.courses import queries, service
from webapp.courses.errors import CourseCodeTaken, CourseInvalid, ForeignEvent
from webapp.courses.forms import CourseForm, DetailsForm, UploadForm
from webapp.courses.routes.blueprint import (
    bp,
    course_or_404,
    editable_or_404,
    editing,
    event_choices,
    may_edit,
    may_teach,
    visible,
)
from webapp.courses.rules.course import Course, LessonKind
from webapp.media import service as media


@bp.get("")
@requires(Permission.EDIT_COURSES)
def listing() -> Response:
    return render("courses/list.html", courses=visible(queries.course_heads(), queries.places()))


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.EDIT_COURSES)
def new() -> ResponseReturnValue:
    form = CourseForm()
    form.events.choices = event_choices()
    if not form.validate_on_submit():
        return render("courses/new.html", form=form, status=_status())
    course = _with_details(Course(form.code.data, Text(""), Text(""), Text(""), "", ()), form)
    try:
        with editing():
            service.create_course(course, principal().account_id, may_teach)
    except CourseCodeTaken as error:
        form.code.errors = [say(error.message)]
        return render("courses/new.html", form=form, status=422)
    except CourseInvalid as error:
        return render("courses/new.html", form=form, problems=error.problems, status=422)
    flash(_("The course was made as a draft. Now add its lessons."), "success")
    return redirect(url_for(".show", code=course.code), code=303)


@bp.route("/upload", methods=["GET", "POST"])
@requires(Permission.EDIT_COURSES)
def upload() -> ResponseReturnValue:
    form = UploadForm()
    if not form.validate_on_submit():
        return render("courses/upload.html", form=form, status=_status())
    name = PurePath((form.file.data.filename or "").replace("\\", "/")).name or "course.zip"
    problems: list[Problem] = []
    try:
        with editing():
            code = service.draft_from_zip(
                form.file.data.stream, name, principal().account_id, may_teach, may_edit
            )
    except CourseInvalid as error:
        problems = error.problems
    except (CourseCodeTaken, ForeignEvent) as error:
        form.file.errors = [say(error.message)]
    if problems or form.file.errors:
        return render("courses/upload.html", form=form, problems=problems, status=422)
    flash(_("The course is a draft now. Look at it, then publish it."), "success")
    return redirect(url_for(".show", code=code), code=303)


@bp.get("/<code>")
@requires(Permission.EDIT_COURSES)
def show(code: str) -> Response:
    page = course_or_404(code)
    copy = queries.working_copy(page.head.course_id)
    return render(
        "courses/course.html",
        page=page,
        copy=copy,
        sizes=_sizes(copy),
        kinds=[kind.value for kind in LessonKind],
    )


def _sizes(copy: queries.WorkingCopy) -> dict[str, int]:
    """Bytes of each lesson's video, by the lesson's key."""
    facts = media.facts(list(copy.files.values()))
    return {
        lesson.key: facts[copy.files[lesson.video]].size_bytes
        for lesson in copy.course.lessons
        if lesson.video in copy.files
    }


@bp.route("/<code>/details", methods=["GET", "POST"])
@requires(Permission.EDIT_COURSES)
def details(code: str) -> ResponseReturnValue:
    page = editable_or_404(code)
    copy = queries.working_copy(page.head.course_id)
    form = DetailsForm(data=_details(copy))
    form.events.choices = event_choices()
    problems: list[Problem] = []
    refusal: DomainError | None = None
    if form.validate_on_submit():
        change = service.DraftChange(lambda course: _with_details(course, form))
        try:
            with editing():
                service.change_draft(
                    page.head.course_id, form.revision.data, change, principal().account_id, may_teach
                )
        except CourseInvalid as error:
            problems = error.problems
        except Conflict as error:
            refusal = error
            form.revision.data = form.revision.raw_data = None
            form.revision.data = queries.working_copy(page.head.course_id).revision
        else:
            flash(_("Kept in the draft."), "success")
            return redirect(url_for(".show", code=code), code=303)
    status = refusal.status if refusal else _status()
    return render(
        "courses/details.html", page=page, form=form, problems=problems, refusal=refusal, status=status
    )


def _details(copy: queries.WorkingCopy) -> dict[str, object]:
    """What the form shows of a course."""
    course = copy.course
    events = [
        f"{audience.contest}/{name}"
        for audience in course.audiences
        for name in ([f"*{audience.track}"] if audience.track else audience.events)
    ]
    return {
        "title_zh": course.title.zh,
        "title_en": course.title.en,
        "summary_zh": course.summary.zh,
        "summary_en": course.summary.en,
        "academy_zh": course.academy.zh,
        "academy_en": course.academy.en,
        "events": events,
        "revision": copy.revision,
    }


def _with_details(course: Course, form: DetailsForm) -> Course:
    """The course with what the form says."""
    return replace(
        course,
        title=Text(form.title_zh.data, form.title_en.data or ""),
        summary=pair(form.summary_zh.data, form.summary_en.data),
        academy=pair(form.academy_zh.data, form.academy_en.data),
        audiences=queries.audience_of(form.events.data or ()),
    )


def pair(zh: str | None, en: str | None) -> Text:
    """Two fields as a text; the English one stands in where there is no Chinese."""
    return Text(zh or en or "", en or "")


def _status() -> int:
    return 422 if request.method == "POST" else 200
