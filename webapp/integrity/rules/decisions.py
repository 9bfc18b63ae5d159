"""What people can decide about a case."""

from collections.abc import Mapping
from enum import StrEnum

from webapp.core.words import N_


class Decision(StrEnum):
    """Nothing happens; somebody hears the person; the attempt is declared void by two people."""

    NO_ACTION = "no-action"
    HEARING = "hearing"
    VOID = "void"


WORDS: Mapping[str, str] = {
    "": N_("open"),
    "open": N_("open"),
    Decision.NO_ACTION: N_("nothing to act on"),
    Decision.HEARING: N_("the person is heard"),
    Decision.VOID: N_("declare the attempt void (a second person agrees)"),
}
