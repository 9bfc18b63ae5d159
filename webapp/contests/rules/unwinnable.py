"""Awards that nobody can win, and conditions that say nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from webapp.contests.rules.conditions import LEVELS
from webapp.contests.rules.entry import AgeRange, full_years
from webapp.contests.rules.reader import UNDECIDED, Report
from webapp.contests.rules.schema import Award, Contest, EventRules, Profile, Rule, Stage
from webapp.core.problems import ERROR, WARNING
from webapp.core.words import N_, Message

MONTH = len("1990-05")
LAST_RANK = 1_000_000
"""What the reader puts where a band has no end."""
IDLE: tuple[tuple[str, str], ...] = (
    ("reading", "sex"),
    ("may_counts", "born_after"),
    ("holders", "level"),
    ("repeated", "level"),
)
"""(condition, the one it needs): without the second the first says nothing."""


def check_awards(
    contest: Contest, profile: Profile, told: Mapping[str, Any], path: str, report: Report
) -> None:
    """Report awards of a profile that nobody can win; only what is decided counts. told: the profile's TOML."""
    stages = {stage.code: (at, stage) for at, stage in enumerate(profile.stages)}
    for at, award in enumerate(profile.awards):
        place = f"{path}.awards[{at}]"
        if award.stage not in stages:
            continue
        position, stage = stages[award.stage]
        events = _events(contest, profile, award)
        _check_band(profile, position, award, place, report)
        _check_reached(contest, profile, stage, events, award, place, report)
        _check_people(profile, award, events, place, report)
        _check_born(contest, stage, award, events, place, report)
        _check_money(contest, award, told["awards"][at], place, report)
        _check_idle(award, place, report)
    _check_ladders(profile, path, report)


def _events(contest: Contest, profile: Profile, award: Award) -> list[EventRules]:
    return [
        event
        for event in contest.events
        if event.profile == profile.code and (not award.classes or event.event_class in award.classes)
    ]


def _check_band(profile: Profile, position: int, award: Award, place: str, report: Report) -> None:
    """Ranks of a stage end with the people who came into it."""
    most = profile.stages[position - 1].quota if position else None
    if most is not None and award.rank_from > most:
        reason = Message(N_("Only %(most)s people come into this stage."), {"most": most})
        report.add(f"{place}.rank_from", "band-beyond-quota", reason, award.rank_from)


def _check_reached(
    contest: Contest,
    profile: Profile,
    stage: Stage,
    events: Sequence[EventRules],
    award: Award,
    place: str,
    report: Report,
) -> None:
    if contest.events and not events:
        reason = Message(N_("No event of the file is of a class that this award is for."))
        report.add(f"{place}.classes", "no-events", reason, ", ".join(award.classes), severity=WARNING)
    elif (
        events
        and award.conditions.get("national_standard") is True
        and all(event.has_national_standard is False for event in events)
    ):
        reason = Message(N_("None of the events has a national occupational standard."))
        report.add(f"{place}.conditions", "no-standard", reason)
    if award.conditions.get("learning") == "finished" and profile.learning is None:
        reason = Message(N_("This award asks for finished learning, but the profile has no learning."))
        report.add(f"{place}.conditions", "no-learning", reason)
    if award.conditions.get("promoted") is True and stage == profile.stages[-1]:
        reason = Message(N_("This award asks for going on, but nobody goes on from the last stage."))
        report.add(f"{place}.conditions", "last-stage", reason)
    if award.conditions.get("exam") == "finished" and stage.exam is None:
        reason = Message(N_("This award asks for a finished exam, but its stage has none."))
        report.add(f"{place}.conditions", "no-exam", reason)


def _check_people(
    profile: Profile, award: Award, events: Sequence[EventRules], place: str, report: Report
) -> None:
    """Conditions on people against who may enter at all: told when no event of the award lets such people in."""
    for name, wanted in _wanted(award.conditions):
        allowed = [_allowed(_entry_rule(profile, name, event)) for event in events]
        if allowed and all(allowed) and all(wanted not in one for one in allowed):
            names = ", ".join(sorted({item for one in allowed for item in one}))
            reason = Message(N_("Only %(allowed)s may enter, so nobody can win this."), {"allowed": names})
            report.add(f"{place}.conditions", "nobody-may-enter", reason, wanted)
    under = award.conditions.get("under_age")
    least = _least_ages(profile, events)
    if isinstance(under, int) and least and under <= min(age for age, _on in least):
        reason = Message(
            N_("Nobody younger than %(least)s may enter."), {"least": min(a for a, _on in least)}
        )
        report.add(f"{place}.conditions", "nobody-may-enter", reason, under)


def _entry_rule(profile: Profile, code: str, event: EventRules) -> Rule | None:
    """The hard rule of entry that holds for an event."""
    for rule in profile.eligibility:
        if (
            rule.code == code
            and rule.force == "hard"
            and (not rule.classes or event.event_class in rule.classes)
        ):
            return rule
    return None


def _least_ages(profile: Profile, events: Sequence[EventRules]) -> list[tuple[int, date | None]]:
    """(least age, day on which it is judged) of every event; empty where one of them asks for none."""
    found = []
    for event in events:
        rule = _entry_rule(profile, "age", event)
        age = rule.value if rule is not None else None
        if not isinstance(age, AgeRange) or age.least is None:
            return []
        found.append((age.least, age.on))
    return found


