"""Sitting: papers are drawn, opened, written and handed in; some never start, some never hand in."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from webapp.contests.queries import StageView
from webapp.contests.rules.undecided import missing_to_open
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.queue import Job
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.plans import Plan, plan
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.exam.rules.grading import MarkedQuestion
from webapp.exam.rules.invented import answer_for
from webapp.exam.rules.saving import Item
from webapp.exam.service import hot, opening
from webapp.exam.service.papers import paper_for
from webapp.exam.service.submitting import submit_with_key
from webapp.operations.rules.readiness import in_english
from webapp.rehearsal.people import Contestant, Trait, contestants
from webapp.rehearsal.play import EventPlay, Play, StepReport

SAVES = 5
A_SAVE = 6
"""Without --full somebody saves five times six answers, with it one answer at a time until all are given."""
BEFORE = timedelta(hours=1)
AFTER = timedelta(minutes=5)

_PAPERS = text(
    "SELECT a.id, a.participation_id, a.paper, a.sections, a.option_seed FROM attempts a"
    " WHERE a.exam_id = :exam_id"
)
_PAPER = text(
    "SELECT id, participation_id, paper, sections, option_seed FROM attempts WHERE id = :attempt_id"
)


@dataclass(frozen=True)
class Desk:
    """What everybody in one exam shares. keys: of every question that may be drawn."""

    exam_id: int
    plan: Plan
    keys: Mapping[int, MarkedQuestion]


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """Open the stage's exam an hour before, have papers drawn, and let everybody write."""
    if stage is None:
        return None
    report = StepReport("sitting", stage.code, event.code)
    missing = missing_to_open(play.contest, event.rules, stage.rules)
    if missing:
        words = ", ".join(in_english(one) for one in missing)
        report.problems.append(
            f"{event.code}/{stage.code}: the stage cannot open, nobody has decided {words}"
        )
        report.facts = {"stopped": True}
        return report
    if stage.rules.exam is None:
        return None
    if stage.opens_at is None or stage.closes_at is None:
        report.problems.append(f"{event.code}/{stage.code}: no window")
        return report
    first, last = hours(play, event, stage)
    at = play.travel(first - BEFORE)
    try:
        with transaction():
            exam_id = opening.open_for_stage(stage.stage_id, at)
    except DomainError as error:
        report.problems.append(f"{event.code}/{stage.code}: the exam cannot open: {error}")
        return report
    if event.profile.track == "competition":
        jobs.draw_papers(exam_id)
    people = entered(play, event, stage)
    report.people_in = len(people)
    desk = _desk(exam_id)
    papers = {row.participation_id: row for row in db.session.execute(_PAPERS, {"exam_id": exam_id})}
    db.session.rollback()
    length = timedelta(seconds=desk.plan.blueprint.duration_s)
    for number, one in enumerate(people):
        start = first + (last - length - first) * (number / max(1, len(people)))
        if one.invented.trait is Trait.NEVER_STARTS:
            continue
        _sit(play, event, stage, desk, one, papers.get(one.participation_id), start)
        report.people_out += 1
    report.facts = {"papers": len(papers)}
    play.drop(Job.GRADE_PENDING)
    return report


def hours(play: Play, event: EventPlay, stage: StageView) -> tuple[datetime, datetime]:
    """From when to when people write: the whole window, its last half where registration shares it."""
    assert stage.opens_at is not None
    assert stage.closes_at is not None
    registration = play.contest.registration(event.rules)
    if registration is not None and registration.closes_at > stage.opens_at:
        return stage.opens_at + (stage.closes_at - stage.opens_at) / 2, stage.closes_at
    return stage.opens_at, stage.closes_at


def entered(play: Play, event: EventPlay, stage: StageView) -> list[Contestant]:
    """Who takes part in the stage: in a later one those with a place."""
    people = [one for one in contestants(play, event) if one.is_active and one.participation_id is not None]
    placed = set(db.session.scalars(_PLACED, {"stage_id": stage.stage_id}))
    db.session.rollback()
    if event.stages[0].stage_id == stage.stage_id:
        return people
    return [one for one in people if one.participation_id in placed]


_PLACED = text(
    "SELECT e.participation_id FROM stage_admissions a JOIN entries e ON e.id = a.entry_id"
    " WHERE a.stage_id = :stage_id AND a.state IN ('confirmed', 'admitted')"
)


def _desk(exam_id: int) -> Desk:
    frozen = plan(exam_id)
    keys = marked_questions([question.version_id for question in frozen.pool], exam_id)
    return Desk(exam_id, frozen, keys)


def _sit(
    play: Play, event: EventPlay, stage: StageView, desk: Desk, one: Contestant, row: Any, start: datetime
) -> None:
    """One person's paper: started, saved in parts, handed in; who never hands in leaves it to the sweeper."""
    is_twin = one.invented.trait is Trait.TWIN
    chance = play.chance("sitting", stage.code, "twins" if is_twin else one.invented.serial, event.code)
    play.travel(start)
    if row is None:  # the open track draws when somebody starts
        with transaction():
            attempt_id = paper_for(desk.exam_id, one.participation_id or 0).attempt_id
        row = db.session.execute(_PAPER, {"attempt_id": attempt_id}).one()
        db.session.rollback()
    running = hot.start(row.id, one.person_id, "rehearsal", start)
    used = timedelta(seconds=round(desk.plan.blueprint.duration_s * chance.uniform(0.35, 0.95)))
    items = _answers(desk, row, one.invented.skill, chance, play.full)
    size = 1 if play.full else A_SAVE
    for at in range(0, len(items), size):
        when = play.travel(start + used * ((at + size) / (len(items) + 2 * size)))
        hot.save(row.id, one.person_id, running.lease, items[at : at + size], when)
    if one.invented.trait is Trait.NEVER_SUBMITS:
        return
    end = play.travel(start + used)
    with transaction():
        submit_with_key(row.id, one.person_id, one.account_id, running.lease, f"rehearsal-{row.id}", end)


def _answers(desk: Desk, row: Any, skill: float, chance: random.Random, is_full: bool) -> list[Item]:
    """What somebody sends. Which places are answered, and which rightly, follows from the dice alone: the paper is
    drawn from a secret that no two rehearsals share."""
    count = len(row.paper)
    places = (
        list(range(count)) if is_full else sorted(chance.sample(range(count), min(count, SAVES * A_SAVE)))
    )
    rights = [chance.random() < skill for _ in places]
    found = []
    for slot, is_right in zip(places, rights, strict=True):
        question = desk.keys[row.paper[slot]]
        section = desk.plan.blueprint.sections[row.sections[slot]]
        order = option_order(
            bytes(row.option_seed), slot, len(question.public.options), shuffle=shuffles_options(section)
        )
        found.append(Item(slot, 1, answer_for(question, order, is_right, random.Random(slot))))  # noqa: S311 - invented
    return found


def close(play: Play, events: Sequence[EventPlay], stage: int) -> StepReport | None:
    """The sweeper closes what nobody handed in, once the windows of the stage are over in all events."""
    over = [
        event.stages[stage].closes_at
        for event in events
        if stage < len(event.stages) and event.stages[stage].rules.exam is not None
    ]
    ends = [at for at in over if at is not None]
    if not ends:
        return None
    play.travel(max(ends) + AFTER)
    closed = jobs.sweep_expired()
    play.drop(Job.GRADE_PENDING)
    return StepReport("closing", events[0].stages[stage].code, "", people_in=closed, people_out=closed)
