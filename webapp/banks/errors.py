"""What may go wrong with banks and their files."""

from webapp.core.errors import DomainError
from webapp.core.problems import Problem
from webapp.core.words import N_, Message


class FileRefused(DomainError):
    """The whole file cannot be read; `problem` says why and where."""

    code = "file-refused"
    status = 422
    text = N_("%(reason)s")

    def __init__(self, problem: Problem) -> None:
        super().__init__(reason=problem.reason)
        self.problem = problem


def refused(
    code: str,
    file: str,
    reason: str,
    hint: str = "",
    row: int | None = None,
    column: str = "",
    **params: object,
) -> FileRefused:
    """A FileRefused with one problem. reason, hint: msgids marked with N_ by the caller; both may name row and column."""
    if row is not None:
        params["row"] = row
    if column:
        params["column"] = column
    return FileRefused(
        Problem(
            code=code,
            reason=Message(reason, params),
            file=file,
            row=row,
            column=column,
            hint=Message(hint, params) if hint else None,
        )
    )


class NothingToAccept(DomainError):
    code = "nothing-to-accept"
    status = 409
    text = N_("This file has no question that can be imported.")


class HasErrors(DomainError):
    code = "has-errors"
    status = 409
    text = N_("%(count)s questions have errors. Mend the file and upload it again, or accept the valid part.")


class AlreadyDecided(DomainError):
    code = "already-decided"
    status = 409
    text = N_("This was decided in the meantime. Look at its present state.")


class SamePerson(DomainError):
    code = "same-person"
    status = 403
    text = N_("A second person must approve: you made this version yourself.")


class BankCodeTaken(DomainError):
    code = "bank-code-taken"
    status = 409
    text = N_("A bank with the code %(bank)s exists already.")


class ReasonNeeded(DomainError):
    code = "reason-needed"
    status = 422
    text = N_("Please give a reason, so that the setter knows what to mend.")


class SealedBank(DomainError):
    code = "sealed-bank"
    status = 403
    text = N_("This bank is sealed: nobody looks into it until its exam is over.")

    def __init__(self, bank: str = "") -> None:
        super().__init__()
        self.bank = bank


class AlreadySealed(DomainError):
    code = "already-sealed"
    status = 409
    text = N_("This bank is sealed already.")


class NotSealed(DomainError):
    code = "not-sealed"
    status = 409
    text = N_("This bank is not sealed.")


class NobodyAsked(DomainError):
    code = "nobody-asked"
    status = 409
    text = N_("Nobody asks to open this bank at present.")


class SameOpener(DomainError):
    code = "same-opener"
    status = 403
    text = N_("A second person must agree: you asked for it yourself.")


class SealReasonNeeded(DomainError):
    code = "seal-reason-needed"
    status = 422
    text = N_("Please give a reason: it stays with the bank.")


class SheetTooLong(DomainError):
    code = "sheet-too-long"
    status = 422
    text = N_("A sheet holds at most %(most)s questions, and these are %(count)s. Choose one topic.")


class QuestionChanged(DomainError):
    code = "question-changed"
    status = 409
    text = N_(
        "Somebody else saved this question while you were writing. Nothing of yours is lost: compare both."
    )


class KeyTaken(DomainError):
    code = "key-taken"
    status = 409
    text = N_("The bank has a question with the key %(key)s already.")


class NothingSaid(DomainError):
    code = "nothing-said"
    status = 422
    text = N_("Please write something.")


class TopicUntitled(DomainError):
    code = "topic-untitled"
    status = 422
    text = N_("Give the topic a title.")


class TopicUsed(DomainError):
    code = "topic-used"
    status = 409
    text = N_(
        "This topic cannot be deleted: %(count)s questions stand under it, those of earlier versions too."
    )


class TopicHasTopics(DomainError):
    code = "topic-has-topics"
    status = 409
    text = N_("This topic cannot be deleted: %(count)s topics stand below it.")


class TopicCircle(DomainError):
    code = "topic-circle"
    status = 422
    text = N_("A topic cannot stand below itself.")


class AnswerRefused(DomainError):
    """The browser sent something that is no answer to this question."""

    code = "answer-refused"
    text = N_("This is not a possible answer to question %(slot)s.")


class AnswerTooLong(AnswerRefused):
    code = "answer-too-long"
    text = N_("The answer to question %(slot)s is too long.")
