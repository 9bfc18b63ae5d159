"""The public content of a lesson as its row keeps it, read from its files."""

from collections.abc import Mapping
from typing import Any

from webapp.courses.formats.markdown import character_count, pictures_of
from webapp.courses.formats.video import duration_s
from webapp.courses.rules.course import Lesson, LessonKind
from webapp.courses.rules.drill import Drill, HazardDrill, public_part
from webapp.media import service as media


def lesson_content(lesson: Lesson, files: Mapping[str, int], drill: Drill | None = None) -> dict[str, Any]:
    """What pages show of a lesson, as JSON of file ids. files: path -> file id. drill: of a drill lesson."""
    match lesson.kind:
        case LessonKind.VIDEO:
            return _video(lesson, files)
        case LessonKind.TEXT:
            return _markdown(lesson.text, files)
        case LessonKind.QUIZ:
            return {"bank": lesson.bank, "topics": list(lesson.topics), "count": lesson.count}
        case LessonKind.DRILL:
            assert drill is not None
            picture = files[drill.picture] if isinstance(drill, HazardDrill) else None
            return {"path": lesson.drill, "drill": public_part(drill), "picture": picture}


def _video(lesson: Lesson, files: Mapping[str, int]) -> dict[str, Any]:
    video, low = files[lesson.video], files.get(lesson.low_video)
    facts = media.facts([video, *([low] if low else [])])
    return {
        **_markdown(lesson.text, files),
        "video": video,
        "low": low,
        "captions": [[language, files[path]] for language, path in lesson.captions],
        "duration_s": duration_s(media.place_of(video)),
        "size": facts[video].size_bytes,
        "low_size": facts[low].size_bytes if low else None,
        "digest": facts[video].digest,
    }


def _markdown(path: str, files: Mapping[str, int]) -> dict[str, Any]:
    """A text with the pictures it shows; an empty one where the lesson has no text."""
    text = media.read(files[path]).decode("utf-8-sig") if path else ""
    shown = {name: files[name] for name in pictures_of(text) if name in files}
    return {"markdown": text, "pictures": shown, "characters": character_count(text)}
