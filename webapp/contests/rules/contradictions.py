"""What a definition says that cannot be: found when somebody checks or loads it, never when a stored version is
read, so that a stricter program does not shut out rules that are in force."""

import tomllib
from collections.abc import Iterable, Iterator
from itertools import pairwise

from webapp.contests.rules.misnamed import check_names
from webapp.contests.rules.mistimed import check_times
from webapp.contests.rules.out_of_reach import check_reach
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest, EventRules, Profile, Rule, Window
from webapp.contests.rules.unwinnable import check_awards
from webapp.core.problems import WARNING, Problem
from webapp.core.words import N_, Message

PLURAL_RULES = frozenset({"hosting"})
"""Rules that may stand several times, once for each stage that their value names."""

RESERVED_CODES = ("new", "proposals", "text")
"""Words that stand in addresses where the code of a contest does."""


def contradictions(contest: Contest, text: str, name: str = "") -> list[Problem]:
    """Every contradiction of a valid definition, by line. Errors contradict the file itself; warnings are what
    is probably not meant. text: the definition that was parsed."""
    report, data = Report(name, text), tomllib.loads(text)
    _check_code(contest, report)
    _check_forces(contest, report)
    _check_counts(contest, report)
    _check_overlaps(contest, report)
    for number, profile in enumerate(contest.profiles):
        _check_quotas(contest, profile, f"profiles[{number}]", report)
        _check_unit(profile, f"profiles[{number}]", report)
        check_awards(contest, profile, data["profiles"][number], f"profiles[{number}]", report)
        _check_notices(profile, f"profiles[{number}]", report)
    check_times(contest, report)
    check_names(contest, data, report)
    check_reach(contest, data, report)
    return sorted(report.problems, key=lambda problem: problem.row or 0)


def _check_notices(profile: Profile, place: str, report: Report) -> None:
    """Whoever goes on, or is awarded by a rank in a contest with a review, is posted first."""
    if profile.track == "popularisation":
        return
    for at, stage in enumerate(profile.stages):
        if stage.closes_alone:
            reason = Message(N_("Only a stage of the open track may be without a public notice."))
            report.add(f"{place}.stages[{at}].notice_working_days", "no-notice", reason, 0)


def _check_code(contest: Contest, report: Report) -> None:
    if contest.code in RESERVED_CODES:
        reason = Message(
            N_(
                "This word stands for a page of its own in addresses: choose another code, for example %(code)s."
            ),
            {"code": f"{contest.code}-1"},
        )
        report.add("code", "reserved-code", reason, contest.code)


def _placed_rules(contest: Contest) -> Iterator[tuple[str, list[tuple[str, Rule]]]]:
    """(scope, its rules with their places): what holds for one profile's events at the same time."""
    limits = [(f"limits[{at}]", rule) for at, rule in enumerate(contest.limits)]
    for number, profile in enumerate(contest.profiles):
        own = [(f"profiles[{number}].eligibility[{at}]", rule) for at, rule in enumerate(profile.eligibility)]
        yield profile.code, own + limits
    if not contest.profiles:
        yield "", limits


def _check_forces(contest: Contest, report: Report) -> None:
    """A rule is hard or normal, and has one value; a rule of entry for each class of events."""
    told: set[str] = set()
    for _scope, rules in _placed_rules(contest):
        for at, (place, rule) in enumerate(rules):
            earlier = (one for one in rules[:at] if _key(one[1]) == _key(rule) and _meet(one, (place, rule)))
            first = next(earlier, None)
            if first is not None and place not in told:
                told.add(place)
                _tell_twice(first, place, rule, report)


def _meet(one: tuple[str, Rule], other: tuple[str, Rule]) -> bool:
    """Whether there is a class of events for which both hold. Limits of the contest stand once for all classes."""
    if not (one[0].startswith("profiles") and other[0].startswith("profiles")):
        return True
    first, second = set(one[1].classes), set(other[1].classes)
    return not first or not second or bool(first & second)


def _tell_twice(first: tuple[str, Rule], place: str, rule: Rule, report: Report) -> None:
    first_place, other = first
    if other.force != rule.force:
        reason = Message(
            N_("This rule is hard in one place and normal in another: %(other)s."), {"other": first_place}
        )
        report.add(f"{place}.force", "two-forces", reason, rule.code)
    elif other.value != rule.value and other.value is not None and rule.value is not None:
        reason = Message(
            N_("This rule has another value in another place: %(other)s."), {"other": first_place}
        )
        report.add(f"{place}.value", "two-values", reason, rule.code)
    else:
        report.add(place, "rule-twice", Message(N_("This rule stands twice.")), rule.code, severity=WARNING)


