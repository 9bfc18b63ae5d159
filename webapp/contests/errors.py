"""What may go wrong with contest definitions."""

from webapp.core.errors import DomainError
from webapp.core.problems import Problem
from webapp.core.words import N_, Message


class ContestInvalid(DomainError):
    """A definition file is refused, with every problem and its place."""

    code = "contest-invalid"
    status = 422
    text = N_("The contest file has %(count)s problems. Nothing was changed.")

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(count=len(problems))
        self.problems = problems


class RulesInUse(DomainError):
    """A definition would change rules that people already take part under, and nobody gave a reason."""

    code = "rules-in-use"
    status = 409
    text = N_(
        "People already take part under %(count)s of the rules that this file changes. Nothing was changed."
        " Give a reason to change them all the same."
    )

    def __init__(self, changes: tuple[Message, ...]) -> None:
        super().__init__(count=len(changes))
        self.changes = changes


class StageInUse(DomainError):
    code = "stage-in-use"
    status = 409
    text = N_(
        "%(event)s, %(stage)s: an exam was prepared from the present rules. This cannot change now: %(what)s."
    )


class ExamNotWritten(DomainError):
    code = "exam-not-written"
    status = 409
    text = N_(
        "The exam could not be put into the contest file. Nothing was changed. Change the file by hand."
    )


class RulesUndecided(DomainError):
    code = "rules-undecided"
    status = 409
    text = N_("The host has not decided this yet: %(what)s. Put it into the contest file first.")


class DefinitionChanged(DomainError):
    """Somebody else saved in between."""

    code = "definition-changed"
    status = 409
    text = N_(
        "Somebody else has changed this contest since you opened it. What you typed is still here: compare it"
        " with the version in force, then save again."
    )


class ProposalReasonMissing(DomainError):
    code = "proposal-reason-missing"
    status = 422
    text = N_("This contest has begun: say why its rules change. A second person decides on it.")


class NobodyAsks(DomainError):
    code = "nobody-asks"
    status = 422
    text = N_(
        "This contest has begun: its rules change by two people. Name the administrator who asks, with --as and"
        " the phone or document number that they sign in with; a second one decides on the page of contest rules."
    )


class NotManaged(DomainError):
    code = "not-managed"
    status = 403
    text = N_("This account may not change this contest. Name an administrator of it.")


class ProposalWaiting(DomainError):
    code = "proposal-waiting"
    status = 409
    text = N_("Another change of this contest waits for a second person. Decide on that one first.")


class ProposalDecided(DomainError):
    code = "proposal-decided"
    status = 409
    text = N_("This change has been decided already.")


class OwnProposal(DomainError):
    code = "own-proposal"
    status = 403
    text = N_("You asked for this change yourself: somebody else has to decide on it.")
