"""What the host has yet to decide, and what cannot go on until then."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from webapp.contests.rules.places import line_index, line_of
from webapp.contests.rules.reader import UNDECIDED
from webapp.contests.rules.schema import Contest, EventRules, Stage
from webapp.core.words import N_, Message


@dataclass(frozen=True)
class OpenQuestion:
    """A value that a definition leaves open. path: for example events[3].windows.final."""

    path: str
    line: int | None


def open_questions(text: str) -> tuple[OpenQuestion, ...]:
    """Every value of a definition that reads "undecided", in the order of the file. The text is valid."""
    lines = line_index(text)
    return tuple(OpenQuestion(path, line_of(lines, path)) for path in _undecided(tomllib.loads(text), ""))


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
    """What must be decided before a list of this stage can be made and posted."""
    found = []
    if stage.quota_undecided:
        found.append(Message(N_("how many go on from %(stage)s"), {"stage": stage.title}))
    if stage.notice_working_days is None:
        found.append(Message(N_("how long the public notice of %(stage)s lasts"), {"stage": stage.title}))
    return tuple(found)
