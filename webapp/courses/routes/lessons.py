"""Adding, editing, moving and withdrawing lessons of a draft."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.problems import MAX_LISTED, Problem
from webapp.core.render import render
from webapp.courses import queries, service
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.examples import EXAMPLES
from webapp.courses.formats.markdown import to_html
from webapp.courses.forms import DrillForm, LessonForm, MoveForm, QuizForm, TextForm, VideoForm
from webapp.courses.routes import lesson_parts, quiz_choices
from webapp.courses.routes.blueprint import CoursePage, bp, editable_or_404, editing, may_teach
from webapp.courses.rules.course import Lesson, LessonKind
from webapp.courses.rules.edit import free_key, lesson_of, move_lesson, withdraw_lesson
from webapp.media import service as media


@bp.route("/<code>/lessons/new/<kind>", methods=["GET", "POST"])
@requires(Permission.EDIT_COURSES)
def add_lesson(code: str, kind: str) -> ResponseReturnValue:
    page = editable_or_404(code)
    if kind not in set(LessonKind):
        raise NotFound
    return _edit(page, LessonKind(kind), None)


@bp.route("/<code>/lessons/<key>", methods=["GET", "POST"])
@requires(Permission.EDIT_COURSES)
def lesson(code: str, key: str) -> ResponseReturnValue:
    page = editable_or_404(code)
    found = lesson_of(queries.working_copy(page.head.course_id).course, key)
    return _edit(page, found.kind, found)


def _edit(page: CoursePage, kind: LessonKind, before: Lesson | None) -> ResponseReturnValue:
    course_id = page.head.course_id
    copy = queries.working_copy(course_id)
    shown = lesson_parts.shown(course_id, copy, before) if before else {"drill": _example()}
    form = lesson_parts.FORMS[kind](data={"revision": copy.revision, **shown})
    if isinstance(form, QuizForm):
        _offer(form, before)
    problems: list[Problem] = []
    refusal: DomainError | None = None
    is_look = request.method == "POST" and "look" in request.form
    if not is_look and form.validate_on_submit() and _is_complete(form, before):
        taken = {*queries.lesson_kinds(course_id), *(one.key for one in copy.course.lessons)}
        key = before.key if before else free_key(kind.value, taken)
        try:
            with editing():
                change = lesson_parts.change_of(form, key, kind, before, copy)
                service.change_draft(course_id, form.revision.data, change, principal().account_id, may_teach)
        except CourseInvalid as error:
            problems = error.problems
        except Conflict as error:
            refusal = error
        else:
            flash(_("Kept in the draft."), "success")
            return redirect(url_for(".show", code=page.head.code), code=303)
    if refusal:
        form.revision.raw_data = None
        form.revision.data = queries.working_copy(course_id).revision
    status = refusal.status if refusal else 422 if request.method == "POST" and not is_look else 200
    return _page(page, copy, form, kind, before, problems, refusal, status)


def _example() -> str:
    """The drill that a new one begins from, when one was asked for."""
    return EXAMPLES.get(request.args.get("example", ""), "")


def _page(
    page: CoursePage,
    copy: queries.WorkingCopy,
    form: LessonForm,
    kind: LessonKind,
    before: Lesson | None,
    problems: list[Problem],
    refusal: DomainError | None,
    status: int,
) -> Response:
    view: dict[str, Any] = {}
    if isinstance(form, QuizForm):
        view["topics"] = quiz_choices.topic_choices(form.bank.data or "")
        view["available"] = quiz_choices.available(form.bank.data or "", _known_topics(form, view["topics"]))
    if isinstance(form, (TextForm, VideoForm)):
        view["pictures"] = sorted(path for path in copy.files if path.endswith((".png", ".jpg", ".webp")))
        if "look" in request.form:
            view["preview"] = _preview(form.text.data or "", copy)
    return render(
        f"courses/lesson_{kind.value}.html",
        fragment={"quiz": "courses/_questions.html", "drill": None}.get(kind.value, "courses/_text.html")
        if "look" in request.form
        else None,
        page=page,
        form=form,
        kind=kind.value,
        lesson=before,
        problems=problems[:MAX_LISTED],
        refusal=refusal,
        status=status,
        **view,
    )


def _preview(text: str, copy: queries.WorkingCopy) -> str:
    """The text as learners see it, with the pictures that are there already."""
    names = media.public_names(list(copy.files.values()))
    return to_html(text, {path: f"/media/{names[file_id]}" for path, file_id in copy.files.items()})


def _offer(form: QuizForm, before: Lesson | None) -> None:
    """The banks and topics to choose from; what the lesson names stays on offer."""
    choices = quiz_choices.bank_choices()
    if before and before.bank not in dict(choices):
        choices.append((before.bank, before.bank))
    form.bank.choices = [("", _("Choose a question bank.")), *choices]
    form.topics.choices = [
        (topic.key, _("%(title)s, %(n)s questions", title=topic.title, n=topic.count))
        for topic in quiz_choices.topic_choices(form.bank.data or "")
    ]


def _known_topics(form: QuizForm, topics: list[quiz_choices.TopicChoice]) -> list[str]:
    """The ticked topics that the chosen bank has: those of a bank chosen before are let go."""
    return [key for key in form.topics.data or () if key in {topic.key for topic in topics}]


def _is_complete(form: LessonForm, before: Lesson | None) -> bool:
    """What a form needs beside what its fields say; reasons go to the fields."""
    match form:
        case VideoForm() if before is None or not before.video:
            if not lesson_parts.is_sent(form.video.data):
                form.video.errors = [_("Choose the video.")]
            if not lesson_parts.is_sent(form.captions_zh.data):
                form.captions_zh.errors = [_("Choose the Chinese captions.")]
        case QuizForm():
            topics = quiz_choices.topic_choices(form.bank.data)
            form.topics.data = _known_topics(form, topics)
            there = quiz_choices.available(form.bank.data, form.topics.data)
            if there < form.count.data:
                form.count.errors = [_("Only %(n)s questions are there.", n=there)]
        case DrillForm():
            _take_file(form)
            if not (form.drill.data or "").strip() and not form.file.errors:
                form.file.errors = [_("Choose a file or type the text.")]
    return not form.errors


def _take_file(form: DrillForm) -> None:
    """The text of the chosen file, shown in the form from now on."""
    if lesson_parts.is_sent(form.file.data):
        try:
            form.drill.data = form.file.data.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            form.file.errors = [_("The file is not UTF-8 text.")]


@bp.post("/<code>/lessons/<key>/move")
@requires(Permission.EDIT_COURSES)
def move(code: str, key: str) -> ResponseReturnValue:
    page = editable_or_404(code)
    form = MoveForm()
    if form.validate_on_submit():
        change = service.DraftChange(lambda course: move_lesson(course, key, form.by.data))
        with editing():
            service.change_draft(
                page.head.course_id, form.revision.data, change, principal().account_id, may_teach
            )
    return redirect(url_for(".show", code=code, _anchor=f"lesson-{key}"), code=303)


@bp.route("/<code>/lessons/<key>/withdraw", methods=["GET", "POST"])
@requires(Permission.EDIT_COURSES)
def withdraw(code: str, key: str) -> ResponseReturnValue:
    page = editable_or_404(code)
    copy = queries.working_copy(page.head.course_id)
    found = lesson_of(copy.course, key)
    form = MoveForm(by=0, revision=copy.revision)
    if request.method == "GET" or not form.validate():
        return render("courses/withdraw.html", page=page, lesson=found, form=form)
    change = service.DraftChange(lambda course: withdraw_lesson(course, key))
    with editing():
        service.change_draft(
            page.head.course_id, form.revision.data, change, principal().account_id, may_teach
        )
    flash(_("The lesson leaves with the next version. Until then learners still see it."), "success")
    return redirect(url_for(".show", code=code), code=303)
