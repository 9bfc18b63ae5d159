"""What the host has yet to decide, and what cannot go on until then."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.places import line_index, line_of
from webapp.contests.rules.reader import UNDECIDED
from webapp.contests.rules.schema import Contest, EventRules, Stage
from webapp.contests.rules.window_names import REVIEW
from webapp.core.words import N_, Message

PROFILE = re.compile(r"^profiles\[(\d+)\](?:\.stages\[(\d+)\]|\.awards\[(\d+)\])?\.(.+)$")
WINDOW = re.compile(r"^(?:events\[(\d+)\]\.)?windows\.(.+)$")
MODULES = re.compile(r"^(?:profiles\[(\d+)\]\.stages\[(\d+)\]|events\[(\d+)\])\.modules(?:\.(.+))?$")
CLASS = re.compile(r"^classes\[(\d+)\]\.undecided")
LISTS = ("quota", "notice_working_days", "rank.cut")
"""Keys of a stage that its list needs, not its opening."""


@dataclass(frozen=True)
class OpenQuestion:
    """A value that a definition leaves open. path: for example events[3].windows.final. blocks: what cannot go
    on until it is decided; empty where nothing waits for it."""

    path: str
    line: int | None
    blocks: tuple[Message, ...] = ()


def open_questions(text: str) -> tuple[OpenQuestion, ...]:
    """Every value of a definition that reads "undecided", and what a class leaves open, in the order of the
    file. The text is valid."""
    lines = line_index(text)
    data = tomllib.loads(text)
    contest = parse_contest(text)
    paths = [*_undecided(data, ""), *_of_classes(contest)]
    found = [OpenQuestion(path, line_of(lines, path), _blocked(contest, path)) for path in paths]
    return tuple(sorted(found, key=lambda question: question.line or 0))


def _of_classes(contest: Contest) -> Iterator[str]:
    for at, item in enumerate(contest.classes):
        for topic in item.undecided:
            yield f"classes[{at}].undecided.{topic}"


def _blocked(contest: Contest, path: str) -> tuple[Message, ...]:
    """What waits for the value at a path, once each."""
    found: list[Message] = []
    if CLASS.match(path):
        found += _blocked_by_class(path)
    elif (modules := MODULES.match(path)) is not None:
        found += _blocked_by_modules(contest, modules)
    elif (window := WINDOW.match(path)) is not None:
        found += _blocked_by_window(contest, window.group(1), window.group(2))
    elif path == "hosting.budget":
        found.append(Message(N_("the shares of the budget")))
    elif (profile := PROFILE.match(path)) is not None:
        found += _blocked_in_profile(contest, profile)
    return tuple({(one.text, str(one.params)): one for one in found}.values())


def _blocked_by_class(path: str) -> Iterator[Message]:
    topic = path.rpartition(".")[2]
    if topic == "eligibility":
        yield Message(N_("registration"))
    elif topic == "weights":
        yield Message(N_("the scoring of its events"))
    else:
        yield Message(N_("the awards of its events"))


def _blocked_by_modules(contest: Contest, match: re.Match[str]) -> Iterator[Message]:
    """Nothing is scored in a practical test whose modules are open; the rest of the stage goes on."""
    profile, stage, event, code = match.groups()
    if event is None:
        title = contest.profiles[int(profile)].stages[int(stage)].title
        yield Message(N_("the practical test of %(stage)s"), {"stage": title})
        return
    stages = contest.profile_of(contest.events[int(event)]).stages
    for one in stages:
        if one.code == code:
            yield Message(N_("the practical test of %(stage)s"), {"stage": one.title})


def _blocked_by_window(contest: Contest, number: str | None, name: str) -> Iterator[Message]:
    events = contest.events if number is None else (contest.events[int(number)],)
    codes = {event.profile for event in events}
    if number is None and contest.hosting is not None and contest.hosting.window == name:
        yield Message(N_("the applications of organisers"))
    for profile in contest.profiles:
        if profile.code not in codes:
            continue
        if name == REVIEW and (profile.review_levels or profile.organiser_confirms):
            yield Message(N_("the deadline of the review: without it nothing shows as overdue"))
        if profile.registration_window == name:
            yield Message(N_("registration"))
        if profile.learning is not None and profile.learning.window == name:
            yield Message(N_("learning"))
        for stage in profile.stages:
            if stage.window == name:
                yield Message(N_("the opening of %(stage)s"), {"stage": stage.title})


def _blocked_in_profile(contest: Contest, match: re.Match[str]) -> Iterator[Message]:
    profile, key = contest.profiles[int(match.group(1))], match.group(4)
    if match.group(2) is not None:
        stage = profile.stages[int(match.group(2))]
        if key == "attendance":
            yield Message(
                N_("asking who comes: until then whoever goes on to %(stage)s is in"), {"stage": stage.title}
            )
            return
        if key == "close_after_days":
            said = N_("the closing of the notice of %(stage)s: until then its list stays public")
            yield Message(said, {"stage": stage.title})
            return
        text = N_("the list of %(stage)s") if key in LISTS else N_("the opening of %(stage)s")
        yield Message(text, {"stage": stage.title})
    elif match.group(3) is not None:
        yield Message(N_("the award “%(award)s”"), {"award": profile.awards[int(match.group(3))].title})
    elif key == "learning.full_points":
        for stage in profile.stages:
            if any(component.key == "learning" for component in stage.components):
                yield Message(N_("the opening of %(stage)s"), {"stage": stage.title})
    elif key.startswith("learning."):
        yield Message(N_("learning"))


def _undecided(value: Any, path: str) -> Iterator[str]:
    if value == UNDECIDED:
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _undecided(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _undecided(item, f"{path}[{position}]")


def missing_to_open(contest: Contest, event: EventRules, stage: Stage) -> tuple[Message, ...]:
    """What must be decided before this stage can open; empty when nothing is missing.

    Who may enter and a window always; where learning counts, its window and the points that make 100; weights where the
    stage is scored here."""
    profile = contest.profile_of(event)
    found = []
    if contest.is_entry_open(event):
        found.append(Message(N_("who may enter")))
    if contest.window(event, stage.window) is None:
        found.append(Message(N_("the dates of %(stage)s"), {"stage": stage.title}))
    if stage.kind != "selection" and not stage.components:
        found.append(Message(N_("how %(stage)s is scored"), {"stage": stage.title}))
    if profile.learning and any(component.key == "learning" for component in stage.components):
        if contest.window(event, profile.learning.window) is None:
            found.append(Message(N_("the dates of learning")))
        if profile.learning.full_points is None:
            found.append(Message(N_("how many points make the full learning score")))
    return tuple(found)


def missing_to_promote(stage: Stage) -> tuple[Message, ...]:
    """What must be decided before a list of this stage can be made from its board and posted."""
    found = []
    if stage.quota_undecided:
        found.append(Message(N_("how many go on from %(stage)s"), {"stage": stage.title}))
    return (*found, *missing_to_post(stage))


def missing_to_post(stage: Stage) -> tuple[Message, ...]:
    """What must be decided before any list of this stage can be posted, one that was made outside too."""
    if stage.notice_working_days is None:
        return (Message(N_("how long the public notice of %(stage)s lasts"), {"stage": stage.title}),)
    return ()
