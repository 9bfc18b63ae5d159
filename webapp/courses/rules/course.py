"""A course as its file says it. `parse_course` in parse.py makes it."""

from dataclasses import dataclass, field
from enum import StrEnum

from webapp.contests.rules.blueprint import Text


class LessonKind(StrEnum):
    """What a lesson is; the values are those of the contest file's activities."""

    VIDEO = "video"
    TEXT = "text"
    QUIZ = "quiz"
    DRILL = "drill"


@dataclass(frozen=True)
class Audience:
    """Who learns from the course: events of a contest by code, or all events of a track."""

    contest: str
    events: tuple[str, ...] = ()
    track: str = ""


@dataclass(frozen=True)
class Lesson:
    """One lesson. key: stable within the course. Paths are relative to the course's folder, '' = none.

    captions: (language, path). bank, topics, count: of a quiz; no topics means all of them."""

    key: str
    kind: LessonKind
    title: Text
    summary: Text
    sources: tuple[str, ...] = ()
    slides: str = ""
    video: str = ""
    low_video: str = ""
    captions: tuple[tuple[str, str], ...] = ()
    text: str = ""
    bank: str = ""
    topics: tuple[str, ...] = ()
    count: int = 0
    drill: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that this lesson names and that pages serve or read."""
        named = (self.video, self.low_video, *(path for _, path in self.captions), self.text, self.drill)
        return tuple(path for path in named if path)


@dataclass(frozen=True)
class Course:
    """A whole course file."""

    code: str
    title: Text
    summary: Text
    academy: Text
    licence: str
    audiences: tuple[Audience, ...]
    lessons: tuple[Lesson, ...] = field(default_factory=tuple)
