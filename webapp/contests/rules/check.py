"""What must fit together in a definition file: codes, references, weights, the order of windows."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from webapp.contests.rules.check_engine import check_engine
from webapp.contests.rules.check_entry import check_entry
from webapp.contests.rules.check_hosting import check_hosting
from webapp.contests.rules.check_practical import check_modules
from webapp.contests.rules.check_sessions import check_sessions
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest, EventRules, Profile, Stage
from webapp.core.words import N_, Message

REVIEW_WINDOW = "review"
"""A window of this name is the deadline of the review; no stage refers to it."""


def check(contest: Contest, data: Mapping[str, Any], report: Report) -> None:
    """Report what does not fit together across the tables of a file; `data` is the parsed TOML."""
    _check_codes(contest, report)
    for position, profile in enumerate(contest.profiles):
        _check_stages(profile, f"profiles[{position}]", report)
        _check_awards(contest, profile, f"profiles[{position}]", report)
    _check_windows(contest, data, report)
    _check_proposed(contest, data, report)
    _check_events(contest, report)
    _check_order(contest, report)
    check_sessions(contest, report)
    check_engine(contest, report)
    check_entry(contest, report)
    check_modules(contest, report)
    check_hosting(contest, data, report)


def _check_codes(contest: Contest, report: Report) -> None:
    groups = [
        ("classes", [item.code for item in contest.classes]),
        ("profiles", [item.code for item in contest.profiles]),
        ("events", [item.code for item in contest.events]),
    ]
    for number, profile in enumerate(contest.profiles):
        groups.append((f"profiles[{number}].stages", [stage.code for stage in profile.stages]))
        groups.append((f"profiles[{number}].awards", [award.code for award in profile.awards]))
    for key, codes in groups:
        for position, code in enumerate(codes):
            if code and code in codes[:position]:
                report.add(
                    f"{key}[{position}].code", "code-twice", Message(N_("This code stands twice.")), code
                )


def _check_stages(profile: Profile, path: str, report: Report) -> None:
    if not profile.stages:
        report.add(f"{path}.stages", "no-stages", Message(N_("A profile needs at least one stage.")))
    levels = profile.review_levels
    if len(set(levels)) != len(levels):
        report.add(
            f"{path}.registration.review_levels",
            "level-twice",
            Message(N_("A level stands twice in the review chain.")),
            ", ".join(levels),
        )
    for position, stage in enumerate(profile.stages):
        _check_components(profile, stage, f"{path}.stages[{position}]", report)


def _check_components(profile: Profile, stage: Stage, place: str, report: Report) -> None:
    keys = [component.key for component in stage.components]
    total = sum((component.weight_pct for component in stage.components), Decimal(0))
    if keys and total != 100:
        report.add(
            f"{place}.components",
            "weights",
            Message(N_("The weights add up to %(total)s, not to 100."), {"total": str(total)}),
        )
    for position, key in enumerate(keys):
        if key in keys[:position]:
            report.add(
                f"{place}.components[{position}].component",
                "component-twice",
                Message(N_("This component stands twice.")),
                key,
            )
    if "theory" in keys and stage.exam is None and stage.kind == "online":
        report.add(
            place, "no-exam", Message(N_("This stage counts a theory exam but does not describe one."))
        )
    if stage.exam is not None and not stage.exam.sections:
        report.add(
            f"{place}.exam.sections", "no-sections", Message(N_("An exam needs at least one section."))
        )
    if "learning" in keys and profile.learning is None:
        report.add(
            place,
            "no-learning",
            Message(N_("This stage counts learning points but the profile has no learning.")),
        )


def _check_awards(contest: Contest, profile: Profile, path: str, report: Report) -> None:
    stages = {stage.code for stage in profile.stages}
    classes = {item.code for item in contest.classes}
    for position, award in enumerate(profile.awards):
        place = f"{path}.awards[{position}]"
        if award.stage and award.stage not in stages:
            report.add(
                f"{place}.stage", "no-stage", Message(N_("There is no stage of this code.")), award.stage
            )
        if award.rank_to < award.rank_from:
            report.add(f"{place}.rank_to", "ranks", Message(N_("The last rank stands before the first.")))
        unknown = [code for code in award.classes if code not in classes]
        if unknown:
            report.add(
                f"{place}.classes",
                "no-class",
                Message(N_("There is no class of this code.")),
                ", ".join(unknown),
            )


def _check_windows(contest: Contest, data: Mapping[str, Any], report: Report) -> None:
    """Every window that is referred to exists, if only as "undecided", and every own window is used."""
    known = set(_table(data.get("windows")))
    tables = data.get("events")
    own = [set(_table(_table(item).get("windows"))) for item in tables] if isinstance(tables, list) else []
    hint = Message(N_("Known windows: %(names)s."), {"names": ", ".join(sorted(known)) or "—"})
    used: dict[str, set[str]] = {}
    for number, profile in enumerate(contest.profiles):
        theirs = [
            names for event, names in zip(contest.events, own, strict=False) if event.profile == profile.code
        ]
        everywhere = known | (set.intersection(*theirs) if theirs else set())
        used[profile.code] = set()
        for place, name in _references(profile, f"profiles[{number}]"):
            used[profile.code].add(name)
            if name and name not in everywhere:
                report.add(place, "no-window", Message(N_("There is no window of this name.")), name, hint)
    for position, (event, names) in enumerate(zip(contest.events, own, strict=False)):
        for name in sorted(names - known - used.get(event.profile, names) - {REVIEW_WINDOW}):
            report.add(
                f"events[{position}].windows.{name}",
                "no-window",
                Message(N_("Nothing refers to this window.")),
                name,
                hint,
            )


def _references(profile: Profile, path: str) -> Iterator[tuple[str, str]]:
    yield f"{path}.registration.window", profile.registration_window
    if profile.learning:
        yield f"{path}.learning.window", profile.learning.window
    for position, stage in enumerate(profile.stages):
        yield f"{path}.stages[{position}].window", stage.window


def _check_proposed(contest: Contest, data: Mapping[str, Any], report: Report) -> None:
    """What `proposed` names stands in the file."""
    for position, path in enumerate(contest.proposed):
        if not _stands(data, path):
            report.add(
                f"proposed[{position}]", "no-such-place", Message(N_("Nothing stands at this place.")), path
            )


def _stands(data: Any, path: str) -> bool:
    for key, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if key:
            if not isinstance(data, dict) or key not in data:
                return False
            data = data[key]
        else:
            if not isinstance(data, list) or int(number) >= len(data):
                return False
            data = data[int(number)]
    return True


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _check_events(contest: Contest, report: Report) -> None:
    profiles = {profile.code: profile for profile in contest.profiles}
    classes = {item.code for item in contest.classes}
    for position, event in enumerate(contest.events):
        if event.profile and event.profile not in profiles:
            report.add(
                f"events[{position}].profile",
                "no-profile",
                Message(N_("There is no profile of this code.")),
                event.profile,
            )
        if event.event_class and event.event_class not in classes:
            report.add(
                f"events[{position}].class",
                "no-class",
                Message(N_("There is no class of this code.")),
                event.event_class,
            )
        _check_exams(event, profiles.get(event.profile), f"events[{position}].exam", report)


def _check_exams(event: EventRules, profile: Profile | None, place: str, report: Report) -> None:
    """An event's own exam stands in for one of its profile: what the stage counts follows from that."""
    stages = {stage.code: stage for stage in profile.stages} if profile else {}
    for code, exam in event.exams.items():
        if not exam.sections:
            report.add(
                f"{place}.{code}.sections", "no-sections", Message(N_("An exam needs at least one section."))
            )
        if profile is not None and (code not in stages or stages[code].exam is None):
            report.add(
                f"{place}.{code}",
                "no-exam",
                Message(N_("The profile of this event has no exam in a stage of this code.")),
                code,
            )


