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
MOST_QUESTIONS = 50
LONGEST_TOPIC = 80
CODE = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")
PATH = re.compile(r"^(?:[a-z0-9][a-z0-9_-]*/)?[A-Za-z0-9][A-Za-z0-9._-]*$")
KINDS = tuple(kind.value for kind in LessonKind)
TRACKS = ("competition", "popularisation")
LANGUAGES = ("zh", "en")
PARTS = {
    LessonKind.VIDEO: ("slides", "video", "low_video", "captions", "text"),
    LessonKind.TEXT: ("text",),
    LessonKind.QUIZ: ("bank", "topics", "count"),
    LessonKind.DRILL: ("drill",),
}
"""The keys of a lesson that say what it is made of."""
MOST_LESSONS = 200


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
    if len(course.lessons) > MOST_LESSONS:
        root.problem("", "too-many", Message(N_("A course has at most %(n)s lessons."), {"n": MOST_LESSONS}))
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
        slides=_path(table, "slides", ".toml"),
        video=_path(table, "video", ".mp4"),
        low_video=_path(table, "low_video", ".mp4"),
        captions=_captions(table),
        text=_path(table, "text", ".md"),
        bank=table.text("bank", needed=kind is LessonKind.QUIZ),
        topics=_topics(table),
        count=table.integer("count", 1, MOST_QUESTIONS, 5) if kind is LessonKind.QUIZ else 0,
        drill=_path(table, "drill", ".toml"),
    )
    _check_parts(made, table)
    table.close()
    return made


def _path(table: Reader, key: str, suffix: str) -> str:
    """A file of the course's folder by the ending that its use needs; '' where none is named."""
    path = table.text(key, needed=False)
    if path and not PATH.match(path):
        table.problem(
            key, "bad-path", Message(N_("Name a file of the course's folder, for example media/video.mp4."))
        )
        return ""
    if path and not path.endswith(suffix):
        table.problem(
            key,
            "bad-ending",
            Message(N_("The name of this file must end with %(suffix)s."), {"suffix": suffix}),
        )
        return ""
    return path


def _topics(table: Reader) -> tuple[str, ...]:
    topics = table.names("topics", needed=False)
    is_fine = all(topic == topic.strip() and 0 < len(topic) <= LONGEST_TOPIC for topic in topics)
    if not is_fine or len(set(topics)) != len(topics):
        table.problem(
            "topics", "bad-topics", Message(N_("Name each topic once, by its key in the question bank."))
        )
    return topics


def _captions(table: Reader) -> tuple[tuple[str, str], ...]:
    inner = table.table("captions", needed=False)
    if inner is None:
        return ()
    found = tuple(
        (language, _path(inner, language, ".vtt")) for language in LANGUAGES if language in inner.data
    )
    if "zh" not in inner.data:
        inner.problem("", "no-captions", Message(N_("Captions in Chinese are needed.")))
    inner.close()
    return tuple((language, path) for language, path in found if path)


def _check_parts(lesson: Lesson, table: Reader) -> None:
    """Each kind needs its own parts, and takes none of another kind."""
    for part in sorted({part for parts in PARTS.values() for part in parts} - set(PARTS[lesson.kind])):
        if part in table.data:
            table.problem(
                part,
                "other-kind",
                Message(
                    N_("A lesson of the kind “%(kind)s” has no “%(key)s”."),
                    {"kind": lesson.kind.value, "key": part},
                ),
            )
    match lesson.kind:
        case LessonKind.VIDEO if not lesson.video and not lesson.slides:
            table.problem("", "no-video", Message(N_("A video lesson names its slides or its video.")))
        case LessonKind.VIDEO if lesson.video and "captions" not in table.data:
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
