"""A learner at one lesson."""

from dataclasses import dataclass

from webapp.access.principal import Principal
from webapp.contests.rules.schema import Activity, ActivityKind
from webapp.core.clock import datetime
from webapp.core.errors import NotFound
from webapp.courses import queries as courses
from webapp.courses.queries import LessonView
from webapp.learning.service.learners import Learner, learner


@dataclass(frozen=True)
class Place:
    """Who learns, and the lesson they are at."""

    learner: Learner
    lesson: LessonView

    @property
    def participation_id(self) -> int:
        return self.learner.participation_id

    @property
    def kind(self) -> ActivityKind:
        return ActivityKind(self.lesson.kind.value)

    @property
    def activity(self) -> Activity | None:
        """What this lesson's kind earns; None when it earns nothing in this event."""
        return self.learner.learning.activity(self.kind)


def enter(
    who: Principal,
    contest_code: str,
    event_code: str,
    lesson_id: int,
    kinds: tuple[ActivityKind, ...],
    now: datetime,
) -> Place:
    """The signed-in person at a lesson of an event of theirs.

    Raise NotFound when the person does not take part, the lesson is not of this event, or of another kind."""
    found = learner(who, contest_code, event_code, now)
    lesson = courses.lesson_of_event(found.event_id, lesson_id)
    if lesson.kind.value not in kinds:
        raise NotFound
    return Place(found, lesson)
