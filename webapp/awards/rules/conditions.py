"""The conditions of an award as contest files write them, each judged for one finalist."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from webapp.awards.rules.standing import EventFacts, Finalist
from webapp.core.words import N_, Message

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


def judge(conditions: Mapping[str, Any], event: EventFacts, one: Finalist) -> Iterator[Judged]:
    """Every condition about the event and the person, in a fixed order; conditions of other kinds are left out.

    Known here: national_standard, born_after with may_counts, sex. Levels are judged by levels.py, ranks by
    derive.py."""
    if "national_standard" in conditions:
        yield _standard(bool(conditions["national_standard"]), event.has_national_standard)
    if "sex" in conditions:
        yield _sex(str(conditions["sex"]), one.sex)
    if "born_after" in conditions:
        yield _born_after(str(conditions["born_after"]), conditions.get("may_counts", UNDECIDED), one.born_on)


def _standard(is_needed: bool, has_one: bool | None) -> Judged:
    if has_one is None:
        return Judged(
            Verdict.OPEN, Message(N_("It is open whether the trade has a national occupational standard."))
        )
    why = (
        N_("The trade has a national occupational standard.")
        if has_one
        else N_("The trade has no national occupational standard.")
    )
    return Judged(Verdict.MET if has_one == is_needed else Verdict.MISSED, Message(why))


def _sex(wanted: str, sex: str) -> Judged:
    if not sex:
        return Judged(
            Verdict.OPEN, Message(N_("This award is for women or for men; the record does not say which."))
        )
    if sex != wanted:
        return Judged(
            Verdict.MISSED,
            Message(N_("This award is for women.") if wanted == "female" else N_("This award is for men.")),
        )
    return Judged(
        Verdict.MET,
        Message(N_("The contestant is a woman.") if wanted == "female" else N_("The contestant is a man.")),
    )


def _born_after(month: str, month_counts: object, born_on: date | None) -> Judged:
    """`month` reads 1990-05. Whoever was born in that very month counts or not as the file says; where it
    leaves this open, so does the verdict for them alone. Source: CONTESTS 4 (under 35)."""
    if born_on is None:
        return Judged(
            Verdict.OPEN, Message(N_("The date of birth is not known; the award has a limit of age."))
        )
    year, number = (int(part) for part in month.split("-"))
    born, limit = (born_on.year, born_on.month), (year, number)
    params = {"month": f"{year}-{number:02d}"}
    if born > limit or (born == limit and month_counts is True):
        return Judged(Verdict.MET, Message(N_("Born after %(month)s, as the award asks."), params))
    if born == limit and month_counts == UNDECIDED:
        return Judged(
            Verdict.OPEN,
            Message(
                N_("Born in %(month)s itself: the host has yet to say whether that month counts."), params
            ),
        )
    return Judged(
        Verdict.MISSED, Message(N_("Born too early: the award is for people born after %(month)s."), params)
    )
