"""When a running exam needs a person's eye: plain rules over a few numbers.

An alarm is decided anew at each look. One that lasts ends only when its number has fallen to below
three quarters of the threshold, so that it does not flicker."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from webapp.core.words import N_, Message

STAY = 0.75
"""The share of a threshold at which a lasting alarm goes on."""


class AlarmKind(StrEnum):
    """What may be wrong, the gravest first."""

    SWEEPER = "sweeper"
    SILENT = "silent"
    REFUSALS = "refusals"
    CLOCK = "clock"
    QUARANTINE = "quarantine"
    OUTBOX = "outbox"
    BACKLOG = "backlog"
    TAKEOVERS = "takeovers"


@dataclass(frozen=True)
class Thresholds:
    """From which number on a person is called. `_s` seconds, `_pct` per cent, `_ms` milliseconds; `_least`
    keeps small halls quiet. A host may change each for an exam."""

    silent_after_s: int = 75
    silent_pct: int = 20
    silent_least: int = 5
    refusals_least: int = 20
    sweeper_late_s: int = 15
    backlog_s: int = 120
    outbox_s: int = 30
    takeovers_least: int = 10
    takeovers_pct: int = 5
    clock_ms: int = 500


MOST = 100_000
"""No threshold is larger: it would be a slip."""


def thresholds_of(given: Mapping[str, Any]) -> Thresholds:
    """The thresholds with a host's changes; what is no whole number of 1 .. MOST is left out."""
    known = {field.name for field in fields(Thresholds)}
    return Thresholds(
        **{
            name: value
            for name, value in given.items()
            if name in known and type(value) is int and 1 <= value <= MOST
        }
    )


@dataclass(frozen=True)
class HallFacts:
    """People of one hall ('' = without a hall). silent are among writing."""

    hall: str
    writing: int
    silent: int


@dataclass(frozen=True)
class RefusalFacts:
    """Refused saves of one reason: in the last five minutes, and in the five before."""

    reason: str
    now: int
    before: int


@dataclass(frozen=True)
class Facts:
    """The numbers of one exam at one moment; seconds are ages, 0 = nothing waits."""

    halls: tuple[HallFacts, ...] = ()
    refusals: tuple[RefusalFacts, ...] = ()
    expired_s: float = 0.0
    submitted_s: float = 0.0
    quarantined: int = 0
    outbox_s: float = 0.0
    takeovers: int = 0
    clock_ms: float = 0.0

    @property
    def writing(self) -> int:
        return sum(hall.writing for hall in self.halls)


@dataclass(frozen=True)
class Alarm:
    """subject: the hall or the reason it is about, or ''. facts: whole numbers that fill the words."""

    kind: AlarmKind
    subject: str
    facts: Mapping[str, int]


def alarms(
    facts: Facts, limits: Thresholds, lasting: frozenset[tuple[str, str]] = frozenset()
) -> tuple[Alarm, ...]:
    """What needs a person now, the gravest first. lasting: (kind, subject) of the alarms that stand."""

    def over(kind: AlarmKind, number: float, limit: float, subject: str = "") -> bool:
        return number >= limit * (STAY if (str(kind), subject) in lasting else 1)

    ages = (
        (AlarmKind.SWEEPER, facts.expired_s, limits.sweeper_late_s),
        (AlarmKind.BACKLOG, facts.submitted_s, limits.backlog_s),
        (AlarmKind.OUTBOX, facts.outbox_s, limits.outbox_s),
        (AlarmKind.CLOCK, abs(facts.clock_ms), limits.clock_ms),
        (AlarmKind.QUARANTINE, facts.quarantined, 1),
    )
    found = [Alarm(kind, "", {"n": int(number)}) for kind, number, limit in ages if over(kind, number, limit)]
    for hall in facts.halls:
        least = max(limits.silent_least, hall.writing * limits.silent_pct / 100)
        if over(AlarmKind.SILENT, hall.silent, least, hall.hall):
            found.append(Alarm(AlarmKind.SILENT, hall.hall, {"n": hall.silent, "of": hall.writing}))
    for refusal in facts.refusals:
        least = max(limits.refusals_least, 2 * refusal.before)
        lasts = (str(AlarmKind.REFUSALS), refusal.reason) in lasting
        if refusal.now >= (limits.refusals_least * STAY if lasts else least):
            found.append(
                Alarm(AlarmKind.REFUSALS, refusal.reason, {"n": refusal.now, "before": refusal.before})
            )
    least = max(limits.takeovers_least, facts.writing * limits.takeovers_pct / 100)
    if over(AlarmKind.TAKEOVERS, facts.takeovers, least):
        found.append(Alarm(AlarmKind.TAKEOVERS, "", {"n": facts.takeovers, "of": facts.writing}))
    order = list(AlarmKind)
    return tuple(sorted(found, key=lambda alarm: order.index(alarm.kind)))


REFUSALS: Mapping[str, str] = {
    "refused-lease": N_("written in another window"),
    "refused-late": N_("too late"),
    "refused-submitted": N_("already handed in"),
    "refused-graded": N_("already handed in"),
    "refused-void": N_("attempt void"),
    "refused-created": N_("not started"),
}
"""Why a save was refused, in words, by the outcome of its event."""

_WORDS: Mapping[AlarmKind, tuple[str, str]] = {
    AlarmKind.SWEEPER: (
        N_("A paper whose time is over has stayed open for %(n)s s."),
        N_("Nothing is lost, but papers are not closed: see whether the clock process runs."),
    ),
    AlarmKind.SILENT: (
        N_("%(n)s of %(of)s who write are silent (%(subject)s)."),
        N_("Ask the hall: power, network or one shared connection? If time was lost, give it back below."),
    ),
    AlarmKind.REFUSALS: (
        N_("%(n)s saves refused in five minutes (%(before)s in the five before): %(subject)s."),
        N_("Look at one time line: two windows, a late hall, or somebody who tries things?"),
    ),
    AlarmKind.CLOCK: (
        N_("The clock of this machine is off by %(n)s ms."),
        N_("Deadlines follow the database and stay right. Have the machine's time service looked at."),
    ),
    AlarmKind.QUARANTINE: (
        N_("%(n)s papers could not be marked."),
        N_("See the page of papers that wait; mend the cause, then have them marked again."),
    ),
    AlarmKind.OUTBOX: (
        N_("Work for the background has waited for %(n)s s."),
        N_("See whether the worker and Redis run. Saving and handing in do not depend on them."),
    ),
    AlarmKind.BACKLOG: (
        N_("A paper that was handed in has waited %(n)s s for its marks."),
        N_("See whether the worker runs; marks come by themselves when it does."),
    ),
    AlarmKind.TAKEOVERS: (
        N_("%(n)s of %(of)s went on on another device within ten minutes."),
        N_("A hall that changes computers, or shared accounts: look at some time lines."),
    ),
}


def words_of(kind: str, subject: str, facts: Mapping[str, Any]) -> tuple[Message, Message]:
    """An alarm in words: what is the matter, and what to do."""
    title, advice = _WORDS[AlarmKind(kind)]
    named: object = subject
    if kind == AlarmKind.REFUSALS:
        named = Message(REFUSALS.get(subject, subject))
    elif kind == AlarmKind.SILENT and not subject:
        named = Message(N_("without a hall"))
    return Message(title, {**facts, "subject": named}), Message(advice)
