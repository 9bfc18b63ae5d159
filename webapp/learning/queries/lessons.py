"""An event's courses with what one learner has done of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from webapp.contests.rules.schema import ActivityKind
from webapp.courses import queries as courses
from webapp.courses.queries import CourseView, LessonView
from webapp.learning.queries import drills, quizzes
from webapp.learning.rules.progress import NOTHING_YET, Progress, State

Done = Callable[[int, Collection[int]], Mapping[int, Progress]]
PROGRESS: dict[ActivityKind, Done] = {
    ActivityKind.QUIZ: quizzes.progress,
    ActivityKind.DRILL: drills.progress,
}
"""Who knows how far lessons of a kind are: (participation id, lesson ids) -> progress by lesson id."""


@dataclass(frozen=True)
class LessonLine:
    """A lesson of the list."""

    lesson: LessonView
    kind: ActivityKind
    progress: Progress


@dataclass(frozen=True)
class CourseLines:
    """A course of the list. done: lessons that are done."""

    course: CourseView
    lines: tuple[LessonLine, ...]

    @property
    def done(self) -> int:
        return sum(line.progress.state is State.DONE for line in self.lines)


def course_lines(event_id: int, participation_id: int) -> list[CourseLines]:
    """The published courses of an event, each lesson with its progress: one statement a kind of activity."""
    found = courses.courses_of_event(event_id)
    by_kind: dict[ActivityKind, list[int]] = {}
    for course in found:
        for lesson in course.lessons:
            by_kind.setdefault(ActivityKind(lesson.kind.value), []).append(lesson.lesson_id)
    done: dict[int, Progress] = {}
    for kind, ids in by_kind.items():
        if kind in PROGRESS:
            done.update(PROGRESS[kind](participation_id, ids))
    return [
        CourseLines(
            course,
            tuple(
                LessonLine(lesson, ActivityKind(lesson.kind.value), done.get(lesson.lesson_id, NOTHING_YET))
                for lesson in course.lessons
            ),
        )
        for course in found
    ]


def next_line(courses_found: list[CourseLines], after: int | None = None) -> LessonLine | None:
    """The lesson to go on with: the first that is not done, behind lesson `after` where one is given."""
    lines = [line for course in courses_found for line in course.lines]
    ids = [line.lesson.lesson_id for line in lines]
    start = ids.index(after) + 1 if after in ids else 0
    return next(
        (line for line in [*lines[start:], *lines[:start]] if line.progress.state is not State.DONE), None
    )
