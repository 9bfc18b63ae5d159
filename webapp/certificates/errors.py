"""What may go wrong with certificates."""

from webapp.core.errors import Conflict, DomainError, Forbidden
from webapp.core.words import N_


class IsRevoked(Conflict):
    code = "certificate-revoked"
    text = N_("This certificate has been revoked. It can no longer be downloaded.")


class RevocationAsked(Conflict):
    code = "revocation-asked"
    text = N_(
        "This certificate has been revoked already, or somebody has asked for it and a second person decides."
    )


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = N_("Please write the reason; it is kept with the decision.")


class OwnRequest(Forbidden):
    code = "own-request"
    text = N_("Somebody else has to approve this: nobody approves their own request.")


class ListMissing(Conflict):
    code = "final-list-missing"
    text = N_("There is no final list of this stage yet. Certificates by rank are issued when it is final.")


class NotDue(Conflict):
    code = "certificate-not-due"
    text = N_("The conditions of this certificate are not met at present, so it cannot be issued.")
