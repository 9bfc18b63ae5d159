"""What happened to one contestant, in order: plain records and their words. Never an answer's text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from webapp.core.words import N_, Message
from webapp.exam.rules.alarms import REFUSALS


class Kind(StrEnum):
    """What a moment is about; the list can be narrowed to one."""

    REGISTRATION = "registration"
    ACCOUNT = "account"
    PAPER = "paper"
    SAVE = "save"
    REFUSED = "refused"
    SILENCE = "silence"
    DEVICE = "device"
    TIME = "time"
    WORDS = "words"
    MARKS = "marks"
    TICKET = "ticket"
    HELP = "help"


KINDS: Mapping[Kind, str] = {
    Kind.REGISTRATION: N_("Registration"),
    Kind.ACCOUNT: N_("Signing in"),
    Kind.PAPER: N_("Paper"),
    Kind.SAVE: N_("Saves"),
    Kind.REFUSED: N_("Refused saves"),
    Kind.SILENCE: N_("No connection"),
    Kind.DEVICE: N_("Devices"),
    Kind.TIME: N_("Extra time"),
    Kind.WORDS: N_("Announcements"),
    Kind.MARKS: N_("Marks"),
    Kind.TICKET: N_("Tickets"),
    Kind.HELP: N_("Staff"),
}
"""The kinds in words."""


@dataclass(frozen=True)
class Moment:
    """One thing that happened. who: who did it, if not the contestant. words: a reason or what was said, as
    it was written."""

    at: datetime
    kind: Kind
    text: Message
    who: str = ""
    words: str = ""


@dataclass(frozen=True)
class Fact:
    """A row of the exam's own records. what: a key of _WORDS or a refusal; number: a slot (from 0), seconds,
    a version or the number of the paper."""

    at: datetime
    what: str
    number: int = 0
    words: str = ""
    who: str = ""


_WORDS: Mapping[str, tuple[Kind, str]] = {
    "drawn": (Kind.PAPER, N_("Paper %(n)s drawn")),
    "start": (Kind.PAPER, N_("Exam started")),
    "person": (Kind.PAPER, N_("Paper handed in")),
    "deadline": (Kind.PAPER, N_("Paper closed at the deadline")),
    "closed": (Kind.PAPER, N_("Paper closed by the hosts")),
    "saved": (Kind.SAVE, N_("Question %(n)s saved")),
    "saved-late": (Kind.SAVE, N_("Question %(n)s saved in the grace after the deadline")),
    "silent": (Kind.SILENCE, N_("No sign of the page for %(n)s s")),
    "still-silent": (Kind.SILENCE, N_("No sign of the page since then")),
    "takeover": (Kind.DEVICE, N_("Went on on another device")),
    "freed": (Kind.DEVICE, N_("Device freed by the help desk")),
    "device": (Kind.DEVICE, N_("Device changed")),
    "grant": (Kind.TIME, N_("Extra time: %(n)s minutes")),
    "said": (Kind.WORDS, N_("Announcement")),
    "read": (Kind.WORDS, N_("Announcement acknowledged")),
    "graded": (Kind.MARKS, N_("Marked (version %(n)s)")),
    "put-aside": (Kind.MARKS, N_("Could not be marked; waits for a person")),
}
FROM_ONE = {"saved", "saved-late"}
"""Their number is a slot, which people count from 1."""


def moment(fact: Fact) -> Moment:
    """A record in words. A refused save says which question and why; its number is a slot."""
    if fact.what.startswith("refused-"):
        reason = Message(REFUSALS.get(fact.what, fact.what))
        text = Message(N_("Question %(n)s not saved: %(reason)s"), {"n": fact.number + 1, "reason": reason})
        return Moment(fact.at, Kind.REFUSED, text, fact.who)
    kind, words = _WORDS[fact.what if fact.what in _WORDS else "closed"]
    number = fact.number + 1 if fact.what in FROM_ONE else fact.number
    return Moment(
        fact.at, kind, Message(words, {"n": number} if "%(n)s" in words else {}), fact.who, fact.words
    )


@dataclass(frozen=True)
class TimeLine:
    """Moments in order of time, those of one kind only when that is chosen."""

    moments: tuple[Moment, ...]
    counts: Mapping[Kind, int] = field(default_factory=dict)


def merged(parts: Iterable[Iterable[Moment]], kind: str = "") -> TimeLine:
    """All parts in one line, the oldest first; moments of one instant keep the order of the parts.

    counts: of every kind, whatever is chosen. An unknown kind chooses all."""
    every = sorted((one for part in parts for one in part), key=lambda one: one.at)
    counts = {name: sum(one.kind is name for one in every) for name in Kind}
    wanted = kind if kind in set(Kind) else ""
    return TimeLine(tuple(one for one in every if not wanted or one.kind == wanted), counts)


def around(moments: Iterable[Moment], since: datetime, most: int) -> tuple[Moment, ...]:
    """The moments from an instant on, the latest `most` of them: what is attached to a ticket."""
    return tuple(one for one in moments if one.at >= since)[-most:]


def as_json(moments: Iterable[Moment]) -> list[dict[str, Any]]:
    """Moments as they are kept with a ticket: the English sentence with its parameters, said when shown."""
    return [
        {
            "at": one.at.isoformat(),
            "kind": str(one.kind),
            "text": one.text.text,
            "params": {name: _plain(value) for name, value in one.text.params.items()},
            "who": one.who,
            "words": one.words,
        }
        for one in moments
    ]


def from_json(lines: Iterable[Mapping[str, Any]]) -> tuple[Moment, ...]:
    """The kept moments again."""
    return tuple(
        Moment(
            datetime.fromisoformat(line["at"]),
            Kind(line["kind"]),
            Message(line["text"], {name: _said(value) for name, value in line["params"].items()}),
            line["who"],
            line["words"],
        )
        for line in lines
    )


def _plain(value: object) -> object:
    return {"msgid": value.text} if isinstance(value, Message) else value


def _said(value: Any) -> object:
    return Message(value["msgid"]) if isinstance(value, dict) and "msgid" in value else value
