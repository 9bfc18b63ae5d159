"""What may go wrong with labour competitions."""

from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.words import N_


class CampaignMissing(NotFound):
    code = "campaign-missing"


class EnrolmentClosed(Conflict):
    code = "campaign-enrolment-closed"
    text = N_(
        "Units enrol until the end of the phase “advance”, and not before the campaign begins. Please speak to its leader."
    )


class EnrolledAlready(Conflict):
    code = "campaign-enrolled-already"
    text = N_("This unit takes part already. Open it from the list of your units.")


class NotEnrolled(Conflict):
    code = "campaign-not-enrolled"
    text = N_("This unit has withdrawn. Enrol it again first.")


class PlanAccepted(Conflict):
    code = "campaign-plan-accepted"
    text = N_("The plan is accepted and stays as it is. Tell of changes in the next report.")


class PeriodWrong(Conflict):
    code = "campaign-period-wrong"
    text = N_("No report is asked for in this period, or it has not begun. Choose a period of the list.")


class ReportAccepted(Conflict):
    code = "campaign-report-accepted"
    text = N_("The report of this period is accepted and stays as it is.")


class NothingToReview(Conflict):
    code = "campaign-nothing-to-review"
    text = N_("This has been decided already, or a newer one has come in. Please look at the page again.")


class ReasonNeeded(DomainError):
    code = "campaign-reason-needed"
    text = N_("Write the reason: whoever gets it back has to know what to change.")


class FileWrong(DomainError):
    code = "campaign-file-wrong"
    text = N_(
        "Choose PDF, Word, Excel or pictures (JPEG, PNG) of at most %(most)d MB each, at most %(count)d at a time."
    )


class CandidateDecided(Conflict):
    code = "campaign-candidate-decided"
    text = N_("This candidate stands on a posted list, or on one that waits for the second person.")


class NobodyToPost(Conflict):
    code = "campaign-nobody-to-post"
    text = N_("Decide about every candidate first; at least one has to be commended.")


class ListWaits(Conflict):
    code = "campaign-list-waits"
    text = N_("A list waits for the second person already.")


class OwnList(Forbidden):
    code = "campaign-own-list"
    text = N_("Somebody else than who asked has to agree.")
