"""A course as its learners will see it, before it is published."""

from typing import Any

from flask import Response

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.banks import queries as banks
from webapp.core.db import keys_scope
from webapp.core.errors import NotFound
from webapp.core.render import render
from webapp.courses import queries
from webapp.courses.routes.blueprint import bp, course_or_404
from webapp.courses.routes.quiz_choices import may_draw
from webapp.courses.rules.course import Course, Lesson, LessonKind
from webapp.courses.rules.edit import lesson_of
from webapp.courses.rules.parse_drill import parse_drill

CAPTION_NAMES = {"zh": "中文", "en": "English"}


@bp.get("/<code>/preview")
@requires(Permission.EDIT_COURSES)
def preview(code: str) -> Response:
    page = course_or_404(code)
    copy = queries.working_copy(page.head.course_id)
    return render("courses/preview.html", page=page, copy=copy)


@bp.get("/<code>/preview/<key>")
@requires(Permission.EDIT_COURSES)
def preview_lesson(code: str, key: str) -> Response:
    page = course_or_404(code)
    copy = queries.working_copy(page.head.course_id)
    lesson = lesson_of(copy.course, key)
    return render(
        "courses/preview_lesson.html",
        page=page,
        lesson=lesson,
        kind=lesson.kind.value,
        following=_following(copy.course, lesson),
        caption_names=CAPTION_NAMES,
        **_parts(page.head.course_id, copy, lesson),
    )


def _following(course: Course, lesson: Lesson) -> Lesson | None:
    place = course.lessons.index(lesson) + 1
    return course.lessons[place] if place < len(course.lessons) else None


def _parts(course_id: int, copy: queries.WorkingCopy, lesson: Lesson) -> dict[str, Any]:
    """What the page shows of a lesson of this kind. Nothing that gives a drill's answers away."""
    match lesson.kind:
        case LessonKind.VIDEO:
            if lesson.video not in copy.files:
                raise NotFound
            return {"video": queries.video_part(queries.lesson_content(lesson, copy.files))}
        case LessonKind.TEXT:
            return {"text": queries.text_part(queries.lesson_content(lesson, copy.files))}
        case LessonKind.QUIZ:
            return _questions(lesson)
        case LessonKind.DRILL:
            with keys_scope():
                drill = parse_drill(queries.drill_text(course_id, copy, lesson.drill), lesson.drill)
            return {"drill": queries.drill_part(queries.lesson_content(lesson, copy.files, drill))}


def _questions(lesson: Lesson) -> dict[str, Any]:
    """As many questions as a round has; learners get others each time. None of a bank closed to this person."""
    version_id = banks.approved_version_id(lesson.bank) if may_draw(lesson.bank) else None
    pool = banks.pool(version_id) if version_id else []
    chosen = [row for row in pool if not lesson.topics or row.topic in lesson.topics]
    shown = [row.version_id for row in chosen[: lesson.count]]
    questions = banks.public_questions(shown)
    return {"questions": [questions[one] for one in shown], "available": len(chosen)}
