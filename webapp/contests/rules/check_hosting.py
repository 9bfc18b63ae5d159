"""What must fit together between [hosting], the rules about organisers, the stages and the windows of a file."""

from collections.abc import Mapping
from typing import Any

from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest
from webapp.core.words import N_, Message

STEPS_RULE = "approval-steps"
STAGE_RULE = "hosting"


def check_hosting(contest: Contest, data: Mapping[str, Any], report: Report) -> None:
    """Report a window, steps or stages of [hosting] that stand nowhere else in the file."""
    stages = {stage.code for profile in contest.profiles for stage in profile.stages}
    classes = {item.code for item in contest.classes}
    for at, rule in enumerate(contest.limits):
        stage = rule.value.get("stage") if isinstance(rule.value, dict) else None
        if rule.code == STAGE_RULE and isinstance(stage, str) and stage not in stages:
            reason = Message(N_("There is no stage of this code."))
            report.add(f"limits[{at}].value", "no-stage", reason, stage)
        unknown = [code for code in rule.classes if code not in classes]
        if unknown:
            reason = Message(N_("There is no class of this code."))
            report.add(f"limits[{at}].classes", "no-class", reason, ", ".join(unknown))
    if contest.hosting is not None:
        _check_table(contest, data, report)


def _check_table(contest: Contest, data: Mapping[str, Any], report: Report) -> None:
    hosting = contest.hosting
    assert hosting is not None
    windows = data.get("windows")
    if hosting.window and (not isinstance(windows, dict) or hosting.window not in windows):
        reason = Message(N_("There is no window of this name."))
        report.add("hosting.window", "no-window", reason, hosting.window)
    if not hosting.offers:
        report.add("hosting.offers", "no-offers", Message(N_("Say what organisations may apply for.")))
    codes = {rule.code for rule in contest.limits}
    if bool(hosting.steps) == (STEPS_RULE in codes):
        reason = Message(N_("The steps of the review stand either here or in the rule approval-steps."))
        report.add("hosting.steps", "steps", reason, ", ".join(hosting.steps))
    if ("stage" in hosting.offers) != (STAGE_RULE in codes):
        reason = Message(N_("Stages are offered here if, and only if, a rule “hosting” names them."))
        report.add("hosting.offers", "no-stage-rule", reason)