def _check_order(contest: Contest, report: Report) -> None:
    """Windows of one event open and close one after the other: registration, learning, then the stages."""
    told: set[tuple[str, str]] = set()
    for position, event in enumerate(contest.events):
        profile = next((item for item in contest.profiles if item.code == event.profile), None)
        if profile is None or profile.track == "popularisation":
            continue
        for earlier, later, reason in _disorder(contest, event, profile):
            is_own = later in event.windows or earlier in event.windows
            place = f"events[{position}].windows" if is_own else f"windows.{later}"
            if (place, later) in told:
                continue
            told.add((place, later))
            report.add(
                place,
                "windows-out-of-order",
                Message(reason, {"later": later, "earlier": earlier}),
                event.code if is_own else "",
            )


def _disorder(contest: Contest, event: EventRules, profile: Profile) -> Iterator[tuple[str, str, str]]:
    """(earlier name, later name, what is wrong) of neighbouring windows."""
    names = [name for _place, name in _references(profile, "")]
    known = [
        (name, window) for name in dict.fromkeys(names) if (window := contest.window(event, name)) is not None
    ]
    for (earlier, first), (later, second) in pairwise(known):
        if second.opens_at < first.opens_at:
            yield earlier, later, N_("“%(later)s” opens before “%(earlier)s”.")
        elif second.closes_at < first.closes_at:
            yield earlier, later, N_("“%(later)s” closes before “%(earlier)s”.")
