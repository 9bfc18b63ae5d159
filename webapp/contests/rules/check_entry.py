"""Rules of entry that contradict each other: nobody, or everybody, could enter."""

from webapp.contests.rules.entry import AgeRange
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest, Profile, Rule
from webapp.core.words import N_, Message


def check_entry(contest: Contest, report: Report) -> None:
    """Report contradictions between the rules of entry of each profile."""
    classes = {item.code for item in contest.classes}
    for number, profile in enumerate(contest.profiles):
        path = f"profiles[{number}]"
        for position, rule in enumerate(profile.eligibility):
            place = f"{path}.eligibility[{position}]"
            _check_rule(rule, classes, place, report)
            _check_twice(profile.eligibility[:position], rule, place, report)
        _check_events_per_person(contest, profile, path, report)


def _check_rule(rule: Rule, classes: set[str], place: str, report: Report) -> None:
    age = rule.value
    if isinstance(age, AgeRange) and age.least is not None and age.most is not None and age.least > age.most:
        report.add(f"{place}.value", "ages", Message(N_("The least age is above the greatest: nobody fits.")))
    unknown = [code for code in rule.classes if code not in classes]
    if unknown:
        report.add(
            f"{place}.classes", "no-class", Message(N_("There is no class of this code.")), ", ".join(unknown)
        )


def _check_twice(earlier: tuple[Rule, ...], rule: Rule, place: str, report: Report) -> None:
    """One rule with two values for the same class of events: one of them can never hold."""
    for other in earlier:
        meets = not rule.classes or not other.classes or set(rule.classes) & set(other.classes)
        if other.code == rule.code and meets:
            report.add(
                f"{place}.rule",
                "rule-twice",
                Message(N_("This rule stands twice for the same events.")),
                rule.code,
            )
            return


def _check_events_per_person(contest: Contest, profile: Profile, path: str, report: Report) -> None:
    """One trade a cycle and several events a person fit only where events share a trade."""
    if not any(rule.code == "one-trade-per-cycle" and rule.force == "hard" for rule in profile.eligibility):
        return
    trades = [event.trade or event.title.zh for event in contest.events if event.profile == profile.code]
    if (profile.events_per_person or 1) > 1 and trades and len(set(trades)) == len(trades):
        report.add(
            f"{path}.registration.events_per_person",
            "one-trade",
            Message(
                N_("One trade per cycle is a hard rule and no two events share a trade: one event at most.")
            ),
            profile.events_per_person or "",
        )