def _check_born(
    contest: Contest, stage: Stage, award: Award, events: Sequence[EventRules], place: str, report: Report
) -> None:
    """Whoever is born after that day is too young to enter, or not born when the stage ends."""
    text = award.conditions.get("born_after")
    if not isinstance(text, str) or text == UNDECIDED:
        return
    first = date.fromisoformat(text if len(text) > MONTH else f"{text}-01")
    windows = [window for event in events if (window := contest.window(event, stage.window)) is not None]
    least = [] if not events else _least_ages(contest.profile_of(events[0]), events)
    if windows and all(first >= window.closes_at.date() for window in windows):
        reason = Message(N_("Nobody born then can take part."))
        report.add(f"{place}.conditions", "nobody-may-enter", reason, text)
    elif least and all(on is not None and full_years(first, on) < age for age, on in least):
        reason = Message(
            N_("Nobody younger than %(least)s may enter."), {"least": min(a for a, _on in least)}
        )
        report.add(f"{place}.conditions", "nobody-may-enter", reason, text)


def _wanted(conditions: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(conditions.get("sex"), str):
        yield "sex", conditions["sex"]
    if isinstance(conditions.get("locality"), str):
        yield "region", conditions["locality"]


def _allowed(rule: Rule | None) -> list[str]:
    if rule is None or rule.value is None:
        return []
    return [str(item) for item in rule.value] if isinstance(rule.value, list) else [str(rule.value)]


def _check_money(contest: Contest, award: Award, told: Mapping[str, Any], place: str, report: Report) -> None:
    if award.kind == "cash" and "amount" not in told:
        reason = Message(N_("Nothing says how much this is."))
        hint = Message(N_("Write the amount in yuan, or “undecided” while the host has yet to decide."))
        report.add(f"{place}.amount", "no-amount", reason, award.code, hint, WARNING)
    if award.kind != "cash" and award.amount is not None:
        reason = Message(N_("Only an award of the kind “cash” has an amount."))
        report.add(f"{place}.amount", "amount-not-here", reason, award.amount)
    if award.conditions.get("ceiling") and award.amount is None:
        reason = Message(N_("A ceiling needs its amount."))
        report.add(f"{place}.conditions", "ceiling-without-amount", reason)
    for rule in contest.limits:
        if rule.code == "max-prize" and rule.value is not None and (award.amount or 0) > rule.value:
            reason = Message(N_("At most %(most)s yuan may be paid."), {"most": rule.value})
            severity = ERROR if rule.force == "hard" else WARNING
            report.add(f"{place}.amount", "prize-too-large", reason, award.amount or 0, severity=severity)


def _check_idle(award: Award, place: str, report: Report) -> None:
    conditions = award.conditions
    for name, needed in IDLE:
        if name in conditions and needed not in conditions:
            reason = Message(
                N_("“%(name)s” says nothing without “%(needed)s”."), {"name": name, "needed": needed}
            )
            report.add(f"{place}.conditions", "condition-idle", reason, name)
    if "under_age" in conditions and "born_after" in conditions:
        reason = Message(N_("Name the age or the day of birth, not both."))
        report.add(f"{place}.conditions", "age-twice", reason)
    level, holders = _rung(conditions.get("level")), _rung(conditions.get("holders"))
    if level is not None and holders is not None and holders <= level:
        reason = Message(N_("Who holds this level already must come to a higher one."))
        report.add(f"{place}.conditions", "level-not-higher", reason, conditions["holders"])


def _rung(value: Any) -> int | None:
    """How high a level stands: 0 for level 5 (junior worker), 4 for level 1; None when it is not decided."""
    if value in LEVELS:
        return LEVELS.index(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return len(LEVELS) - value
    return None


def _check_ladders(profile: Profile, path: str, report: Report) -> None:
    """Bands of money and levels follow each other without a gap and without an overlap."""
    ladders: dict[tuple[object, ...], list[tuple[int, Award]]] = {}
    for at, award in enumerate(profile.awards):
        if award.kind in {"cash", "level"} and award.rank_to < LAST_RANK and not _is_apart(award):
            ladders.setdefault((award.kind, award.stage, award.classes), []).append((at, award))
    for ladder in ladders.values():
        ladder.sort(key=lambda pair: (pair[1].rank_from, pair[1].rank_to))
        for (_before, higher), (at, lower) in pairwise(ladder):
            place = f"{path}.awards[{at}].rank_from"
            if lower.rank_from > higher.rank_to + 1:
                reason = Message(
                    N_("Nobody wins anything between rank %(first)s and rank %(last)s."),
                    {"first": higher.rank_to, "last": lower.rank_from},
                )
                report.add(place, "band-gap", reason, lower.rank_from, severity=WARNING)
            elif lower.rank_from <= higher.rank_to:
                reason = Message(
                    N_("This band begins inside the band of “%(other)s”."), {"other": higher.code}
                )
                report.add(place, "bands-overlap", reason, lower.rank_from, severity=WARNING)
            elif _worth(lower) > _worth(higher) >= 0:
                reason = Message(N_("A lower rank would get more than “%(other)s”."), {"other": higher.code})
                report.add(place, "ladder-rises", reason, lower.rank_from, severity=WARNING)


def _worth(award: Award) -> int:
    """Yuan, or how high the level stands; -1 where it is not decided."""
    if award.kind == "cash":
        return -1 if award.amount is None else award.amount
    rung = _rung(award.conditions.get("level"))
    return -1 if rung is None else rung


def _is_apart(award: Award) -> bool:
    """Whether an award stands beside the ladder: for some people only, or for several at once."""
    return bool({"sex", "born_after", "under_age", "locality", "several"} & set(award.conditions)) or (
        award.conditions.get("level") == UNDECIDED
    )
