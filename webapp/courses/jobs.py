"""What happens to courses by itself."""

from webapp.core.transaction import transaction
from webapp.courses import service


def assign_again() -> None:
    """Give published courses to events that a contest file brought later. Run twice it changes nothing."""
    with transaction():
        service.assign_again()


PERIODIC = (("courses.assign_again", 60.0, assign_again),)
