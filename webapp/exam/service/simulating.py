"""What the papers of an event's exam would be like, before anything is opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.banks import queries as banks
from webapp.contests import queries as contests
from webapp.contests.queries import EventView
from webapp.contests.rules.blueprint import Blueprint
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.errors import PoolTooSmall
from webapp.exam.models import PaperSimulation
from webapp.exam.queries.analyses import measured_facilities
from webapp.exam.queries.plans import pool, with_tree
from webapp.exam.rules.draw import PoolQuestion
from webapp.exam.rules.simulation import (
    PAPERS,
    CellSupply,
    Simulated,
    Simulation,
    cell_supplies,
    digest_of,
    simulated_from_json,
    simulated_to_json,
)
from webapp.exam.service.exams import left_out

LEAST_ATTEMPTS = 30
"""From so many attempts on, how a question did says more than its label."""
LOST_AFTER = timedelta(minutes=20)
"""A job takes ten minutes at most: what was asked for so long ago and not made has lost its job."""

_PROGRESS = text("UPDATE paper_simulations SET done = :done, total = :total WHERE event_id = :event_id")


@dataclass(frozen=True)
class Design:
    """The exam that the contest file asks for, and the questions in force that it may draw from.

    left_out: how many of them stood on too many earlier papers. blueprint: None when the event has no online exam. pool is empty without an approved bank version."""

    event_id: int
    contest_id: int
    event_title: dict[str, str]
    contest_title: dict[str, str]
    blueprint: Blueprint | None
    pool: tuple[PoolQuestion, ...]
    left_out: int
    has_bank: bool

    @property
    def cells(self) -> tuple[CellSupply, ...]:
        return cell_supplies(self.blueprint, self.pool) if self.blueprint else ()

    @property
    def digest(self) -> str:
        return digest_of(self.blueprint, self.pool) if self.blueprint else ""


@dataclass(frozen=True)
class Kept:
    """A simulation that was asked for. found: what came out, None until then; is_outdated: blueprint, bank or the
    questions left out have changed since."""

    done: int
    total: int
    is_waiting: bool
    made_at: datetime | None
    found: Simulated | None
    is_outdated: bool


def design_of(event_id: int, now: datetime) -> Design:
    """What the contest file says. raise (NotFound): no such event."""
    event = contests.event_by_id(event_id, now)
    stage = event.online_stage
    blueprint = contests.rules_of(event.contest_id).blueprint(event.rules, stage) if stage else None
    return design_for(event, blueprint)


def design_for(event: EventView, blueprint: Blueprint | None) -> Design:
    """Any blueprint for an event, against the bank that it names."""
    event_id = event.event_id
    version_id = banks.approved_version_id(blueprint.bank) if blueprint else None
    gone, questions = frozenset[int](), tuple[PoolQuestion, ...]()
    if blueprint is not None and version_id is not None:
        gone = frozenset(left_out(event_id, version_id, blueprint))
        blueprint = with_tree(blueprint, version_id)
        questions = pool(version_id, blueprint.with_below(blueprint.topics))
    return Design(
        event_id=event_id,
        contest_id=event.contest_id,
        event_title=event.title,
        contest_title=event.contest_title,
        blueprint=blueprint,
        pool=tuple(question for question in questions if question.version_id not in gone),
        left_out=len(gone),
        has_bank=version_id is not None,
    )


def kept_of(design: Design, now: datetime) -> Kept | None:
    """What was asked for an event, None when nobody has."""
    row = db.session.scalars(
        select(PaperSimulation).where(PaperSimulation.event_id == design.event_id)
    ).one_or_none()
    if row is None:
        return None
    return Kept(
        done=row.done,
        total=row.total,
        is_waiting=(row.made_at is None or row.made_at < row.asked_at) and row.asked_at > now - LOST_AFTER,
        made_at=row.made_at,
        found=simulated_from_json(row.report) if row.report else None,
        is_outdated=bool(row.digest) and row.digest != design.digest,
    )


def ask_simulation(design: Design, at: datetime, is_draft: bool = False) -> None:
    """Have PAPERS papers drawn in the background, of the contest file's exam or of the draft that was saved. An
    event keeps one simulation: its digest tells what it was made from. raise (PoolTooSmall): none can be drawn."""
    missing = sum(one.missing for one in design.cells)
    if missing or not design.cells:
        raise PoolTooSmall(missing=missing)
    asked = insert(PaperSimulation).values(event_id=design.event_id, asked_at=at, total=PAPERS)
    again = {"asked_at": at, "done": 0, "total": PAPERS}
    db.session.execute(asked.on_conflict_do_update(index_elements=["event_id"], set_=again))
    enqueue(Job.SIMULATE_PAPERS, event_id=design.event_id, is_draft=is_draft)


def begin_simulation(design: Design) -> Simulation | None:
    """Nothing drawn yet; None when the event has no online exam."""
    if design.blueprint is None:
        return None
    measured = measured_facilities([question.version_id for question in design.pool], LEAST_ATTEMPTS)
    return Simulation(design.blueprint, design.pool, measured)


def note_papers(design: Design, simulation: Simulation) -> None:
    """How far it is, for the page."""
    progress = {"event_id": design.event_id, "done": len(simulation), "total": PAPERS}
    db.session.execute(_PROGRESS, progress)


def keep_simulation(design: Design, simulation: Simulation, at: datetime) -> None:
    """Keep what came out instead of an earlier simulation."""
    found = simulation.result()
    kept = db.session.get_one(PaperSimulation, design.event_id)
    kept.report = simulated_to_json(found) if found else {}
    kept.digest = design.digest
    kept.done = kept.total = len(simulation)
    kept.made_at = at
