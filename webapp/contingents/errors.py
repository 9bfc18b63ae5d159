"""Why something about delegations is refused."""

from webapp.core.errors import Conflict, DomainError, NotFound
from webapp.core.words import N_


class ContingentGone(NotFound):
    code = "no-delegation"
    text = N_("There is no such delegation here.")


class NoDelegations(Conflict):
    code = "no-delegations"
    text = N_(
        "The contest's rules send no delegations, or leave open who sends them. The host decides that first."
    )


class NobodyHasAPlace(Conflict):
    code = "nobody-has-a-place"
    text = N_(
        "Nobody has a place in this stage yet. Give the places first; the delegations follow from them."
    )


class ChoiceWrong(DomainError):
    code = "choice-wrong"
    status = 422
    text = N_(
        "Somebody who was chosen has no place any more or is not of your union. Please look at the list again."
    )


class TooManyOfEvent(DomainError):
    code = "too-many-of-event"
    status = 422
    text = N_(
        "At most %(most)s contestants of one delegation may come to %(event)s. Please take somebody off."
    )


class TooManyJudges(DomainError):
    code = "too-many-judges"
    status = 422
    text = N_("A delegation brings at most %(most)s judges. Please take somebody off.")


class LeaderNeeded(DomainError):
    code = "leader-needed"
    status = 422
    text = N_("Please name the leader and choose at least one contestant before you confirm.")


class ConfirmedAlready(Conflict):
    code = "confirmed-already"
    text = N_("The delegation is confirmed. Ask for a change; a second person agrees to it.")


class TooLateToConfirm(Conflict):
    code = "too-late-to-confirm"
    text = N_("The day for confirming was %(until)s. Ask the host, who may still confirm for you.")


class ReasonNeeded(DomainError):
    code = "reason-needed"
    status = 422
    text = N_("Please say why, in a few words.")


class NothingChanges(DomainError):
    code = "nothing-changes"
    status = 422
    text = N_("This is how the delegation stands already. Change something first.")


class ChangeWaits(Conflict):
    code = "change-waits"
    text = N_("A change of this delegation waits for a second person already.")


class ChangeDecided(Conflict):
    code = "change-decided"
    text = N_("This change was decided already.")


class OwnChange(Conflict):
    code = "own-change"
    text = N_("You asked for this change: somebody else agrees to it.")


class NotConfirmedYet(Conflict):
    code = "not-confirmed-yet"
    text = N_("No delegation is confirmed yet: there is nothing to post.")
