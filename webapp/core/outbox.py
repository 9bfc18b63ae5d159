"""The transactional outbox: work to do commits with the change that causes it.

`add` writes a row; after the commit the rows are sent to RQ at once (fast path). Whatever that
misses (Redis gone, process killed) the clock process relays every few seconds. A job may run
twice; jobs are written for it.

Rows of gathered jobs stay here until the job has done them: `waiting` reads them, `done` closes them.
What is sent for them is only a wake-up."""

import logging
import sys
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, inspect, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import clock
from webapp.core.db import Base, db
from webapp.core.hot import hot_statement
from webapp.core.queue import GATHERED, Job, send

log = logging.getLogger(__name__)


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    job: Mapped[str]
    args: Mapped[dict[str, Any]]
    created_at: Mapped[clock.datetime] = mapped_column(server_default=text("clock_timestamp()"))
    sent_at: Mapped[clock.datetime | None]


def enqueue(job: Job, **args: int | str) -> None:
    """Have `job` run after the present transaction commits, with these JSON arguments."""
    session = db.session()
    row = OutboxRow(job=job.value, args=args)
    session.add(row)
    session.info.setdefault("outbox", []).append((row, job, args))


_SENT = "UPDATE outbox SET sent_at = %(at)s WHERE id = ANY(%(ids)s) RETURNING id"


def send_pending_of_session(session: Session) -> None:
    """Fast path after a commit: send the rows this session has just written, then mark them with one statement
    of its own. A crash between the two, or a relay at the same moment, sends twice and loses nothing."""
    rows: list[tuple[OutboxRow, Job, dict[str, Any]]] = session.info.pop("outbox", [])
    if not rows:
        return
    try:
        _wake({job for _row, job, _args in rows} & GATHERED)
        sent = [
            _send(row, job, args)
            for row, job, args in rows
            if job not in GATHERED and inspect(row).persistent  # not what a savepoint took back
        ]
        if sent:
            hot_statement(_SENT, {"at": clock.now(), "ids": sent})
    except Exception:
        # The row is the truth and Redis a hint: the clock process relays what stayed unsent.
        log.warning("could not send %d jobs now; the relay will: %s", len(rows), sys.exc_info()[1])


def _send(row: OutboxRow, job: Job, args: dict[str, Any]) -> int:
    """Send one committed row; its id, which is known without reading it again."""
    send(job, args)
    identity = inspect(row).identity
    assert identity is not None, "a persistent row has one"
    return int(identity[0])


def relay(older_than_s: float = 2.0, limit: int = 500) -> int:
    """Send rows that nobody sent. Return how many. Safe to run in several processes."""
    before = clock.now() - timedelta(seconds=older_than_s)
    late = (OutboxRow.sent_at.is_(None), OutboxRow.created_at < before)
    ids = db.session.scalars(
        select(OutboxRow.id).where(*late, OutboxRow.job.not_in(GATHERED)).order_by(OutboxRow.id).limit(limit)
    ).all()
    gathered = db.session.scalars(
        select(OutboxRow.job).where(*late, OutboxRow.job.in_(GATHERED)).distinct()
    ).all()
    db.session.rollback()
    _wake({Job(name) for name in gathered})
    return _send_rows(list(ids)) if ids else 0


@dataclass(frozen=True)
class Waiting:
    """One row of a gathered job that nobody has done yet."""

    id: int
    args: dict[str, Any]


def waiting(job: Job, after: int = 0, limit: int = 500) -> list[Waiting]:
    """What waits for a gathered job, oldest first, from the row after this id on."""
    rows = db.session.execute(
        select(OutboxRow.id, OutboxRow.args)
        .where(OutboxRow.job == job.value, OutboxRow.sent_at.is_(None), OutboxRow.id > after)
        .order_by(OutboxRow.id)
        .limit(limit)
    ).all()
    return [Waiting(row.id, row.args) for row in rows]


def done(ids: Collection[int]) -> None:
    """These rows of a gathered job need no further run."""
    db.session.execute(
        update(OutboxRow).where(OutboxRow.id.in_(ids)).values(sent_at=clock.now()),
        execution_options={"synchronize_session": False},
    )


def _wake(jobs: Collection[Job]) -> None:
    for name in jobs:
        send(name, {})


def _send_rows(ids: list[int]) -> int:
    """Send first, mark afterwards: a crash between the two sends twice, never loses."""
    session = db.session()
    rows = session.execute(
        select(OutboxRow.id, OutboxRow.job, OutboxRow.args)
        .where(OutboxRow.id.in_(ids), OutboxRow.sent_at.is_(None))
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        send(Job(row.job), row.args)
    session.execute(
        update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])).values(sent_at=clock.now()),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    return len(rows)
