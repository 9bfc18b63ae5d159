"""Background work of certificates. Every job takes ids and may run twice."""

from webapp.certificates.queries.reached import stages_with_results
from webapp.certificates.rules.award import needs_list
from webapp.certificates.service.asking import ask_due
from webapp.certificates.service.issuing import By, Place, awards_of, issue_due, issue_ranked
from webapp.contests.queries import stage_by_id
from webapp.core import clock
from webapp.core.outbox import enqueue
from webapp.core.queue import Job, job
from webapp.core.transaction import in_transaction, transaction
from webapp.leaderboard.queries.finals import closed_open_stages, final_list
from webapp.leaderboard.service.finals import freeze_final

BATCH = 500


@job(Job.ISSUE_DUE_CERTIFICATES)
def issue_due_certificates(stage_id: int, participation_ids: str) -> int:
    """Issue what these participations (ids with commas) have earned by finishing; return how many are new."""
    ids = [int(part) for part in participation_ids.split(",") if part]
    return sum(len(_due(stage_id, ids[start : start + BATCH])) for start in range(0, len(ids), BATCH))


@job(Job.ISSUE_STAGE_CERTIFICATES)
def issue_stage_certificates(stage_id: int, snapshot_id: int, account_id: int = 0) -> int:
    """Issue the certificates by rank of a final list; return how many are new. account_id 0: the program."""
    with transaction():
        found = final_list(snapshot_id)
    if found.stage_id != stage_id:
        raise ValueError(f"list {snapshot_id} belongs to another stage than {stage_id}")
    rows = [(row.entry_id, Place(row.rank, row.goes_on)) for row in found.rows]
    by = By(account_id=account_id or None, snapshot_id=snapshot_id)
    return sum(
        len(_ranked(stage_id, rows[start : start + BATCH], by)) for start in range(0, len(rows), BATCH)
    )


def _due(stage_id: int, ids: list[int]) -> list[int]:
    return in_transaction(lambda: issue_due(stage_id, ids, clock.now()))


def _ranked(stage_id: int, rows: list[tuple[int, Place]], by: By) -> list[int]:
    return in_transaction(lambda: issue_ranked(stage_id, rows, clock.now(), by))


def drive() -> None:
    """Have certificates issued that are due and were forgotten: their wake-up may have been lost."""
    with transaction():
        for stage_id in stages_with_results():
            ask_due(stage_by_id(stage_id))


def close_open_track() -> None:
    """Freeze the final list of open stages that are over, once, and have its certificates issued."""
    with transaction():
        over = closed_open_stages(clock.now())
    for stage_id in over:
        with transaction():
            stage = stage_by_id(stage_id)
            ranked = [award for award in awards_of(stage) if needs_list(award)]
            if ranked:
                last = max(award.rank_to for award in ranked)
                made = freeze_final(stage_id, last)
                enqueue(Job.ISSUE_STAGE_CERTIFICATES, stage_id=stage_id, snapshot_id=made.id)


PERIODIC = (
    ("certificates.drive", 300.0, drive),
    ("certificates.close_open_track", 60.0, close_open_track),
)
