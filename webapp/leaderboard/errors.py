"""What may go wrong with scores that are filed."""

from webapp.core.errors import DomainError
from webapp.core.words import N_


class ComponentNotFiled(DomainError):
    code = "component-not-filed"
    text = N_("Scores of “%(component)s” are not filed in this stage.")


class ScoreOutside(DomainError):
    code = "score-outside"
    text = N_("%(score)s lies outside 0 to 100.")


class ScoresOfOthers(DomainError):
    code = "scores-of-others"
    text = N_("%(count)s of these contestants do not take part in this stage.")
