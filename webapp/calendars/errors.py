"""What may be wrong with a year's holidays."""

from webapp.core.errors import DomainError
from webapp.core.words import N_, Message


class YearRefused(DomainError):
    """A year is not taken over, with every reason."""

    code = "calendar-refused"
    text = N_("The year has %(count)s mistakes. Nothing was changed.")

    def __init__(self, reasons: tuple[Message, ...]) -> None:
        super().__init__(count=len(reasons))
        self.reasons = reasons


class YearUnchanged(DomainError):
    code = "calendar-unchanged"
    text = N_("These days are in force already. Nothing was changed.")
