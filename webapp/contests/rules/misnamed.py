"""Names that stand for nothing: levels, stages, events and windows that no other part of the file, or no
organisation, has. A program that looks for them would leave out a step of the review without a word."""

from collections.abc import Iterator, Mapping
from typing import Any

from webapp.contests.rules.delegation import DelegationRule
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest
from webapp.core.words import N_, Message

LEVELS = ("unit", "county", "city", "industry", "province")
"""Levels that an organisation may have."""
ORGANISER = "organiser"
"""May end a review chain by name."""


def check_names(contest: Contest, data: Mapping[str, Any], report: Report) -> None:
    """Report levels, stages, events and windows that nothing else knows. data: the parsed TOML."""
    for place, level in _levels(contest):
        if level not in (*LEVELS, ORGANISER):
            reason = Message(N_("There is no such level: nobody would review or send there."))
            hint = Message(N_("Use one of: %(choices)s."), {"choices": ", ".join(LEVELS)})
            report.add(place, "no-level", reason, level, hint)
    _check_delegations(contest, report)
    known = data.get("windows")
    for at, campaign in enumerate(contest.campaigns):
        for phase, window in campaign.phases.items():
            if not isinstance(known, dict) or window not in known:
                reason = Message(N_("There is no window of this name."))
                report.add(f"campaigns[{at}].phases.{phase}", "no-window", reason, window)


def _levels(contest: Contest) -> Iterator[tuple[str, str]]:
    """(place, level) wherever a file names one."""
    for number, profile in enumerate(contest.profiles):
        place = f"profiles[{number}].registration.review_levels"
        yield from ((place, level) for level in profile.review_levels)
    for place, rule in _delegations(contest):
        yield from ((f"{place}.sent_by", level) for level in rule.sent_by)


def _delegations(contest: Contest) -> Iterator[tuple[str, DelegationRule]]:
    for at, limit in enumerate(contest.limits):
        if isinstance(limit.value, DelegationRule):
            yield f"limits[{at}].value", limit.value


def _check_delegations(contest: Contest, report: Report) -> None:
    stages = {stage.code for profile in contest.profiles for stage in profile.stages}
    events = {event.code for event in contest.events}
    for place, rule in _delegations(contest):
        if rule.stage not in stages:
            report.add(
                f"{place}.stage", "no-stage", Message(N_("There is no stage of this code.")), rule.stage
            )
        for code in rule.per_event_of:
            if code not in events:
                reason = Message(N_("There is no event of this code."))
                report.add(f"{place}.per_event_of.{code}", "no-event", reason, code)
