"""What a ticket is about, and how a page tells of itself. Plain Python."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from webapp.core.words import N_

MOST_OPEN = 5
"""As many tickets of one person may wait at once; the sixth would be written into one of these."""

SUBJECT_CHARACTERS = 40


class TicketKind(StrEnum):
    """What the matter is."""

    PAGE = "page"
    QUESTION = "question"
    TIME = "time"
    DEVICE = "device"
    HALL = "hall"
    DATA = "data"
    RESULT = "result"
    COMPLAINT = "complaint"
    OTHER = "other"


KINDS: Mapping[TicketKind, str] = {
    TicketKind.PAGE: N_("The page or the connection"),
    TicketKind.QUESTION: N_("A question of the paper"),
    TicketKind.TIME: N_("Lost time"),
    TicketKind.DEVICE: N_("Computer or phone"),
    TicketKind.HALL: N_("Hall and seat"),
    TicketKind.DATA: N_("My data or my registration"),
    TicketKind.RESULT: N_("A result or certificate"),
    TicketKind.COMPLAINT: N_("A complaint"),
    TicketKind.OTHER: N_("Something else"),
}
"""The kinds in words, as the form offers them."""

IN_EXAM = (TicketKind.PAGE, TicketKind.QUESTION, TicketKind.TIME, TicketKind.DEVICE, TicketKind.HALL,
           TicketKind.COMPLAINT, TicketKind.OTHER)  # fmt: skip


def subject_of(words: str) -> str:
    """The first line of what somebody wrote, cut to SUBJECT_CHARACTERS."""
    first = words.strip().splitlines()[0].strip() if words.strip() else ""
    return first if len(first) <= SUBJECT_CHARACTERS else first[: SUBJECT_CHARACTERS - 1] + "…"


_NUMBERS = ("unsent", "refused", "width", "height", "remaining_s")
_WORDS = ("agent", "language", "zone", "network")
MOST_TURNS = 20


def browser_facts(given: Any) -> dict[str, Any]:
    """What an exam page tells of itself, cut to the known names and short values; anything else is dropped.

    agent: the browser's own name; unsent, refused: answers in its outbox; online: whether it has a network;
    turns: [[seconds ago, "online" | "offline"]] in order; remaining_s: the clock it shows."""
    if not isinstance(given, dict):
        return {}
    facts: dict[str, Any] = {}
    for name in _NUMBERS:
        value = given.get(name)
        if type(value) is int and 0 <= value <= 10_000_000:
            facts[name] = value
    for name in _WORDS:
        value = given.get(name)
        if isinstance(value, str) and value:
            facts[name] = value[:200]
    if isinstance(given.get("online"), bool):
        facts["online"] = given["online"]
    turns = given.get("turns")
    if isinstance(turns, list):
        facts["turns"] = [
            [int(turn[0]), turn[1]]
            for turn in turns[-MOST_TURNS:]
            if isinstance(turn, list)
            and len(turn) == 2
            and isinstance(turn[0], int | float)
            and 0 <= turn[0] <= 1_000_000
            and turn[1] in {"online", "offline"}
        ]
    return facts


FACT_WORDS: Mapping[str, str] = {
    "agent": N_("Browser"),
    "online": N_("Has a network"),
    "turns": N_("Network went and came (seconds before)"),
    "unsent": N_("Answers waiting to be sent"),
    "refused": N_("Answers refused"),
    "remaining_s": N_("Seconds left on its clock"),
    "language": N_("Language"),
    "zone": N_("Time zone"),
    "network": N_("Kind of network"),
    "width": N_("Width of the page"),
    "height": N_("Height of the page"),
}
"""What each fact is called."""
