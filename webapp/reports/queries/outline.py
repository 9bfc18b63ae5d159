"""What a contest's file says about its reports: events, industries, review levels, stages."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text

from webapp.contests import queries as contests
from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.schema import Contest
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.registration.rules.review import ORGANISER
from webapp.reports.rules import funnel
from webapp.reports.rules.funnel import StageName, Step

_CONTESTS = text("SELECT id, code, title, edition FROM contests WHERE id = ANY(:ids) ORDER BY id DESC")
_ALL_CONTESTS = text("SELECT id FROM contests ORDER BY id DESC")
_EVENTS = text(
    "SELECT id, contest_id, code, title, organiser_id, is_withdrawn FROM events WHERE contest_id = ANY(:ids)"
    " ORDER BY contest_id, position, id"
)
_STAGES = text(
    "SELECT s.id, s.event_id, s.code FROM stages s JOIN events e ON e.id = s.event_id WHERE e.contest_id = ANY(:ids)"
).bindparams(bindparam("ids"))


@dataclass(frozen=True)
class EventLine:
    """An event with what its file says. levels, stages: codes of its profile; industry '' where none is named.

    finished: points that finish learning; None: the file does not say."""

    event_id: int
    contest_id: int
    code: str
    title: Mapping[str, str]
    organiser_id: int | None
    is_withdrawn: bool
    industry: str
    finished: int | None
    levels: tuple[str, ...]
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Outline:
    """A contest as its reports see it."""

    contest_id: int
    code: str
    title: Mapping[str, str]
    edition: str
    events: tuple[EventLine, ...]
    steps: tuple[Step, ...]
    stages: Sequence[tuple[int, str]]
    """(id, code) of all stages of all events."""

    @property
    def industries(self) -> list[str]:
        return sorted({event.industry for event in self.events})

    def event(self, event_id: int) -> EventLine:
        """An event of the contest. raise (NotFound)."""
        for event in self.events:
            if event.event_id == event_id:
                return event
        raise NotFound


def contest_ids() -> list[int]:
    """Every contest, the newest first."""
    return list(db.session.scalars(_ALL_CONTESTS))


def outlines(ids: Sequence[int]) -> list[Outline]:
    """These contests, the newest first. Three statements, and one for a file that was not read yet."""
    events: dict[int, list[Any]] = {}
    for row in db.session.execute(_EVENTS, {"ids": list(ids)}):
        events.setdefault(row.contest_id, []).append(row)
    stages: dict[int, list[tuple[int, str]]] = {}
    of = {row.id: row.contest_id for rows in events.values() for row in rows}
    for row in db.session.execute(_STAGES, {"ids": list(ids)}):
        stages.setdefault(of[row.event_id], []).append((row.id, row.code))
    return [
        _outline(row, events.get(row.id, []), stages.get(row.id, []))
        for row in db.session.execute(_CONTESTS, {"ids": list(ids)}).all()
    ]


def outline(contest_id: int) -> Outline:
    """One contest. raise (NotFound)."""
    found = outlines([contest_id])
    if not found:
        raise NotFound
    return found[0]


def _outline(row: Any, events: Sequence[Any], stages: Sequence[tuple[int, str]]) -> Outline:
    rules = _rules(row.id)
    lines = tuple(_event(one, rules) for one in events)
    levels = _in_order([*(line.levels for line in lines if line.levels)])
    if any(line.levels for line in lines) and rules and any(one.organiser_confirms for one in rules.profiles):
        levels = [*levels, ORGANISER]
    steps = funnel.plan(levels, _stages(rules) if rules else ())
    return Outline(row.id, row.code, row.title, row.edition, lines, steps, tuple(stages))


def _rules(contest_id: int) -> Contest | None:
    """The rules of the contest's present file; None when it has none that can be read."""
    try:
        return contests.rules_of(contest_id)
    except (NotFound, ContestInvalid):
        return None


def _event(row: Any, rules: Contest | None) -> EventLine:
    known = {event.code: event for event in rules.events} if rules else {}
    said = known.get(row.code)
    if rules is None or said is None:
        return EventLine(
            row.id, row.contest_id, row.code, row.title, row.organiser_id, row.is_withdrawn, "", None, (), ()
        )
    profile = rules.profile_of(said)
    return EventLine(
        row.id, row.contest_id, row.code, row.title, row.organiser_id, row.is_withdrawn, said.industry.strip(),
        profile.learning.finished_points if profile.learning else None,
        (*profile.review_levels, *((ORGANISER,) if profile.organiser_confirms else ())),
        tuple(stage.code for stage in profile.stages),
    )  # fmt: skip


def _in_order(lists: Iterable[Sequence[str]]) -> list[str]:
    """All levels of several chains in one order that keeps each chain's own; the organiser is left out."""
    found: list[str] = []
    for levels in lists:
        at = 0
        for level in levels:
            if level == ORGANISER:
                continue
            if level in found:
                at = max(at, found.index(level) + 1)
            else:
                found.insert(at, level)
                at += 1
    return found


def _stages(rules: Contest) -> list[StageName]:
    """The stages of all profiles that are in use, each code once, as the first profile with it has it."""
    used = {event.profile for event in rules.events}
    found: dict[str, StageName] = {}
    for profile in rules.profiles:
        if profile.code not in used:
            continue
        before = ""
        for stage in profile.stages:
            title = {"zh": stage.title.zh, "en": stage.title.en}
            earlier = found.get(stage.code)
            if earlier is None:
                found[stage.code] = StageName(stage.code, title, before)
            elif before and not earlier.before:
                found[stage.code] = StageName(stage.code, earlier.title, before)
            before = stage.code
    return list(found.values())


def parameters(many: Sequence[Outline], steps: Sequence[Step]) -> dict[str, object]:
    """What the statement of facts.py is given for these contests and steps."""
    of = funnel.masks(steps)
    levels = [step.level for step in steps if step.level]
    return {
        "events": json.dumps(
            [
                {"id": e.event_id, "contest_id": e.contest_id, "industry": e.industry, "finished": e.finished}
                for one in many
                for e in one.events
            ]
        ),
        "stages": json.dumps(
            [
                {
                    "id": stage_id,
                    "ranked": of.get(funnel.ranked_in(code), of[funnel.RANKED]),
                    "place": of.get(funnel.place_in(code), of[funnel.CONFIRMED]),
                }
                for one in many
                for stage_id, code in one.stages
            ]
        ),
        "levels": levels,
        "level_masks": funnel.level_masks(steps),
        "registered": of[funnel.REGISTERED],
        "sent": of[funnel.SENT],
        "confirmed": of[funnel.CONFIRMED],
        "begun": of[funnel.LEARNING],
        "learned": of[funnel.LEARNED],
        "started": of[funnel.STARTED],
        "submitted": of[funnel.SUBMITTED],
        "awarded": of[funnel.AWARDED],
        "certified": of[funnel.CERTIFIED],
    }
