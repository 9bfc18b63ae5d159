"""What may go wrong, in words a person can act on. Plain Python: rules raise these too."""

from webapp.core.words import N_, Message


class DomainError(Exception):
    """A refusal with a reason. `code` is stable for programs, `status` is the HTTP status, and
    `text` is the English msgid; keyword parameters fill its %(name)s places at the edge."""

    code = "refused"
    status = 422
    text = N_("This is not possible.")

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code, params)

    @property
    def message(self) -> Message:
        """The words and their parameters, to be said in the reader's language."""
        return Message(self.text, self.params)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


class NotFound(DomainError):
    """The thing does not exist, or is not this person's to see: both answer alike."""

    code = "not-found"
    status = 404
    text = N_("There is nothing here, or it is not yours to see.")


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    text = N_("Your account does not have the role for this. Ask your union administrator if you need it.")


class Conflict(DomainError):
    code = "conflict"
    status = 409
    text = N_("Somebody changed this in the meantime. Look at the current state and try again.")


class Busy(DomainError):
    """The service protects itself; the client may try again after `retry_after_s`."""

    code = "busy"
    status = 503
    text = N_("Many people are here right now. Please try again in %(retry_after_s)s seconds.")

    def __init__(self, retry_after_s: int = 5) -> None:
        super().__init__(retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class LowSpace(Busy):
    """The disk is nearly full: what is left belongs to running exams."""

    code = "low-space"
    text = N_(
        "There is little storage left, and it is kept for running exams. Please try again in %(retry_after_s)s seconds."
    )

    def __init__(self) -> None:
        super().__init__(60)
