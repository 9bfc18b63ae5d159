"""What may go wrong between an application and its decision."""

from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.words import N_


class ApplicationMissing(NotFound):
    code = "hosting-missing"


class NoApplications(Conflict):
    code = "hosting-none"
    text = N_("This contest takes no such applications.")


class EventNeeded(DomainError):
    code = "hosting-event-needed"
    text = N_("Please choose the event.")


class NotEditable(Conflict):
    code = "hosting-not-editable"
    text = N_("This application is with the host; it can be changed again when it is returned.")


class NotInReview(Conflict):
    code = "hosting-not-in-review"
    text = N_("This step is not due. Reload the page to see where the application stands.")


class CannotSend(DomainError):
    code = "hosting-cannot-send"
    text = N_(
        "%(count)s points have to be settled before this can be sent. They are listed below; nothing is lost."
    )


class ReasonNeeded(DomainError):
    code = "hosting-reason"
    text = N_("Please write down the reason: it is kept with your name.")


class StandsAside(Forbidden):
    code = "hosting-stands-aside"
    text = N_("This application is your own organisation's: a colleague has to review it.")


class OwnDecision(Forbidden):
    code = "hosting-own-decision"
    text = N_("Whoever proposes a decision cannot agree to it: a second person has to.")


class WarningsOpen(DomainError):
    code = "hosting-warnings-open"
    text = N_(
        "%(count)s warnings are open. Except each with a reason, or return the application for correction."
    )


class NothingToExcept(Conflict):
    code = "hosting-nothing-to-except"
    text = N_("There is no such warning, or it has been excepted already.")


class TooMuchSupport(DomainError):
    code = "hosting-support"
    text = N_("The support is between 0 and the %(most)s yuan that are asked for.")


class PartnerUnknown(DomainError):
    code = "hosting-partner"
    text = N_("There is no open organisation of this code, or it takes part already.")


class FileRefused(DomainError):
    code = "hosting-file"
    text = N_("Choose a PDF, a picture, a Word document or a workbook of at most %(most)s MB.")


class TooManyFiles(DomainError):
    code = "hosting-files"
    text = N_("An application has at most %(most)s files. Take one off first.")


class AgreementNotDue(Conflict):
    code = "hosting-agreement"
    text = N_("The agreement is signed once the application is granted.")


class PaymentNotDue(Conflict):
    code = "hosting-payment"
    text = N_(
        "This half cannot be noted now: the first comes after the decision, the second after the review of the performance file."
    )


class FileNotOpen(Conflict):
    code = "hosting-file-not-open"
    text = N_("The performance file is with the host; it can be changed again when it is returned.")


class FileIncomplete(DomainError):
    code = "hosting-file-incomplete"
    text = N_("%(count)s points of the checklist are not done yet.")


class UploadGone(NotFound):
    code = "hosting-upload"


class UploadRefused(DomainError):
    code = "hosting-upload-refused"
    text = N_("Choose photos (JPEG, PNG, TIFF) or a video of at most %(most)s MB each.")


class UploadIncomplete(Conflict):
    code = "hosting-upload-incomplete"
    text = N_("%(missing)s pieces have not arrived. Choose the same file again; it goes on where it stopped.")


class UploadDiffers(DomainError):
    code = "hosting-upload-differs"
    text = N_("What arrived is not the file that was announced. Please send it again.")


class ReviewNotDue(Conflict):
    code = "hosting-review-not-due"
    text = N_("The performance file has not been handed in, or it is reviewed already.")


class BarNotPossible(Conflict):
    code = "hosting-bar"
    text = N_(
        "A bar follows on a performance file that was found poor, once, where the contest's rules have one."
    )


class OwnBar(Forbidden):
    code = "hosting-own-bar"
    text = N_("Whoever proposes a bar cannot agree to it: a second person has to.")


class EventCodeTaken(DomainError):
    code = "hosting-event-code"
    text = N_("The contest has an event of this code already. Choose another.")


class NotATrade(Conflict):
    code = "hosting-not-a-trade"
    text = N_("Only a granted trade that is not in the contest file yet can be put there.")
