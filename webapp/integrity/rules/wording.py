"""Evidence in plain words: what was seen, and what innocent cause it may have."""

from collections.abc import Mapping
from typing import Any

from webapp.core.words import N_, Message

KINDS: Mapping[str, str] = {
    "pair": N_("Identical wrong answers"),
    "device": N_("One device, several people"),
    "address": N_("One network address, several people"),
    "quick": N_("Quick right answers"),
    "fast": N_("Whole paper very fast"),
    "focus": N_("Exam page left"),
    "silent": N_("No report from the page"),
    "check": N_("Check of the browser"),
    "snapshots": N_("Camera pictures missing"),
}

_SEEN: Mapping[str, str] = {
    "pair": N_(
        "%(identical)s wrong answers are the same as in attempt %(other)s; people who work independently would share about %(expected)s of %(shared)s common questions."
    ),
    "device": N_("%(people)s people wrote this exam in the same browser."),
    "address": N_(
        "%(people)s people wrote from one address (%(prefix)s) that is not on the list of known sites."
    ),
    "quick": N_(
        "%(quick_right)s of %(judged)s answers were right and came faster than the question can be read."
    ),
    "fast": N_(
        "The paper took %(seconds)s seconds, others usually need %(usual_seconds)s, and its mark is above the middle."
    ),
    "focus": N_(
        "Away from the page: %(calls)s times as for a call or message, %(short)s times shortly, %(long)s times long (longest %(longest_s)s seconds). Copying tried %(copies)s times, printing %(prints)s times."
    ),
    "silent": N_("Nothing was reported about the window of this exam, unlike from most others."),
    "check": N_("The browser did not show the agreed key %(times)s times."),
    "snapshots": N_("%(got)s of %(due)s camera pictures came; the camera failed %(failed)s times."),
}

_INNOCENT: Mapping[str, str] = {
    "pair": N_(
        "Possible without any fault: both learned the same mistake from the same lesson or colleague."
    ),
    "device": N_(
        "Possible without any fault: a shared computer in a hall or office. Ask for the site to be named."
    ),
    "address": N_("Possible without any fault: a dormitory, an office, a mobile network with one exit."),
    "quick": N_(
        "Possible without any fault: the paper was read as a whole before answering, or the bank is known by heart."
    ),
    "fast": N_("Possible without any fault: a very well prepared person."),
    "focus": N_(
        "Possible without any fault: a call, a message, a low battery, a notification of the system."
    ),
    "silent": N_("Possible without any fault: scripts are off, or the network blocks reports."),
    "check": N_("Possible without any fault: an old configuration file."),
    "snapshots": N_("Possible without any fault: no camera, a camera in use by a call, a weak network."),
}


def title_of(kind: str) -> str:
    """The name of a kind of evidence (an English sentence to be translated)."""
    return KINDS.get(kind, kind)


def seen(kind: str, facts: Mapping[str, Any]) -> Message:
    """What was seen, with its numbers."""
    return Message(_SEEN.get(kind, kind), dict(facts))


def innocent(kind: str) -> str:
    """What else it may have been."""
    return _INNOCENT.get(kind, "")
