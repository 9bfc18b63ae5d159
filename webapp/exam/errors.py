"""What may go wrong in an exam. The codes are understood by the exam page's script: keep them."""

from webapp.banks.errors import AnswerRefused
from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.words import N_

__all__ = ["AnswerRefused"]  # stands in banks; here for those who save answers


class TransitionRefused(Conflict):
    code = "transition-refused"
    text = N_("This attempt cannot go from %(state)s to %(target)s.")


class ExamNotFound(NotFound):
    code = "exam-not-found"


class AttemptNotFound(NotFound):
    code = "attempt-not-found"


class NotAdmitted(Forbidden):
    code = "not-admitted"
    text = N_("You are not on the list for this exam. Ask the organiser of your event.")


class ExamNotOpen(Conflict):
    code = "exam-not-open"
    text = N_("This exam opens at %(opens)s. The page shows it by itself when it is time.")


class ExamOver(Conflict):
    code = "exam-over"
    text = N_("This exam has ended.")


class ExamStopped(Conflict):
    code = "try-again"
    text = N_("This exam is paused or has just changed. Please try again in a moment.")


class ExamHeldBack(ExamStopped):
    code = "held-back"
    text = N_(
        "The host holds this exam back: nobody has begun it, and your time does not run. Ask the host, or try again later."
    )


class NoAttemptLeft(Conflict):
    code = "no-attempt-left"
    text = N_("You have used all %(allowed)s attempts of this exam.")


class BookingClosed(Conflict):
    code = "booking-closed"
    text = N_("Sessions can be chosen, changed and cancelled only while booking is open.")


class SessionFull(Conflict):
    code = "session-full"
    text = N_("This session is full. Please choose another one.")


class SessionClosed(Conflict):
    code = "session-closed"
    text = N_("This session takes nobody any more. Please choose another one.")


class SessionNotFound(NotFound):
    code = "session-not-found"


class SessionStarted(Conflict):
    code = "session-started"
    text = N_("This exam has been started; its session can no longer be changed.")


class NoSession(Conflict):
    code = "no-session"
    text = N_("You have no session for this exam yet. Choose one first, or wait until you are given one.")


class SessionStartOver(Conflict):
    code = "session-start-over"
    text = N_("The latest start of your session has passed. If it was not your fault, ask the help desk.")


class PoolTooSmall(Conflict):
    code = "pool-too-small"
    text = N_("The question bank has too few questions for this exam: %(missing)s are missing.")


class DraftChanged(Conflict):
    code = "draft-changed"
    text = N_("Somebody else has changed this draft since you opened it. Nothing of yours was saved.")


class ExamPrepared(Conflict):
    code = "exam-prepared"
    text = N_(
        "The exam of this stage was prepared already: its blueprint is frozen. What you change here reaches nobody."
    )


class DrawsNotPublic(Conflict):
    code = "draws-not-public"
    text = N_("The draws can be checked a day after the exam: until then the draw secret is still needed.")


class TooExposed(DomainError):
    code = "too-exposed"
    status = 409
    text = N_(
        "In %(cells)s parts of the paper single questions would stand on more papers than the contest file allows."
    )


class BankNotReady(Conflict):
    code = "bank-not-ready"
    text = N_("The question bank %(bank)s has no approved version yet.")


class NoExamInStage(NotFound):
    code = "no-exam"
    text = N_("This stage has no exam, or the host has not decided its time yet.")


class AttemptClosed(Conflict):
    code = "closed"
    text = N_("Your paper has been submitted. Answers no longer change.")


class AttemptVoid(Conflict):
    code = "void"
    text = N_("This attempt has been declared void: %(reason)s")


class AttemptNotStarted(Conflict):
    code = "not-started"
    text = N_("This exam has not been started yet.")


class TooLate(Conflict):
    code = "too-late"
    text = N_("This answer arrived after the end and does not count. It is kept as evidence.")


class LeaseLost(Conflict):
    code = "lease-lost"
    text = N_("You are continuing on another device or page. This page is now read-only.")


