"""A course as named files, checked as a whole: from a folder, an unpacked zip, or a draft of the pages."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from webapp.contests.rules.places import line_index, line_of
from webapp.core.problems import Problem
from webapp.core.words import N_, Message
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.captions import is_captions
from webapp.courses.formats.markdown import pictures_of
from webapp.courses.formats.picture import KINDS as PICTURES
from webapp.courses.formats.picture import is_picture
from webapp.courses.formats.video import duration_s, is_h264
from webapp.courses.rules.course import Course, LessonKind
from webapp.courses.rules.drill import HazardDrill
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
MAX_TEXT_BYTES = 1024 * 1024
MAX_VIDEO_BYTES = 300 * 1024 * 1024


@dataclass(frozen=True)
class CourseFolder:
    """A course that holds together. files: what it uses, path -> where its bytes lie; drills: path -> text."""

    text: str
    course: Course
    files: Mapping[str, Path]
    drills: Mapping[str, str]


def read_folder(folder: Path) -> CourseFolder:
    """The course in a folder. Raise CourseInvalid with every problem: a missing file, a bad drill, a bad video.

    Lessons that still name slides must have been rendered before (`jiangsai courses render`)."""
    head = folder / HEAD
    if not head.is_file():
        raise CourseInvalid([_problem(HEAD, N_("There is no course.toml in this folder."))])
    text = _text(head)
    if text is None:
        raise CourseInvalid([_problem(HEAD, N_("This file is not UTF-8 text."))])
    course = parse_course(text)
    found = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    files = {path: place for path, place in found.items() if place.suffix in MEDIA}
    drills, problems = {}, []
    for path in sorted({lesson.drill for lesson in course.lessons if lesson.drill in found}):
        drill = _text(found[path])
        if drill is None:
            problems.append(_problem(path, N_("This file is not UTF-8 text.")))
        drills[path] = drill or ""
    problems += check_files(course, files, drills, text)
    if problems:
        raise CourseInvalid(problems)
    used = used_files(course, files, drills)
    return CourseFolder(text, course, {path: files[path] for path in sorted(used)}, drills)


def check_files(
    course: Course, files: Mapping[str, Path], drills: Mapping[str, str], text: str
) -> list[Problem]:
    """What is wrong with the files that a course needs: missing, or not what their names say.

    text: of course.toml, for the lines."""
    problems: list[Problem] = []
    lines = line_index(text)
    for position, lesson in enumerate(course.lessons):
        row = line_of(lines, f"lessons[{position}]")
        if lesson.kind is LessonKind.VIDEO and not lesson.video:
            problems.append(_problem(HEAD, N_("This video is not rendered yet."), lesson.key, row))
        problems += [
            _problem(HEAD, N_("This file is missing."), path, row)
            for path in lesson.files
            if path not in (drills if path == lesson.drill else files)
        ]
    for path, drill in drills.items():
        problems += check_drill(path, drill, files)
    for path in sorted(used_files(course, files, drills)):
        problems += check_file(path, files[path], files)
    return problems


def check_file(path: str, place: Path, files: Container[str]) -> list[Problem]:
    """What is wrong with one file, by the ending of its name. files: for the pictures that a text names."""
    suffix = "." + path.rsplit(".", 1)[-1]
    if suffix not in MEDIA:
        return [_problem(path, N_("A course holds no files of this kind."))]
    if suffix == ".mp4":
        return _of_video(path, place)
    if suffix == ".vtt" and not is_captions(place):
        return [_problem(path, N_("These are no captions in the WebVTT format."))]
    if suffix in PICTURES and not is_picture(place, suffix):
        return [_problem(path, N_("This is not a picture of the kind its name says, or it is too large."))]
    if suffix == ".md":
        return _of_text(path, place, files)
    return []


def check_drill(path: str, text: str, files: Container[str]) -> list[Problem]:
    """What is wrong with a drill's text, each with its line. files: for the picture that it names."""
    try:
        drill = parse_drill(text, path)
    except CourseInvalid as error:
        return error.problems
    if isinstance(drill, HazardDrill) and drill.picture not in files:
        row = line_of(line_index(text), "picture")
        return [_problem(path, N_("This file is missing."), drill.picture, row)]
    return []


def used_files(course: Course, files: Mapping[str, Path], drills: Mapping[str, str]) -> frozenset[str]:
    """The files that lessons, their texts and their drills name; a drill that cannot be read names none."""
    used: set[str] = set()
    for lesson in course.lessons:
        used.update(path for path in lesson.files if path in files)
        if lesson.text in files:
            used.update(pictures_of(_text(files[lesson.text]) or ""))
    for path, text in drills.items():
        try:
            drill = parse_drill(text, path)
        except CourseInvalid:
            continue
        if isinstance(drill, HazardDrill):
            used.add(drill.picture)
    return frozenset(used & files.keys())


def _of_video(path: str, place: Path) -> list[Problem]:
    if place.stat().st_size > MAX_VIDEO_BYTES:
        return [_problem(path, N_("A video may have at most 300 MB."))]
    try:
        length = duration_s(place)
    except ValueError:
        return [_problem(path, N_("This is not a video in the mp4 format."))]
    if not length or not is_h264(place):
        return [_problem(path, N_("Browsers cannot play this video. Save it as H.264."))]
    return []


def _of_text(path: str, place: Path, files: Container[str]) -> list[Problem]:
    text = _text(place)
    if text is None:
        return [_problem(path, N_("This file is not UTF-8 text."))]
    return [
        _problem(path, N_("The text shows a picture that is not there."), picture, _line(text, picture))
        for picture in pictures_of(text)
        if picture not in files
    ]


def _line(text: str, words: str) -> int | None:
    """The line where some words first stand."""
    return next((row for row, line in enumerate(text.split("\n"), start=1) if words in line), None)


def _text(place: Path) -> str | None:
    """A text file with plain line ends; None when it is no UTF-8, holds NUL signs or is too large."""
    if place.stat().st_size > MAX_TEXT_BYTES:
        return None
    try:
        text = place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.replace("\r\n", "\n")


def _problem(file: str, text: str, value: str = "", row: int | None = None) -> Problem:
    return Problem(code="course-file", reason=Message(text), file=file, value=value, row=row)
