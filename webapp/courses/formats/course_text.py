"""Course → course.toml, always in the same words: the canonical text of a version."""

import json

from webapp.contests.rules.blueprint import Text
from webapp.courses.rules.course import Audience, Course, Lesson, LessonKind
from webapp.courses.rules.parse import SCHEMA


def course_text(course: Course) -> str:
    """The text that `parse_course` reads as this very course. Comments of an earlier text are not kept."""
    lines = [
        f"schema = {SCHEMA}",
        f"code = {_quoted(course.code)}",
        f"title = {_pair(course.title)}",
        *_maybe_pair("summary", course.summary),
        *_maybe_pair("academy", course.academy),
        *_maybe("licence", course.licence),
    ]
    for audience in course.audiences:
        lines += ["", "[[for]]", *_audience(audience)]
    for lesson in course.lessons:
        lines += ["", "[[lessons]]", *_lesson(lesson)]
    return "\n".join(lines) + "\n"


def _audience(audience: Audience) -> list[str]:
    return [
        f"contest = {_quoted(audience.contest)}",
        *_maybe_list("events", audience.events),
        *_maybe("track", audience.track),
    ]


def _lesson(lesson: Lesson) -> list[str]:
    captions = ", ".join(f"{language} = {_quoted(path)}" for language, path in lesson.captions)
    return [
        f"key = {_quoted(lesson.key)}",
        f"kind = {_quoted(lesson.kind.value)}",
        f"title = {_pair(lesson.title)}",
        *_maybe_pair("summary", lesson.summary),
        *_maybe("slides", lesson.slides),
        *_maybe("video", lesson.video),
        *_maybe("low_video", lesson.low_video),
        *([f"captions = {{{captions}}}"] if captions else []),
        *_maybe("text", lesson.text),
        *_maybe("bank", lesson.bank),
        *_maybe_list("topics", lesson.topics),
        *([f"count = {lesson.count}"] if lesson.kind is LessonKind.QUIZ else []),
        *_maybe("drill", lesson.drill),
        *_maybe_list("sources", lesson.sources),
    ]


def _maybe(key: str, value: str) -> list[str]:
    return [f"{key} = {_quoted(value)}"] if value else []


def _maybe_pair(key: str, value: Text) -> list[str]:
    return [f"{key} = {_pair(value)}"] if value.zh else []


def _maybe_list(key: str, values: tuple[str, ...]) -> list[str]:
    return [f"{key} = [{', '.join(map(_quoted, values))}]"] if values else []


def _pair(text: Text) -> str:
    return (
        f"{{zh = {_quoted(text.zh)}, en = {_quoted(text.en)}}}" if text.en else f"{{zh = {_quoted(text.zh)}}}"
    )


def _quoted(value: str) -> str:
    """A text as TOML. JSON strings are TOML strings, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
