"""Issuing what a stage owes, as a host asks for it: batch by batch, with its progress, carried on after a crash."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from webapp.certificates.errors import IssuingRuns
from webapp.certificates.models import CertificateRun
from webapp.certificates.queries.reached import BATCH, owed_after, owed_count
from webapp.certificates.rules.award import needs_list
from webapp.certificates.service import turns
from webapp.certificates.service.asking import needed_points
from webapp.certificates.service.issuing import By, Place, awards_of, issue_due, issue_ranked
from webapp.contests.queries import StageView, stage_by_id
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
    awards = awards_of(stage)
    ranked = any(needs_list(award) for award in awards)
    snapshot_id = newest_final(stage.stage_id) if ranked else None
    total = sum(owed_count(stage.stage_id, code, needed) for code, needed in _due(stage))
    total += len(final_list(snapshot_id).rows) if snapshot_id else 0
    if not total:
        return 0
    made = CertificateRun(
        stage_id=stage.stage_id, snapshot_id=snapshot_id, total=total, asked_by_account_id=account_id, asked_at=now
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
            db.session.flush()
    except IntegrityError:
        raise IssuingRuns from None
    enqueue(Job.RUN_CERTIFICATES, run_id=made.id)
    return total


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
