"""What a contest file says about organisers, gathered from [hosting], its limits and its awards."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.hosting import AGREEMENT, Hosting
from webapp.contests.rules.schema import Contest, Rule, Window

HARD = "hard"


@dataclass(frozen=True)
class Prize:
    """A prize whose amount the file names as the most (一般不超过). most: yuan."""

    code: str
    title: Text
    most: int


@dataclass(frozen=True)
class StageOffer:
    """Hosting of one stage. who: kinds of organisations that apply. criteria: by which the host chooses."""

    stage: str
    title: Text
    rule: Rule
    who: tuple[str, ...]
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """Everything that checks and pages of applications need. window: when applications are sent; None: undecided."""

    hosting: Hosting
    rules: Mapping[str, Rule]
    steps: tuple[str, ...]
    needs_agreement: bool
    window: Window | None
    stages: tuple[StageOffer, ...]
    prizes: tuple[Prize, ...]
    classes: Mapping[str, Text]

    def value(self, code: str) -> Any:
        """The value of a rule; None when the file has no such rule, or has not decided it."""
        rule = self.rules.get(code)
        return rule.value if rule is not None else None

    def stage(self, code: str) -> StageOffer | None:
        return next((one for one in self.stages if one.stage == code), None)

    def holds(self, code: str, event_class: str) -> Rule | None:
        """The rule, if it holds for events of this class."""
        rule = self.rules.get(code)
        return rule if rule is not None and (not rule.classes or event_class in rule.classes) else None


def terms_of(contest: Contest) -> Terms | None:
    """The terms of a contest; None where it takes no applications. Source: CONTESTS 1, 4 and 5."""
    hosting = contest.hosting
    if hosting is None:
        return None
    rules = {rule.code: rule for rule in contest.limits}
    listed = rules.get("approval-steps")
    steps = tuple(hosting.steps or (listed.value if listed is not None and listed.value else ()))
    return Terms(
        hosting=hosting,
        rules=rules,
        steps=tuple(step for step in steps if step != AGREEMENT),
        needs_agreement=AGREEMENT in steps,
        window=contest.windows.get(hosting.window),
        stages=tuple(_stages(contest)) if "stage" in hosting.offers else (),
        prizes=tuple(_prizes(contest)),
        classes={item.code: item.title for item in contest.classes},
    )


def _stages(contest: Contest) -> Iterator[StageOffer]:
    titles = {stage.code: stage.title for profile in contest.profiles for stage in profile.stages}
    for rule in contest.limits:
        if rule.code == "hosting" and isinstance(rule.value, dict):
            code = rule.value["stage"]
            who, criteria = rule.value.get("who", ()), rule.value.get("criteria", ())
            yield StageOffer(code, titles[code], rule, tuple(who), tuple(criteria))


def _prizes(contest: Contest) -> Iterator[Prize]:
    known: set[str] = set()
    for profile in contest.profiles:
        for award in profile.awards:
            if (
                award.kind == "cash"
                and award.conditions.get("ceiling")
                and award.amount
                and award.code not in known
            ):
                known.add(award.code)
                yield Prize(award.code, award.title, award.amount)
