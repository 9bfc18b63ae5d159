"""What may go wrong between a final list and its awards."""

from webapp.core.errors import Conflict, DomainError, Forbidden, NotFound
from webapp.core.words import N_


class AwardsMissing(NotFound):
    code = "awards-missing"


class NoFinalList(Conflict):
    code = "no-final-list"
    text = N_("This stage has no final list yet. Awards are derived from it.")


class NoAwards(Conflict):
    code = "no-awards"
    text = N_("The contest file names no awards for this stage.")


class AwardsClosed(Conflict):
    code = "awards-closed"
    text = N_("The awards of this stage are decided, or wait for the second person: they do not change now.")


class DecidedWouldChange(Conflict):
    code = "decided-would-change"
    text = N_(
        "%(count)s decided awards would change with this final list or these rules. They stay as they are until the decided list is opened again by two people."
    )


class ReopeningNeedsReason(DomainError):
    code = "reopening-needs-reason"
    text = N_("Please write down why the list is opened again: whoever loses an award reads it.")


class ReopeningWaiting(Conflict):
    code = "reopening-waiting"
    text = N_("Somebody has asked for this already; a second person decides on this page.")


class ReopeningMissing(Conflict):
    code = "reopening-missing"
    text = N_("Nobody asks for this any more. Look at the page again.")


class DeclineNeedsReason(DomainError):
    code = "decline-needs-reason"
    text = N_("Please write down why the award is not given: the reason is kept.")


class NothingToDecide(DomainError):
    code = "nothing-to-decide"
    text = N_("Please tick at least one line that can be decided.")


class LinesUndecided(Conflict):
    code = "lines-undecided"
    text = N_("%(count)s candidates are not decided yet.")


class NotACandidate(Conflict):
    code = "not-a-candidate"
    text = N_(
        "Only candidates can be given an award; what is open has to be settled and derived again first."
    )


class AmountFixed(DomainError):
    code = "amount-fixed"
    text = N_("Only an award whose rules say “at most” can be paid less: tick such lines alone.")


class AmountTooHigh(DomainError):
    code = "amount-too-high"
    text = N_("The rules allow %(most)d yuan at most.")


class AmountNeedsReason(DomainError):
    code = "amount-needs-reason"
    text = N_("More than %(most)d yuan is an exception: please write down why.")


class CertificatesNotYet(Conflict):
    code = "certificates-not-yet"
    text = N_("Certificates are issued from decided awards only.")


class NoCertificatesFor(DomainError):
    code = "no-certificates-for"
    text = N_("Please choose at least one award for which certificates are issued.")


class OwnAgreement(Forbidden):
    code = "own-agreement"
    text = N_("Whoever asks cannot agree: a second person has to.")


class OwnAward(Forbidden):
    code = "own-award"
    text = N_("One of these lines is about yourself: a colleague has to decide.")


class NotInTheStage(DomainError):
    code = "not-in-the-stage"
    text = N_("There is nobody with the number %(number)s on the final list.")


class NotAPrize(DomainError):
    code = "not-a-prize"
    text = N_("Nobody is named for this award by hand: it goes by rank.")
