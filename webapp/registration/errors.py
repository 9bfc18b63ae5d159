"""What may go wrong between an application and a participation."""

from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.words import N_, Message


class StepNotPossible(Conflict):
    """An action that the state of the application does not allow."""

    code = "step-not-possible"
    text = N_("This application is in the state “%(state)s”; that step is not possible now.")


class MayNotApply(DomainError):
    """Hard rules stand against the application. `reasons` says which, and what to do."""

    code = "may-not-apply"
    text = N_("%(first)s")

    def __init__(self, reasons: tuple[Message, ...]) -> None:
        super().__init__(first=reasons[0])
        self.reasons = reasons


class ApplicationGone(NotFound):
    """No such application, or not this person's to see: one answer for both."""


class AlreadyApplied(Conflict):
    code = "already-applied"
    text = N_("You have registered for this event already. You find its state under “My contests”.")


class RegistrationOver(DomainError):
    code = "registration-over"
    text = N_(
        "Registration for this event has closed, so you cannot withdraw or switch here any more."
        " Please tell your union or the organiser of the event."
    )


class CorrectionOver(DomainError):
    code = "correction-over"
    text = N_(
        "The review of this event has ended, so it cannot be sent in again."
        " Please tell the organiser of the event."
    )


class AlreadyDecided(Conflict):
    code = "already-decided"
    text = N_("Somebody else has decided on this application in the meantime. Nothing was changed by you.")


class ClaimedByOther(Conflict):
    code = "claimed-by-other"
    text = N_(
        "%(name)s is looking at this application until %(until)s."
        " Please take another one, or wait until then."
    )


class OwnApplication(DomainError):
    code = "own-application"
    status = 403
    text = N_("Nobody decides on an application of their own. Please leave it to a colleague.")


class CompetesInEvent(DomainError):
    code = "competes-in-event"
    status = 403
    text = N_(
        "You take part in this event yourself and cannot review others in it. Please leave it to a colleague."
    )


class OfOwnUnit(DomainError):
    code = "of-own-unit"
    status = 403
    text = N_(
        "This person works for your own unit, so you must stand aside here. Please leave it to a colleague."
    )


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = N_("Please give a reason: the person will read it.")


class ExceptionReasonMissing(DomainError):
    code = "exception-reason-missing"
    text = N_("A rule that normally applies is not met. To confirm all the same, please write why.")


class ReasonTooLong(DomainError):
    code = "reason-too-long"
    text = N_("A reason has at most %(most)d characters.")


class ConsentMissing(DomainError):
    code = "consent-missing"
    text = N_("Please read the rules of the event and agree to them.")


class NothingChosen(DomainError):
    code = "nothing-chosen"
    text = N_("Please choose at least one application.")


class Disqualified(Conflict):
    code = "disqualified"
    text = N_("This person was excluded from the event and cannot be confirmed for it.")


class RosterWrong(DomainError):
    """The workbook cannot be read at all."""

    code = "roster-wrong"
    text = N_("This workbook cannot be read. Please use the template and save it as .xlsx.")


class RosterTooLarge(RosterWrong):
    code = "roster-too-large"
    text = N_("A workbook may hold at most %(most)d people. Please split it.")


class RosterHeaderWrong(RosterWrong):
    code = "roster-header"
    text = N_("The first row must hold the columns of the template. Missing: %(missing)s.")


class RosterEmpty(RosterWrong):
    code = "roster-empty"
    text = N_("The workbook holds no people. Please fill in the template, one person a row.")


class RosterDone(Conflict):
    code = "roster-done"
    text = N_("This workbook was accepted or discarded already.")


class RosterHasProblems(DomainError):
    code = "roster-has-problems"
    text = N_(
        "%(count)d rows have problems. Mend the workbook and upload it again, or accept the valid rows only."
    )


class NotEligible(DomainError):
    """A hard rule about earlier results stands against somebody whose application waits already."""

    code = "not-eligible"
    text = N_("This cannot be confirmed: %(reason)s")


class WinnersEmpty(DomainError):
    code = "winners-empty"
    text = N_("The workbook holds no winners. Please fill in the template, one result a row.")


class WinnerRemoved(Conflict):
    code = "winner-removed"
    text = N_("This record was taken out already.")


class WinnerPersonUnknown(DomainError):
    code = "winner-person-unknown"
    text = N_("This person is not one of those who may be meant by the record.")


class DelegationUnfit(DomainError):
    """The queue is not this person's to hand on, or the receiver reviews nothing near it."""

    code = "delegation-unfit"
    text = N_("Please choose one of the offered receivers.")


class DelegationTimeWrong(DomainError):
    code = "delegation-time"
    text = N_("Please name a last day from today on, at most %(most)d days ahead.")


class DelegationEnded(Conflict):
    code = "delegation-ended"
    text = N_("This delegation has ended already.")


class MergeAsked(Conflict):
    code = "merge-asked"
    text = N_("A merge of this organisation waits for a second person already.")


class MergeDecided(Conflict):
    code = "merge-decided"
    text = N_("Somebody has decided on this merge already.")


class MergeOwn(DomainError):
    code = "merge-own"
    status = 403
    text = N_("A second person decides: whoever asked for a merge cannot agree to it.")


class WhyMissing(DomainError):
    code = "why-missing"
    text = N_("Please write down why: it stays with the record.")


class MergeUnfit(DomainError):
    code = "merge-unfit"
    text = N_("Please give the code of another open organisation of the same kind, and a reason.")


class ScanWrong(DomainError):
    code = "scan-wrong"
    text = N_("Please choose a PDF, or a picture (JPEG, PNG), of at most %(most)d MB.")


class ListEmpty(DomainError):
    code = "list-empty"
    text = N_("Nobody of this unit waits who can be confirmed with a list.")


class ListOpened(Conflict):
    code = "list-opened"
    text = N_("The spot checks of this list are open already.")


class ListNotChecked(DomainError):
    code = "list-not-checked"
    text = N_("First every drawn registration must be looked at and confirmed.")


class ListOwn(DomainError):
    code = "list-own"
    status = 403
    text = N_("Whoever sealed a list does not check it.")
