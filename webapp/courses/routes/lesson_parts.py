"""Between a lesson and its form: what the form shows, and what becomes of what was typed and uploaded."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from werkzeug.datastructures import FileStorage

from webapp.contests.rules.blueprint import Text
from webapp.core.db import keys_scope
from webapp.core.errors import NotFound
from webapp.courses import queries, service
from webapp.courses.forms import DrillForm, LessonForm, QuizForm, TextForm, VideoForm
from webapp.courses.rules.course import Course, Lesson, LessonKind
from webapp.courses.rules.drill import HazardDrill
from webapp.courses.rules.edit import put_lesson
from webapp.courses.rules.parse_drill import parse_drill
from webapp.media import service as media

FORMS: dict[LessonKind, type[LessonForm]] = {
    LessonKind.VIDEO: VideoForm,
    LessonKind.TEXT: TextForm,
    LessonKind.QUIZ: QuizForm,
    LessonKind.DRILL: DrillForm,
}
_UNSAFE = re.compile(r"[^\w.-]+")


def shown(course_id: int, copy: queries.WorkingCopy, lesson: Lesson) -> dict[str, Any]:
    """What the form shows of a lesson as it is."""
    return {
        "title_zh": lesson.title.zh,
        "title_en": lesson.title.en,
        "summary_zh": lesson.summary.zh,
        "summary_en": lesson.summary.en,
        "sources": "\n".join(lesson.sources),
        "text": _text(copy, lesson),
        "bank": lesson.bank,
        "topics": list(lesson.topics),
        "count": lesson.count,
        "drill": drill_of(course_id, copy, lesson),
    }


def drill_of(course_id: int, copy: queries.WorkingCopy, lesson: Lesson) -> str:
    """The text of a lesson's drill, answers included; '' where there is none."""
    if not lesson.drill:
        return ""
    with keys_scope():
        return queries.drill_text(course_id, copy, lesson.drill)


def _text(copy: queries.WorkingCopy, lesson: Lesson) -> str:
    if lesson.text not in copy.files:
        return ""
    return media.read(copy.files[lesson.text]).decode("utf-8-sig").replace("\r\n", "\n")


def is_sent(upload: object) -> bool:
    """Whether a file was chosen in this field."""
    return isinstance(upload, FileStorage) and bool(upload.filename)


def change_of(
    form: LessonForm, key: str, kind: LessonKind, before: Lesson | None, copy: queries.WorkingCopy
) -> service.DraftChange:
    """What saving the form does to the draft; uploaded files are checked and kept.

    before: the lesson as it was, None for a new one. Raise CourseInvalid."""
    common: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "title": Text(form.title_zh.data, form.title_en.data or ""),
        "summary": Text(form.summary_zh.data or form.summary_en.data or "", form.summary_en.data or ""),
        "sources": tuple(line.strip() for line in (form.sources.data or "").splitlines() if line.strip()),
    }
    old = before or Lesson(key, kind, Text(""), Text(""))
    brought = _Brought(frozenset(path for one in copy.course.lessons if one.key != key for path in one.files))
    match form:
        case VideoForm():
            lesson = Lesson(**common, **_video(form, old, brought))
        case TextForm():
            lesson = Lesson(**common, text=_markdown(form, old, brought))
        case QuizForm():
            lesson = Lesson(
                **common, bank=form.bank.data, topics=tuple(form.topics.data or ()), count=form.count.data
            )
        case DrillForm():
            lesson = Lesson(**common, drill=_drill(form, old, brought))
        case _:
            raise NotFound
    return service.DraftChange(_putting(lesson), brought.files, brought.drills)


def _putting(lesson: Lesson) -> Callable[[Course], Course]:
    return lambda course: put_lesson(course, lesson)


@dataclass
class _Brought:
    """Files and drills that come with a change. taken: paths of other lessons, which stay as they are."""

    taken: frozenset[str]
    files: dict[str, int] = field(default_factory=dict)
    drills: dict[str, str] = field(default_factory=dict)

    def free(self, path: str) -> str:
        """The path, or one beside it when another lesson has it."""
        stem, _, suffix = path.partition(".")
        number = 2
        while path in self.taken:
            path = f"{stem}-{number}.{suffix}"
            number += 1
        return path

    def keep(self, upload: object, path: str) -> str:
        """Keep an uploaded file under a path and give the path; '' when none was chosen. Raise CourseInvalid."""
        if not isinstance(upload, FileStorage) or not is_sent(upload):
            return ""
        self.files[path] = service.keep_file(upload.stream, path)
        return path


def _video(form: VideoForm, old: Lesson, brought: _Brought) -> dict[str, Any]:
    captions = dict(old.captions)
    for language, upload in (("zh", form.captions_zh.data), ("en", form.captions_en.data)):
        path = brought.keep(upload, brought.free(f"media/{old.key}.{language}.vtt"))
        if path:
            captions[language] = path
    video = brought.keep(form.video.data, brought.free(f"media/{old.key}.mp4"))
    low_video = brought.keep(form.low_video.data, brought.free(f"media/{old.key}-low.mp4"))
    return {
        "slides": old.slides,
        "video": video or old.video,
        # A smaller copy of another video would show the wrong thing.
        "low_video": low_video or ("" if video else old.low_video),
        "captions": tuple((name, captions[name]) for name in ("zh", "en") if name in captions),
        "text": _markdown(form, old, brought) if form.text.data else "",
    }


def _markdown(form: TextForm | VideoForm, old: Lesson, brought: _Brought) -> str:
    for upload in form.pictures.data or ():
        if is_sent(upload):
            brought.keep(upload, f"media/{picture_name(upload.filename or '')}")
    path = old.text or brought.free(f"texts/{old.key}.md")
    content = (form.text.data or "").replace("\r\n", "\n").strip() + "\n"
    brought.files[path] = media.store(content.encode(), "text/markdown")
    return path


def picture_name(file_name: str) -> str:
    """The name under which an uploaded picture stands in media/."""
    name = PurePath(file_name.replace("\\", "/"))
    suffix = {".jpeg": ".jpg"}.get(name.suffix.lower(), name.suffix.lower())
    return f"{_UNSAFE.sub('-', name.stem).strip('.-_') or 'picture'}{suffix or '.png'}"


def _drill(form: DrillForm, old: Lesson, brought: _Brought) -> str:
    path = old.drill or brought.free(f"drills/{old.key}.toml")
    text = (form.drill.data or "").replace("\r\n", "\n").strip() + "\n"
    brought.drills[path] = text
    if is_sent(form.picture.data):
        drill = parse_drill(text, path)
        if isinstance(drill, HazardDrill):
            brought.keep(form.picture.data, drill.picture)
    return path
