"""Issuing what a stage owes, because a host asks for it or its list became final: batch by batch, with its progress,
carried on after a crash."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.certificates.errors import IssuingRuns
from webapp.certificates.models import CertificateRun
from webapp.certificates.queries.reached import BATCH, owed_after, owed_count
from webapp.certificates.rules.award import needs_list
from webapp.certificates.service.asking import needed_points
from webapp.certificates.service.issuing import By, Place, awards_of, issue_due, issue_ranked
from webapp.contests.queries import StageView, stage_by_id
from webapp.core import turns
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.leaderboard.queries.finals import final_list, newest_final


@dataclass(frozen=True)
class Work:
    """What a run has to do: a phase for each award for finishing (code, learning points), then the rows of the list."""

    run_id: int
    stage_id: int
    due: tuple[tuple[str, int], ...]
    rows: tuple[tuple[int, Place], ...]
    by: By


def ask_run(stage: StageView, account_id: int, now: datetime) -> int:
    """Have everything issued that a stage owes at present; return how many people are looked at, 0: nothing is due.

    raise (IssuingRuns): it is under way."""
    ranked = any(needs_list(award) for award in awards_of(stage))
    snapshot_id = newest_final(stage.stage_id) if ranked else None
    total = _total(stage, snapshot_id)
    if total and not _begin(stage.stage_id, snapshot_id, total, account_id, now):
        raise IssuingRuns
    return total


def follow_list(stage_id: int, snapshot_id: int, account_id: int | None, now: datetime) -> None:
    """A list of a stage is final: have everything issued that the stage owes by it, in the caller's transaction.

    account_id None: the program. An issuing that is under way begins anew by this list: who has a certificate gets no other.
    raise (ValueError): the list is of another stage."""
    if final_list(snapshot_id).stage_id != stage_id:
        raise ValueError(f"list {snapshot_id} belongs to another stage than {stage_id}")
    total = _total(stage_by_id(stage_id), snapshot_id)
    if not total or _begin(stage_id, snapshot_id, total, account_id, now):
        return
    row = db.session.scalars(
        select(CertificateRun)
        .where(CertificateRun.stage_id == stage_id, CertificateRun.state == "making")
        .with_for_update()
    ).one_or_none()
    if row is None:  # it has ended in between
        follow_list(stage_id, snapshot_id, account_id, now)
        return
    row.snapshot_id, row.total, row.worker = snapshot_id, total, ""
    row.phase = row.position = row.done = 0
    enqueue(Job.RUN_CERTIFICATES, run_id=row.id)


def _total(stage: StageView, snapshot_id: int | None) -> int:
    """How many people are looked at."""
    owed = sum(owed_count(stage.stage_id, code, needed) for code, needed in _due(stage))
    return owed + (len(final_list(snapshot_id).rows) if snapshot_id else 0)


def _begin(stage_id: int, snapshot_id: int | None, total: int, account_id: int | None, now: datetime) -> bool:
    """False: one is under way."""
    run_id = db.session.scalar(
        insert(CertificateRun)
        .values(stage_id=stage_id, snapshot_id=snapshot_id, total=total, asked_by_account_id=account_id, asked_at=now)
        .on_conflict_do_nothing(index_elements=["stage_id"], index_where=text("state = 'making'"))
        .returning(CertificateRun.id)
    )  # fmt: skip
    if run_id is not None:
        enqueue(Job.RUN_CERTIFICATES, run_id=run_id)
    return run_id is not None


def work_of(run_id: int) -> Work:
    """What a run has to do; its list is read once."""
    row = db.session.get_one(CertificateRun, run_id)
    rows = final_list(row.snapshot_id).rows if row.snapshot_id else ()
    return Work(
        run_id,
        row.stage_id,
        tuple(_due(stage_by_id(row.stage_id))),
        tuple((one.entry_id, Place(one.rank, one.goes_on)) for one in rows),
        By(account_id=row.asked_by_account_id, snapshot_id=row.snapshot_id),
    )


def step(work: Work, token: str, now: datetime) -> bool:
    """Look at the next batch; False: all are done, or another worker is at it."""
    row = turns.held(CertificateRun, work.run_id, token)
    if row is None:
        return False
    row.beat_at = now
    if row.phase < len(work.due):
        _step_due(work, row, now)
        return True
    batch = work.rows[row.position : row.position + BATCH]
    if not batch:
        row.state, row.finished_at, row.done = "done", now, row.total
        return False
    row.issued += len(issue_ranked(work.stage_id, batch, now, work.by))
    row.position += len(batch)
    row.done = min(row.total, row.done + len(batch))
    return True


def _step_due(work: Work, row: CertificateRun, now: datetime) -> None:
    ids = owed_after(work.stage_id, *work.due[row.phase], row.position)
    if ids:
        row.issued += len(issue_due(work.stage_id, ids, now))
        row.position = ids[-1]
        row.done = min(row.total, row.done + len(ids))
    else:
        row.phase, row.position = row.phase + 1, 0


def _due(stage: StageView) -> list[tuple[str, int]]:
    return [(award.code, needed_points(stage, award)) for award in awards_of(stage) if not needs_list(award)]