class NotSaved(DomainError):
    """The database did not answer: nothing is known to be saved, the page tries again by itself."""

    code = "no-database"
    status = 503
    text = N_("The service cannot reach its database. Your answers stay on this page and are sent again.")


class UnknownSlot(AnswerRefused):
    code = "unknown-slot"
    text = N_("Your paper has no question %(slot)s.")


class SectionClosed(Conflict):
    code = "section-closed"
    text = N_("Part %(part)s is closed. This answer does not count; it is kept as evidence.")


class SectionNotOpen(Conflict):
    code = "section-not-open"
    text = N_("Part %(part)s cannot be entered: you have left it for good, or its time is over.")


class BadBatch(DomainError):
    code = "bad-batch"
    text = N_("The request could not be understood. Reload the page; your answers are kept.")


class GrantRefused(DomainError):
    code = "grant-refused"
    text = N_("Extra time is given in whole minutes, from 1 to %(most)s. It can never be taken away.")


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = N_("Please write the reason; it is kept with the decision.")


class OwnRequest(Forbidden):
    code = "own-request"
    text = N_("Somebody else has to approve this: nobody approves their own request.")


class NotOwnRequest(Forbidden):
    code = "not-own-request"
    text = N_("Only who asked for it can take a request back.")


class ActionNotFound(NotFound):
    code = "action-not-found"


class AlarmNotFound(NotFound):
    code = "alarm-not-found"


class AnnouncementNotFound(NotFound):
    code = "announcement-not-found"


class QuestionNotFound(NotFound):
    code = "question-not-found"
    text = N_("This exam has no such question.")


class AlreadyStopped(Conflict):
    code = "already-stopped"
    text = N_("This question is stopped already.")


class TooFewLeft(Conflict):
    code = "too-few-left"
    text = N_("Without this question papers cannot be drawn: %(missing)s questions would be missing.")


class StillWriting(Conflict):
    code = "still-writing"
    text = N_("People are still writing or not graded yet (%(n)s). Decide after the close.")


class StillOpen(Conflict):
    code = "still-open"
    text = N_("This is decided after the close of the exam (%(closes)s).")


class RulingNotFound(NotFound):
    code = "ruling-not-found"


class RulingNotReady(Conflict):
    code = "ruling-not-ready"
    text = N_("This decision cannot be applied now: its effect is being computed, or it was settled already.")


class KeyRefused(DomainError):
    code = "key-refused"
    text = N_("This is not a possible key for the question.")


class NothingLeft(Conflict):
    code = "nothing-left"
    text = N_("A paper would have no question left that brings marks.")


class AnswerNotSettled(Conflict):
    code = "answer-not-settled"
    text = N_("This written answer has no settled mark, or its paper has no grade.")


class MarkChanged(Conflict):
    code = "mark-changed"
    text = N_("The answer has another mark by now. Look at it again.")


class MarkUnchanged(DomainError):
    code = "mark-unchanged"
    text = N_("This is the mark that the answer has already.")


class RulingApplies(Conflict):
    code = "ruling-applies"
    text = N_("A decision about a question of this exam is taking effect. Try again in a few minutes.")


class ListFrozen(Conflict):
    code = "list-frozen"
    text = N_("The list of this stage has been frozen. Release the list first; nothing has changed.")


class ListPosted(Conflict):
    code = "list-posted"
    text = N_(
        "The list of this stage has been posted: no paper is written on any more. Correct a mark or decide about a question instead, then freeze the board again."
    )


class ReopenRefused(Conflict):
    code = "reopen-refused"
    text = N_("Only the newest, submitted attempt of a person can be reopened.")


class NoTimeLeft(Conflict):
    code = "no-time-left"
    text = N_("No time was left when this attempt ended. Add a time credit.")


class FactorRefused(DomainError):
    code = "factor-refused"
    text = N_("The extra-time factor lies between 1 and %(most)s.")


class FactorTooLate(Conflict):
    code = "factor-too-late"
    text = N_("This person has started already. Give extra time instead.")


class ExamNotOver(Conflict):
    code = "exam-not-over"
    text = N_("Somebody may still write. This is for after the close, when everybody has handed in.")
