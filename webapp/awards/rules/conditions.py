"""The conditions of an award as contest files write them, each judged for one finalist.

contests.rules.conditions says which conditions a file may have. JUDGED are those looked at here, RANKING say who
is ranked, LEVELS and MONEY what is given, SAID are told to those who decide, LISTS sort the lists. A test keeps
their sum equal to what files may write, so that no condition is passed over in silence."""

from collections.abc import Iterator, Mapping
from typing import Any

from webapp.awards.rules.age import born_after, under_age
from webapp.awards.rules.standing import EventFacts, Finalist
from webapp.awards.rules.verdict import UNDECIDED, Judged, Verdict
from webapp.core.words import N_, Message

JUDGED = ("national_standard", "sex", "born_after", "may_counts", "under_age", "promoted", "learning", "exam")
RANKING = ("reading", "locality", "several", "team_leader")
LEVELS = ("level", "holders", "repeated")
MONEY = ("ceiling", "by")
SAID = ("reviewed",)
LISTS = ("split",)
KNOWN = frozenset((*JUDGED, *RANKING, *LEVELS, *MONEY, *SAID, *LISTS))

_FINISHED = {
    "learning": (N_("The learning is finished."), N_("The learning is not finished.")),
    "exam": (N_("The exam has been sat."), N_("The exam has not been sat.")),
}
_REVIEWED = {
    "bottom-up": N_("Recommended level by level from below: this list names who meets the rules, no more."),
    "committee": N_("A committee reviews before anything is given: this list names who meets the rules."),
}


def judge(conditions: Mapping[str, Any], event: EventFacts, one: Finalist) -> Iterator[Judged]:
    """Every condition about the event and the person, in a fixed order.

    Levels are judged by levels.py; who is ranked, and money, by derive.py."""
    if "national_standard" in conditions:
        yield from _standard(conditions["national_standard"], event.has_national_standard)
    if "sex" in conditions:
        yield _sex(str(conditions["sex"]), one.sex)
    if "born_after" in conditions:
        yield born_after(str(conditions["born_after"]), conditions.get("may_counts", UNDECIDED), one.born_on)
    if "under_age" in conditions:
        yield under_age(conditions["under_age"], one.born_on, event.on)
    if conditions.get("promoted"):
        yield _promoted(conditions["promoted"], one.goes_on)
    for name, (has, has_not) in _FINISHED.items():
        if name in conditions:
            is_met = name in one.finished
            yield Judged(Verdict.MET if is_met else Verdict.MISSED, Message(has if is_met else has_not))
    if "reviewed" in conditions:
        yield Judged(Verdict.MET, Message(_REVIEWED[conditions["reviewed"]]))


def undecided_class(kind: str, event: EventFacts) -> Iterator[Judged]:
    """What the file leaves open for the whole class of the event."""
    if "awards" in event.undecided:
        yield Judged(Verdict.OPEN, Message(N_("The host has yet to decide the awards of this class.")))
    elif kind in event.undecided:
        yield Judged(Verdict.OPEN, Message(N_("The host has yet to decide this for the class of the event.")))


def _standard(needed: object, has_one: bool | None) -> Iterator[Judged]:
    """needed: True, False (nothing is asked) or undecided."""
    if not needed:
        return
    if has_one:
        yield Judged(Verdict.MET, Message(N_("The trade has a national occupational standard.")))
    elif has_one is None:
        text = N_("It is open whether the trade has a national occupational standard.")
        yield Judged(Verdict.OPEN, Message(text))
    elif needed == UNDECIDED:
        text = N_(
            "The trade has no national occupational standard; the host has yet to say whether it needs one."
        )
        yield Judged(Verdict.OPEN, Message(text))
    else:
        yield Judged(Verdict.MISSED, Message(N_("The trade has no national occupational standard.")))


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


def _promoted(needed: object, goes_on: bool | None) -> Judged:
    if goes_on:
        return Judged(Verdict.MET, Message(N_("Goes on to the next stage.")))
    if goes_on is None:
        return Judged(Verdict.OPEN, Message(N_("The final list does not say who goes on.")))
    if needed == UNDECIDED:
        text = N_("Does not go on; the host has yet to say whether only those who do are awarded.")
        return Judged(Verdict.OPEN, Message(text))
    return Judged(Verdict.MISSED, Message(N_("The award is for those who go on to the next stage.")))
