"""What marking refuses."""

from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.words import N_


class AnswerGone(NotFound):
    """No such answer, or not theirs to see."""

    code = "answer-gone"
    text = N_("There is no such answer to mark.")


class SeatTaken(Conflict):
    code = "seat-taken"
    text = N_("This answer is with other markers by now. Please take the next one.")


class MarkedAlready(Conflict):
    code = "marked-already"
    text = N_(
        "You have marked this answer. A given mark is never changed; tell the chief judge if it is wrong."
    )


class ArbiterMarked(Conflict):
    code = "arbiter-marked"
    text = N_("You gave one of the two marks. Another chief judge has to decide.")


class SettledAlready(Conflict):
    code = "settled-already"
    text = N_("This answer has its mark already.")


class StillWritten(DomainError):
    code = "still-written"
    status = 409
    text = N_("Somebody may still be writing. Marking begins when the exam is over for everybody.")


class OwnQuestion(DomainError):
    code = "own-question"
    status = 403
    text = N_("You brought in this question. Its answers are marked by others.")


class MarkRefused(DomainError):
    code = "mark-refused"
    status = 422
    text = N_("Please give a mark from 0 to %(out_of)s in steps of %(step)s.")


class ReasonNeeded(DomainError):
    code = "arbiter-reason"
    status = 422
    text = N_("Please say in a few words why: it stays with the mark.")
