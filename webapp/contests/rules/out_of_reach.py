"""What the numbers of a file allow to nobody: points above the caps, a band that no paper meets, shares that exclude
each other, a stage that nothing scores, a tie breaker that breaks nothing."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from webapp.contests.rules.blueprint import Blueprint, Fairness
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest, Learning, Profile, Stage, Window
from webapp.contests.rules.windows import SHANGHAI
from webapp.core.problems import WARNING
from webapp.core.words import N_, Message

SCORED = frozenset({"learning", "theory", "practical"})
SHARES = ("traditional-trades", "innovative-trades")
ALL = 100


def check_reach(contest: Contest, data: Mapping[str, Any], report: Report) -> None:
    """Report numbers that nobody can reach. data: the parsed TOML, which tells what is left out from what is open."""
    for number, profile in enumerate(contest.profiles):
        path = f"profiles[{number}]"
        _check_points(contest, profile, path, report)
        for at, stage in enumerate(profile.stages):
            told = data["profiles"][number]["stages"][at]
            _check_stage(stage, told, f"{path}.stages[{at}]", report)
    for place, blueprint in _blueprints(contest):
        _check_band(blueprint, place, report)
    _check_shares(contest, report)


def _check_points(contest: Contest, profile: Profile, path: str, report: Report) -> None:
    learning = profile.learning
    if learning is None or not learning.activities:
        return
    windows = (
        contest.window(event, learning.window) for event in contest.events if event.profile == profile.code
    )
    found = [most for window in windows if window and (most := most_points(learning, window)) is not None]
    if not found:
        return
    for key, wanted in (("full_points", learning.full_points), ("finished_points", learning.finished_points)):
        if wanted is not None and wanted > min(found):
            reason = Message(
                N_("Nobody can earn so many points: the caps allow %(most)s."), {"most": f"{min(found):f}"}
            )
            report.add(f"{path}.learning.{key}", "points-out-of-reach", reason, wanted)


def most_points(learning: Learning, window: Window) -> Decimal | None:
    """The most points that all caps together allow in a window; None where nothing bounds them.

    Days are those of Shanghai and weeks begin on Monday, as for the caps."""
    first = window.opens_at.astimezone(SHANGHAI).date()
    last = (window.closes_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    days = (last - first).days + 1
    weeks = (last - timedelta(days=last.weekday()) - first + timedelta(days=first.weekday())).days // 7 + 1
    bounds = [learning.total_cap, _times(learning.daily_cap, days), _times(learning.weekly_cap, weeks)]
    parts = [
        _least([one.total_cap, _times(one.daily_cap, days)]) if one.points else Decimal(0)
        for one in learning.activities
    ]
    known = [part for part in parts if part is not None]
    return _least([*bounds, sum(known, Decimal(0)) if len(known) == len(parts) else None])


def _times(cap: Decimal | None, count: int) -> Decimal | None:
    return None if cap is None else cap * count


def _least(bounds: list[Decimal | None]) -> Decimal | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def _check_stage(stage: Stage, told: Mapping[str, Any], place: str, report: Report) -> None:
    if stage.kind != "selection" and "components" not in told:
        reason = Message(N_("Nothing says how this stage is scored: it cannot open."))
        hint = Message(N_("Write its components, or “undecided” while the host has yet to decide."))
        report.add(f"{place}.components", "no-components", reason, stage.code, hint, WARNING)
    if stage.nominated_by and (stage.kind != "selection" or stage.components):
        reason = Message(
            N_("Nobody is nominated for this stage: only for a selection that is not scored here.")
        )
        report.add(f"{place}.nominated_by", "nobody-nominates", reason, stage.code, severity=WARNING)
    counted = {component.key for component in stage.components}
    idle = [key for key in stage.rank.breakers if key in SCORED and key not in counted]
    if counted and idle:
        reason = Message(N_("This breaks no ties: it is no part of the score of this stage."))
        report.add(f"{place}.rank.breakers", "breaker-idle", reason, ", ".join(idle), severity=WARNING)


def _blueprints(contest: Contest) -> Iterator[tuple[str, Blueprint]]:
    for number, profile in enumerate(contest.profiles):
        for at, stage in enumerate(profile.stages):
            if stage.exam is not None:
                yield f"profiles[{number}].stages[{at}].exam", stage.exam
    for position, event in enumerate(contest.events):
        yield from ((f"events[{position}].exam.{code}", exam) for code, exam in event.exams.items())


def _check_band(blueprint: Blueprint, place: str, report: Report) -> None:
    """The mean of a paper lies between that of its easiest and of its hardest possible questions."""
    fairness = blueprint.fairness
    if fairness is None or fairness.lowest is None or fairness.highest is None or not blueprint.full_mark:
        return
    hardest, easiest = (_mean(blueprint, fairness, any_) for any_ in ("hard", "easy"))
    if easiest < fairness.lowest or hardest > fairness.highest:
        reason = Message(
            N_("No paper can lie in this band: the blueprint allows %(least)s to %(most)s."),
            {"least": f"{hardest:.2f}", "most": f"{easiest:.2f}"},
        )
        report.add(
            f"{place}.fairness.band", "band-out-of-reach", reason, f"{fairness.lowest}–{fairness.highest}"
        )


def _mean(blueprint: Blueprint, fairness: Fairness, any_: str) -> Decimal:
    """The expected share of right answers by marks, where cells of any difficulty ask such questions."""
    total = sum(
        section.mark * cell.count * fairness.facility(cell.difficulty or any_)
        for section in blueprint.sections
        for cell in section.cells
    )
    return Decimal(total) / blueprint.full_mark


def _check_shares(contest: Contest, report: Report) -> None:
    """Shares of kinds of trades that exclude each other; those of money are of each trade's own budget."""
    rules = [
        (at, rule)
        for at, rule in enumerate(contest.limits)
        if rule.code in SHARES and isinstance(rule.value, dict)
    ]
    if not rules:
        return
    whole = {code for _at, rule in rules for code in rule.classes} == {item.code for item in contest.classes}
    least = sum(rule.value.get("trades_pct_at_least", 0) for _at, rule in rules)
    most = sum(rule.value.get("trades_pct_at_most", ALL) for _at, rule in rules)
    if least > ALL or (whole and most < ALL):
        at, rule = rules[-1]
        reason = Message(N_("These shares of the kinds of trades cannot all be kept."))
        report.add(f"limits[{at}].value", "shares-exclude", reason, rule.code)
