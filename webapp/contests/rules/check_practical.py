"""What must fit together in the modules of practical tests."""

from collections.abc import Sequence
from decimal import Decimal

from webapp.contests.rules.practical import PracticalModule
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest
from webapp.core.words import N_, Message

PRACTICAL = "practical"
FULL = Decimal(100)


def check_modules(contest: Contest, report: Report) -> None:
    """Codes once in a stage; shares that add up to 100; modules only where a practical component counts; an
    event's own modules only for stages that its profile has, and as many as the event says."""
    for number, profile in enumerate(contest.profiles):
        for place, stage in enumerate(profile.stages):
            path = f"profiles[{number}].stages[{place}]"
            _check_list(stage.modules, f"{path}.modules", report)
            counts = any(part.key == PRACTICAL for part in stage.components)
            if stage.modules and stage.components and not counts:
                words = Message(N_("This stage has modules, but no practical component counts in it."))
                report.add(f"{path}.modules", "modules-do-not-count", words, stage.code)
    for number, event in enumerate(contest.events):
        codes = {one.code for item in contest.profiles if item.code == event.profile for one in item.stages}
        for code, modules in event.modules.items():
            path = f"events[{number}].modules.{code}"
            if code not in codes:
                report.add(path, "unknown-stage", Message(N_("The profile has no stage of this code.")), code)
            _check_list(modules, path, report)
            said = event.practical.modules if event.practical else None
            if said is not None and said != len(modules):
                words = Message(
                    N_("The event has %(said)s modules, but %(listed)s are listed here."),
                    {"said": said, "listed": len(modules)},
                )
                report.add(path, "modules-count", words, len(modules))


def _check_list(modules: Sequence[PracticalModule], path: str, report: Report) -> None:
    codes = [module.code for module in modules]
    for place, module in enumerate(modules):
        if module.code in codes[:place]:
            words = Message(N_("This code stands twice."))
            report.add(f"{path}[{place}].code", "code-twice", words, module.code)
        if module.drop_extremes and module.judges < 3:
            words = Message(N_("Dropping the highest and the lowest needs at least three judges."))
            report.add(f"{path}[{place}].drop_extremes", "too-few-judges", words, module.judges)
    total = sum((module.share_pct for module in modules), Decimal(0))
    if modules and total != FULL:
        words = Message(
            N_("The shares of the modules add up to %(total)s, not to 100."), {"total": f"{total:f}"}
        )
        report.add(path, "shares-sum", words, f"{total:f}")
