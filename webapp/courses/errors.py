"""What may go wrong with courses."""

from webapp.core.errors import DomainError
from webapp.core.problems import Problem
from webapp.core.words import N_


class CourseInvalid(DomainError):
    """A course is refused, with every problem and its place."""

    code = "course-invalid"
    status = 422
    text = N_("The course has %(count)s problems. Nothing was changed.")

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


class CourseCodeTaken(DomainError):
    code = "course-code-taken"
    status = 409
    text = N_("Another course has this code.")


class ForeignEvent(DomainError):
    """A course names an event that this person does not organise."""

    code = "foreign-event"
    status = 403
    text = N_("The course names events that are not yours: %(events)s. Nothing was changed.")


class NothingToPublish(DomainError):
    code = "nothing-to-publish"
    status = 409
    text = N_("There is nothing new to publish.")


class NoLesson(DomainError):
    code = "no-lesson"
    status = 409
    text = N_("A course without a lesson cannot be published.")


class LessonKindChanged(DomainError):
    """A key would mean another kind of lesson; points that people have would hang on the wrong thing."""

    code = "lesson-kind-changed"
    status = 409
    text = N_("The key “%(key)s” was published as a lesson of the kind “%(kind)s”. Use another key.")


class SealedQuizBank(DomainError):
    """A quiz would show the questions of a bank that is closed until its exam is over."""

    code = "sealed-quiz-bank"
    status = 409
    text = N_("The question bank “%(bank)s” is sealed: no quiz draws from it.")
