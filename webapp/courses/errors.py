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
