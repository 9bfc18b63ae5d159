"""What may go wrong in learning."""

from webapp.core.errors import Conflict, DomainError, Forbidden
from webapp.core.words import N_


class LearningNotOpen(Conflict):
    code = "learning-not-open"
    text = N_("Learning opens on %(opens)s.")


class LearningClosed(Conflict):
    code = "learning-closed"
    text = N_(
        "Learning closed on %(closes)s. You can still look at everything; points are no longer counted."
    )


class EntryGone(Conflict):
    code = "entry-gone"
    text = N_("These points were already taken back, or somebody has asked for it.")


class OwnRequest(Forbidden):
    code = "own-request"
    text = N_("Somebody else has to approve this: nobody approves their own request.")


class ReasonMissing(DomainError):
    code = "reason-missing"
    text = N_("Please write the reason; it is kept with the decision.")
