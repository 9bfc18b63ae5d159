"""course.toml → Course. Every problem at once, each with its path and line."""

import re
import tomllib

from webapp.contests.rules.places import line_index
from webapp.contests.rules.reader import Reader, Report
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message
from webapp.courses.errors import CourseInvalid
from webapp.courses.rules.course import Audience, Course, Lesson, LessonKind

SCHEMA = 1
CODE = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")
PATH = re.compile(r"^(?:[a-z0-9][a-z0-9_-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*$")
KINDS = tuple(kind.value for kind in LessonKind)
TRACKS = ("competition", "popularisation")
LANGUAGES = ("zh", "en")


def parse_course(text: str, name: str = "course.toml") -> Course:
    """The course of a TOML text. Raise CourseInvalid with every problem and its place.

    Whether the named files exist is checked where the folder is known (formats/folder.py)."""
    report = Report(name, line_index(text))
    root = Reader(toml_of(text, name), "", report)
    root.integer("schema", SCHEMA, SCHEMA)
    course = Course(
        code=_code(root, "code"),
        title=root.texts("title"),
        summary=root.texts("summary", needed=False),
        academy=root.texts("academy", needed=False),
        licence=root.text("licence", needed=False),
        audiences=tuple(_audience(table) for table in root.tables("for", needed=False)),
        lessons=tuple(_lesson(table) for table in root.tables("lessons", needed=False)),
    )
    _check_keys(course, report)
    root.close()
    if report.problems:
        raise CourseInvalid(sorted(report.problems, key=lambda problem: problem.row or 0))
    return course


def toml_of(text: str, name: str) -> dict[str, object]:
    """The tables of a TOML text. Raise CourseInvalid with the place of bad syntax."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r"line (\d+)", str(error))
        problem = Problem(
            code="not-toml",
            reason=Message(N_("The file cannot be read as TOML: %(error)s"), {"error": shorten(error, 200)}),
            file=name,
            row=int(place.group(1)) if place else None,
        )
        raise CourseInvalid([problem]) from error


def _code(table: Reader, key: str) -> str:
    code = table.text(key)
    if code and not CODE.match(code):
        table.problem(
            key, "bad-code", Message(N_("Codes are made of small letters, digits and hyphens, at most 60."))
        )
    return code


def _audience(table: Reader) -> Audience:
    made = Audience(
        contest=table.text("contest"),
        events=table.names("events", needed=False),
        track=table.choice("track", ("", *TRACKS), ""),
    )
    if bool(made.events) == bool(made.track):
        table.problem("", "no-audience", Message(N_("Name either the events or a track.")))
    table.close()
    return made


def _lesson(table: Reader) -> Lesson:
    kind = LessonKind(table.choice("kind", KINDS))
    made = Lesson(
        key=_code(table, "key"),
        kind=kind,
        title=table.texts("title"),
        summary=table.texts("summary", needed=False),
        sources=table.names("sources", needed=False),
        slides=_path(table, "slides"),
        video=_path(table, "video"),
        low_video=_path(table, "low_video"),
        captions=_captions(table),
        text=_path(table, "text"),
        bank=table.text("bank", needed=kind is LessonKind.QUIZ),
        topics=table.names("topics", needed=False),
        count=table.integer("count", 1, 50, 5),
        drill=_path(table, "drill"),
    )
    _check_parts(made, table)
    table.close()
    return made


def _path(table: Reader, key: str) -> str:
    path = table.text(key, needed=False)
    if path and not PATH.match(path):
        table.problem(
            key, "bad-path", Message(N_("Name a file of the course's folder, for example media/video.mp4."))
        )
        return ""
    return path


def _captions(table: Reader) -> tuple[tuple[str, str], ...]:
    inner = table.table("captions", needed=False)
    if inner is None:
        return ()
    found = tuple((language, _path(inner, language)) for language in LANGUAGES if language in inner.data)
    inner.close()
    return found


def _check_parts(lesson: Lesson, table: Reader) -> None:
    """Each kind needs its own parts."""
    match lesson.kind:
        case LessonKind.VIDEO if not lesson.video and not lesson.slides:
            table.problem("", "no-video", Message(N_("A video lesson names its slides or its video.")))
        case LessonKind.VIDEO if lesson.video and not lesson.captions:
            table.problem("", "no-captions", Message(N_("A video needs captions.")))
        case LessonKind.TEXT if not lesson.text:
            table.problem("", "no-text", Message(N_("A text lesson names its text.")))
        case LessonKind.DRILL if not lesson.drill:
            table.problem("", "no-drill", Message(N_("A drill lesson names its drill.")))


def _check_keys(course: Course, report: Report) -> None:
    keys = [lesson.key for lesson in course.lessons]
    for position, key in enumerate(keys):
        if key and key in keys[:position]:
            report.add(f"lessons[{position}].key", "key-twice", Message(N_("This key stands twice.")), key)