def _check_unit(profile: Profile, path: str, report: Report) -> None:
    """Who needs no unit cannot be asked for one."""
    for rule in profile.eligibility:
        if (
            rule.code == "unit-required"
            and rule.force == "hard"
            and not rule.classes
            and not profile.needs_unit
        ):
            reason = Message(
                N_("The rule unit-required asks for a unit, but needs_unit says that none is needed.")
            )
            report.add(f"{path}.registration.needs_unit", "unit-contradicts", reason)


def _key(rule: Rule) -> object:
    if rule.code in PLURAL_RULES and isinstance(rule.value, dict):
        return rule.code, str(rule.value.get("stage", ""))
    return rule.code


def _check_counts(contest: Contest, report: Report) -> None:
    """The announced number of events of a class against those that stand in the file."""
    if not contest.events:
        return
    for at, item in enumerate(contest.classes):
        count = sum(event.event_class == item.code for event in contest.events)
        if item.expected_count is not None and item.expected_count != count:
            report.add(
                f"classes[{at}].expected_count",
                "event-count",
                Message(N_("The file has %(count)s events of this class."), {"count": count}),
                item.expected_count,
                severity=WARNING,
            )


def _check_overlaps(contest: Contest, report: Report) -> None:
    """Stages of one event follow each other; nobody is in two of them at once."""
    told: set[str] = set()
    for position, event in enumerate(contest.events):
        profile = contest.profile_of(event)
        if profile.track == "popularisation":
            continue
        for earlier, later in _overlaps(contest, event, profile):
            is_own = earlier in event.windows or later in event.windows
            place = f"events[{position}].windows" if is_own else f"windows.{later}"
            if place not in told:
                told.add(place)
                reason = Message(
                    N_("“%(later)s” opens before “%(earlier)s” closes: one stage follows the other."),
                    {"later": later, "earlier": earlier},
                )
                report.add(place, "windows-overlap", reason, event.code if is_own else "")


def _overlaps(contest: Contest, event: EventRules, profile: Profile) -> Iterator[tuple[str, str]]:
    names = list(dict.fromkeys(stage.window for stage in profile.stages))
    known: list[tuple[str, Window]] = [
        (name, window) for name in names if (window := contest.window(event, name)) is not None
    ]
    for (earlier, first), (later, second) in pairwise(known):
        if second.opens_at < first.closes_at:
            yield earlier, later


def _check_quotas(contest: Contest, profile: Profile, path: str, report: Report) -> None:
    """Fewer people go on from stage to stage, and enough for what the file asks of a final."""
    for at, (before, stage) in enumerate(pairwise(profile.stages), start=1):
        if before.quota is not None and stage.quota is not None and stage.quota > before.quota:
            reason = Message(N_("Only %(most)s people come from the stage before."), {"most": before.quota})
            report.add(f"{path}.stages[{at}].quota", "quota-too-large", reason, stage.quota)
    if len(profile.stages) < 2 or profile.track == "popularisation":
        return
    last = profile.stages[-2].quota
    if last is None:
        return
    place = f"{path}.stages[{len(profile.stages) - 2}].quota"
    for rule in _limits(contest, "final-minimum"):
        if rule.value is not None and rule.value > last:
            reason = Message(N_("A final needs at least %(least)s contestants."), {"least": rule.value})
            report.add(place, "final-too-small", reason, last, severity=_severity(rule))
    events = sum(event.profile == profile.code for event in contest.events)
    for rule in _limits(contest, "final-entries"):
        if rule.value is not None and last * events > rule.value:
            reason = Message(
                N_("With %(events)s events more than %(most)s people would reach the finals."),
                {"events": events, "most": rule.value},
            )
            report.add(place, "finals-too-large", reason, last, severity=_severity(rule))


def _limits(contest: Contest, code: str) -> Iterable[Rule]:
    return (rule for rule in contest.limits if rule.code == code)


def _severity(rule: Rule) -> str:
    return "error" if rule.force == "hard" else WARNING
