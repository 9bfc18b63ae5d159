"""What may go wrong with halls."""

from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.words import N_


class HallNotFound(NotFound):
    code = "hall-not-found"


class SeatNotFound(NotFound):
    code = "seat-not-found"
    text = N_("Nobody with this code or seat is on the list of this exam.")


class HallNameTaken(Conflict):
    code = "hall-name-taken"
    text = N_("This exam already has a hall called %(name)s.")


class HallInUse(Conflict):
    code = "hall-in-use"
    text = N_("People sit in this hall: its name and the seats that are taken stay as they are.")


class LabelsWrong(DomainError):
    code = "labels-wrong"
    text = N_("Seats are rows × columns such as 6×5, or a list of labels, each one once, at most %(most)s.")


class NetworkWrong(DomainError):
    code = "network-wrong"
    text = N_("%(text)s is no network address. Write for example 203.0.113.0/24.")


class RuleUnknown(DomainError):
    code = "seating-rule"
    text = N_("Choose by which rule people are seated.")


class TooFewSeats(Conflict):
    code = "too-few-seats"
    text = N_("%(missing)s seats are missing. Add a hall, or seats to a hall.")


class AlreadySeated(Conflict):
    code = "already-seated"
    text = N_(
        "Somebody is checked in or writes already: the seating can no longer be made anew. Move people one by one."
    )


class SeatingChanged(Conflict):
    code = "seating-changed"
    text = N_("Halls or people have changed since this preview. Look at it again and confirm.")


class SeatTaken(Conflict):
    code = "seat-taken"
    text = N_("Seat %(label)s of %(hall)s is taken, or there is no such seat.")


class NotIdentified(DomainError):
    code = "not-identified"
    text = N_("Check in only whom you have identified: document seen, and the face agrees with it.")


class NotCheckedIn(Conflict):
    code = "not-checked-in"
    text = N_(
        "You sit in %(hall)s, seat %(label)s. Please check in with the hall's staff first; then start here."
    )


class AlreadyCheckedIn(Conflict):
    code = "already-checked-in"
    text = N_("This person is checked in already.")


class NotYetThere(Conflict):
    code = "not-checked-in-yet"
    text = N_("This person is not checked in.")


class StartedAlready(Conflict):
    code = "started-already"
    text = N_("This person has begun to write: the check-in can no longer be undone.")


class ReasonNeeded(DomainError):
    code = "reason-needed"
    text = N_("Please write the reason; it is kept with the decision.")


class TicketNotYet(Conflict):
    code = "ticket-not-yet"
    text = N_("Your admission ticket is not ready yet.")


class TicketWrong(NotFound):
    code = "ticket-wrong"
    text = N_("This is no valid admission ticket of this exam. Type the code, or take the list.")


class FileEmpty(DomainError):
    code = "halls-empty"
    text = N_("The file has no hall.")


class HeaderWrong(DomainError):
    code = "halls-header"
    text = N_("These columns are missing: %(missing)s. Take the template.")


class NobodyWaits(Conflict):
    code = "nobody-waits"
    text = N_("Nobody with a seat in this hall waits with a drawn paper, or the exam is over.")


class NobodyWrites(Conflict):
    code = "nobody-writes"
    text = N_("Nobody is writing in this hall now, or everybody goes on on paper already.")


class OnPaper(Conflict):
    code = "on-paper"
    text = N_(
        "You go on on paper in your hall. What you had saved here counts; the rest is taken from your sheets."
    )


class PaperNotFound(NotFound):
    code = "paper-not-found"


class PaperDone(Conflict):
    code = "paper-done"
    text = N_("The answers of this paper are in the attempt already, or the attempt was closed.")


class SamePerson(Conflict):
    code = "same-person"
    text = N_(
        "You have typed this paper once. Somebody else has to type it the second time, and a third person settles."
    )


class ScanRefused(DomainError):
    code = "scan-refused"
    text = N_("%(name)s is no picture and no PDF, or it is larger than %(most)s MB.")


class NotInHallMode(Conflict):
    code = "not-in-hall-mode"
    text = N_("This computer is not open for an exam in a hall. Please call the hall's staff.")


class HallSignInWrong(DomainError):
    code = "hall-sign-in"
    text = N_(
        "Code and document do not belong together, or you do not sit here, or you are not checked in. Please call the hall's staff."
    )
