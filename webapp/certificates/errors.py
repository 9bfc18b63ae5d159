"""What may go wrong with certificates."""

from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.words import N_


class IsRevoked(Conflict):
    code = "certificate-revoked"
    text = N_("This certificate has been revoked. It can no longer be downloaded.")


class RevocationAsked(Conflict):
    code = "revocation-asked"
    text = N_(
        "This certificate has been revoked already, or somebody has asked for it and a second person decides."
    )


class GoneChanged(Conflict):
    code = "gone-certificates-changed"
    text = N_("The certificates whose ground has gone are others by now. Please look at the list again.")


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = N_("Please write the reason; it is kept with the decision.")


class OwnRequest(Forbidden):
    code = "own-request"
    text = N_("Somebody else has to approve this: nobody approves their own request.")


class IssuingRuns(Conflict):
    code = "issuing-runs"
    text = N_("These certificates are being issued already; the page shows how far.")


class RunOver(Conflict):
    code = "issuing-over"
    text = N_("This issuing is not under way any more. Look at the page again.")


class RunMissing(NotFound):
    code = "issuing-missing"


class NotDue(Conflict):
    code = "certificate-not-due"
    text = N_("The conditions of this certificate are not met at present, so it cannot be issued.")


class PrintBeingMade(Conflict):
    code = "print-being-made"
    text = N_("A print file of this is being made already. Wait for it, or give it up first.")


class NothingToPrint(Conflict):
    code = "nothing-to-print"
    text = N_("There is no valid certificate here yet. Issue them first, then make the print file.")


class PrintOver(Conflict):
    code = "print-over"
    text = N_("This print file is not being made any more. Look at the page again.")


class PrintMissing(NotFound):
    code = "print-missing"
    text = N_("This print file is not there any more. Have it made again.")
