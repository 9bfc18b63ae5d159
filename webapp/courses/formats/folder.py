"""A course as named files: a folder or a zip, checked as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from webapp.core.problems import Problem
from webapp.core.words import N_, Message
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.video import duration_s
from webapp.courses.rules.course import Course, LessonKind
from webapp.courses.rules.drill import Drill, HazardDrill
from webapp.courses.rules.parse import parse_course
from webapp.courses.rules.parse_drill import parse_drill

HEAD = "course.toml"
MEDIA = {
    ".mp4": "video/mp4",
    ".vtt": "text/vtt",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".md": "text/markdown",
}
"""What a course may hold beside its TOML files."""


@dataclass(frozen=True)
class CourseFolder:
    """A course that holds together. files: path -> where its bytes lie; drills and durations by path."""

    text: str
    course: Course
    files: Mapping[str, Path]
    drills: Mapping[str, tuple[str, Drill]]
    durations: Mapping[str, int]


def read_folder(folder: Path) -> CourseFolder:
    """The course in a folder. Raise CourseInvalid with every problem: a missing file, a bad drill, a bad video.

    Lessons that still name slides must have been rendered before (`jiangsai courses render`)."""
    head = folder / HEAD
    if not head.is_file():
        raise CourseInvalid([_problem(HEAD, N_("There is no course.toml in this folder."))])
    text = head.read_text(encoding="utf-8").replace("\r\n", "\n")
    course = parse_course(text)
    problems: list[Problem] = []
    drills: dict[str, tuple[str, Drill]] = {}
    durations: dict[str, int] = {}
    files = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.lower() in MEDIA and not path.is_symlink()
    }
    for lesson in course.lessons:
        if lesson.kind is LessonKind.VIDEO and not lesson.video:
            problems.append(_problem(HEAD, N_("This video is not rendered yet."), lesson.key))
        for path in lesson.files:
            if path != lesson.drill and path not in files:
                problems.append(_problem(HEAD, N_("This file is missing."), path))
        if lesson.drill:
            _read_drill(folder, lesson.drill, files, drills, problems)
        for path in (lesson.video, lesson.low_video):
            if path in files:
                _read_video(files[path], path, durations, problems)
    if problems:
        raise CourseInvalid(problems)
    return CourseFolder(text, course, files, drills, durations)


def _read_drill(
    folder: Path,
    path: str,
    files: Mapping[str, Path],
    drills: dict[str, tuple[str, Drill]],
    problems: list[Problem],
) -> None:
    if not (folder / path).is_file():
        problems.append(_problem(HEAD, N_("This file is missing."), path))
        return
    text = (folder / path).read_text(encoding="utf-8")
    try:
        drill = parse_drill(text, path)
    except CourseInvalid as error:
        problems.extend(error.problems)
        return
    if isinstance(drill, HazardDrill) and drill.picture not in files:
        problems.append(_problem(path, N_("This file is missing."), drill.picture))
    drills[path] = (text, drill)


def _read_video(place: Path, path: str, durations: dict[str, int], problems: list[Problem]) -> None:
    try:
        durations[path] = duration_s(place)
    except ValueError:
        problems.append(_problem(path, N_("This is not a video in the mp4 format.")))


def _problem(file: str, text: str, value: str = "") -> Problem:
    return Problem(code="course-file", reason=Message(text), file=file, value=value)
