"""Confirming everything a filter shows: what is left for a look of its own, and why."""

from collections.abc import Mapping
from enum import StrEnum

from webapp.core.words import N_


class Left(StrEnum):
    """Why an application is not confirmed together with the others; the first that holds is told."""

    INTEREST = "interest"
    OWN_UNIT = "own-unit"
    CLAIMED = "claimed"
    WARNING = "warning"
    EARLIER = "earlier"
    EXCLUDED = "excluded"
    LISTED = "listed"


LEFT_TEXTS: Mapping[Left, str] = {
    Left.INTEREST: N_("You must stand aside: a colleague decides."),
    Left.OWN_UNIT: N_("Somebody of your own unit: a colleague decides."),
    Left.CLAIMED: N_("A colleague is looking at it."),
    Left.WARNING: N_("A rule that normally applies is not met: to be excepted one by one, with a reason."),
    Left.EARLIER: N_("The register of earlier winners names somebody like this: please look."),
    Left.EXCLUDED: N_("Was excluded from the event."),
    Left.LISTED: N_("Stands on a sealed list: confirmed after its spot checks, or one by one."),
}
