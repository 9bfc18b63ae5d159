"""What can go wrong on the way in from another app."""

from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.words import N_


class DoorNotFound(NotFound):
    code = "door-not-found"
    text = N_("There is no such way in. Please sign in here instead.")


class TicketRefused(DomainError):
    code = "ticket-refused"
    status = 400
    text = N_("This way in has run out or was used already. Please open the platform again from your app.")


class SignOnRefused(DomainError):
    code = "sign-on-refused"
    status = 400
    text = N_("The other side did not confirm who you are. Please begin again, or sign in here.")


class EntryForgotten(DomainError):
    code = "entry-forgotten"
    status = 400
    text = N_("Too much time has passed. Please open the platform again from your app.")


class IdentityTaken(Conflict):
    code = "identity-taken"
    text = N_("This account of the other app belongs to somebody else here. Please ask the help desk.")


class DoorBroken(DomainError):
    code = "door-broken"
    status = 422
    text = N_("The data of this way in do not fit together: %(why)s")
