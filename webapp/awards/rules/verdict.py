"""What a condition of an award says of one finalist."""

from dataclasses import dataclass
from enum import StrEnum

from webapp.core.words import Message

UNDECIDED = "undecided"


class Verdict(StrEnum):
    """OPEN: neither yes nor no can be said before somebody decides or adds a fact."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True)
class Judged:
    """One condition and what it says of one finalist."""

    verdict: Verdict
    why: Message
