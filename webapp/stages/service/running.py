"""Steps of large lists as runs: one row each, one transaction each, taken up anew when a worker is killed.

A run begins from nothing again after a crash: what it wrote was in one transaction, which nobody saw. How far it is stands in
the row meanwhile, written through a connection of its own."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal, acting
from webapp.accounts import queries as people
from webapp.core import clock, turns
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.hot import hot_statement
from webapp.core.outbox import enqueue
from webapp.core.problems import message_to_json
from webapp.core.progress import heard_by
from webapp.core.queue import Job
from webapp.stages.errors import ListAtWork, NoLongerAllowed
from webapp.stages.models import StageRun
from webapp.stages.queries import runs
from webapp.stages.queries.lists import head
from webapp.stages.rules.orders import TRIES, Kind, Order
from webapp.stages.service.ordering import By, Done, carry_out, close_open

EVERY_S = 0.5
"""How often a run writes down how far it is (p)."""

AGAIN_AFTER = timedelta(hours=1)
"""So long after the program's own run of a stage broke off it begins another (p)."""

_MANY = text("SELECT count(*) FROM entries e JOIN stages s ON s.event_id = e.event_id WHERE s.id = :stage_id")
# A hundred thousand lines on a busy machine: pages are given half a minute a statement and a minute between two.
_PATIENCE = text(
    "SET LOCAL statement_timeout = '120s'; SET LOCAL idle_in_transaction_session_timeout = '300s'"
)
_FAR = """
UPDATE stage_runs SET phase = %(phase)s, done = %(done)s, total = coalesce(%(total)s::bigint, total), beat_at = %(now)s
WHERE id = %(id)s AND worker = %(worker)s AND state = 'making' RETURNING id
"""


class TakenOver(Exception):
    """Another worker is at this run, or it was given up: what was done here is rolled back."""


def ask(order: Order, account_id: int | None, two_person: bool, now: datetime) -> bool:
    """Have a worker carry it out. False: the same person has asked for the same, and it is under way.

    raise (ListAtWork): something else of this stage is under way."""
    made = db.session.scalar(
        insert(StageRun)
        .values(
            stage_id=order.stage_id, kind=order.kind, payload=dict(order.payload), two_person=two_person,
            total=db.session.scalar(_MANY, {"stage_id": order.stage_id}) or 0, asked_by_account_id=account_id, asked_at=now,
        )
        .on_conflict_do_nothing(index_elements=["stage_id"], index_where=text("state = 'making'"))
        .returning(StageRun.id)
    )  # fmt: skip
    if made is not None:
        enqueue(Job.RUN_LIST, run_id=made)
        return True
    other = runs.under_way(order.stage_id)
    if other is not None and (other.kind, other.asked_by_account_id) == (order.kind, account_id):
        return False
    refuse_beside(order.stage_id)
    return ask(order, account_id, two_person, now)  # it has ended in between


def refuse_beside(stage_id: int) -> None:
    """Nothing else is done with a list while a run is at it. raise (ListAtWork)."""
    other = runs.under_way(stage_id)
    if other is not None:
        raise ListAtWork(what=other.words, since=other.asked_at)


def begin(run_id: int, token: str) -> bool:
    """Note that a worker begins; False: too many have begun it and none has finished, it is given up."""
    row = turns.held(StageRun, run_id, token)
    if row is None:
        return False
    if row.tries >= TRIES:
        row.state, row.finished_at = "failed", clock.now()
        return False
    row.tries += 1
    return True


def work(run_id: int, token: str, now: datetime) -> None:
    """Carry a run out, in the caller's transaction, which also notes that it is done.

    raise (TakenOver); (DomainError): it is refused."""
    db.session.execute(_PATIENCE)
    row = db.session.get_one(StageRun, run_id)
    order = Order(Kind(row.kind), row.stage_id, row.payload)
    with heard_by(_noting(run_id, token)):
        if order.kind is Kind.CLOSE:
            made = close_open(order.stage_id, now)
        else:
            made = _for(_asker(order, row.asked_by_account_id), order, row.two_person, now)
    mine = turns.held(StageRun, run_id, token)
    if mine is None:
        raise TakenOver
    mine.state, mine.finished_at, mine.done = "done", clock.now(), mine.total
    mine.waits, mine.count = made.waits, made.count


def refuse(run_id: int, token: str, why: DomainError, now: datetime) -> None:
    """Note why it could not be done, to be read in anybody's language."""
    row = turns.held(StageRun, run_id, token)
    if row is not None:
        row.state, row.finished_at, row.refusal = "refused", now, message_to_json(why.message)


def fail(run_id: int, token: str, now: datetime) -> None:
    """Note that it broke off."""
    row = turns.held(StageRun, run_id, token)
    if row is not None:
        row.state, row.finished_at = "failed", now


def let_go(run_id: int, token: str) -> None:
    """Leave it to another worker: the database did not answer, or somebody else was at the list."""
    row = turns.held(StageRun, run_id, token)
    if row is not None:
        row.worker = ""


def has_tried(stage_id: int, now: datetime) -> bool:
    """Whether the program has begun a run of this stage lately."""
    return bool(
        db.session.scalar(
            select(StageRun.id)
            .where(
                StageRun.stage_id == stage_id,
                StageRun.kind == Kind.CLOSE,
                StageRun.asked_at > now - AGAIN_AFTER,
            )
            .limit(1)
        )
    )


def _asker(order: Order, account_id: int | None) -> Principal:
    """Who asked, with the roles held now. raise (NoLongerAllowed)."""
    who = people.principal_of_account(account_id) if account_id is not None else None
    found = head(order.stage_id)
    if who is None or found is None or not found.allows(who, order.kind.permission):
        raise NoLongerAllowed
    return who


def _for(who: Principal, order: Order, two_person: bool, now: datetime) -> Done:
    with acting(who):
        done = carry_out(order, By(who, now, two_person))
        db.session.flush()
    return done


def _noting(run_id: int, token: str) -> Callable[[str, int, int | None], None]:
    """Writes how far it is, now and then. It raises TakenOver when the run is no longer this worker's."""
    before = ("", float("-inf"))

    def note(phase: str, done: int, total: int | None) -> None:
        nonlocal before
        at = time.monotonic()
        if phase == before[0] and at < before[1] + EVERY_S:
            return
        before = (phase, at)
        values = {
            "id": run_id,
            "worker": token,
            "phase": phase,
            "done": done,
            "total": total,
            "now": clock.now(),
        }
        if hot_statement(_FAR, values) is None:
            raise TakenOver

    return note
