"""Rules of entry that contradict each other: nobody, or everybody, could enter."""

from webapp.contests.rules.entry import AgeRange
from webapp.contests.rules.escalation import ORGANISER, Escalation
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
        _check_escalation(profile, f"{path}.registration.escalation", report)


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


def _check_escalation(profile: Profile, path: str, report: Report) -> None:
    """A rule for a level that reviews nothing, twice for one level, or that leads nowhere."""
    levels: set[str] = set()
    for at, rule in enumerate(profile.review.escalation):
        wrong = _wrong_escalation(profile, rule)
        if rule.level in levels:
            wrong = Message(N_("There are two rules for this level."))
        if wrong is not None:
            report.add(f"{path}[{at}]", "escalation", wrong, rule.level)
        levels.add(rule.level)


def _wrong_escalation(profile: Profile, rule: Escalation) -> Message | None:
    if rule.level not in profile.review_levels:
        return Message(N_("This level is none of review_levels: nothing waits there."))
    if not profile.organiser_confirms and (rule.to == ORGANISER or rule.level == profile.review_levels[-1]):
        return Message(N_("Nobody comes after this level: the organiser does not confirm here."))
    if rule.own_list_after < rule.working_days:
        return Message(N_("own_list_after is before working_days: nothing is overdue yet then."))
    if rule.remind_after is not None and rule.remind_after >= rule.working_days:
        return Message(N_("remind_after has to be before working_days: a reminder comes first."))
    return None
