"""What may go wrong at the help desk."""

from webapp.core.errors import Conflict, DomainError
from webapp.core.words import N_


class TwoFactsNeeded(DomainError):
    code = "two-facts-needed"
    text = N_("Please give two facts: of the name, the last four characters of the document and the number.")


class TicketClosed(Conflict):
    code = "ticket-closed"
    text = N_("This ticket has been closed already.")


class TooManyTickets(Conflict):
    code = "too-many-tickets"
    text = N_("You have %(n)s open messages already. Please add to one of them; each is read.")


class PictureRefused(DomainError):
    code = "picture-refused"
    text = N_("This picture cannot be read. Please send a PNG or JPEG of at most 10 MB, or none.")
