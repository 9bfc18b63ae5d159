"""Having certificates issued in the background."""

from webapp.certificates.errors import ListMissing
from webapp.certificates.queries.reached import owed
from webapp.certificates.rules.award import needs_list
from webapp.certificates.service.issuing import awards_of
from webapp.contests.queries import StageView
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.leaderboard.queries.finals import newest_final


def ask_due(stage: StageView) -> int:
    """Have everything issued that a stage owes for finishing, in the caller's transaction; return how many
    people may be due for one."""
    learning = stage.profile.learning
    asked = 0
    for award in awards_of(stage):
        if needs_list(award):
            continue
        needed = (learning.finished_points if learning and "learning" in award.conditions else 0) or 0
        for ids in owed(stage.stage_id, award.code, needed):
            enqueue(
                Job.ISSUE_DUE_CERTIFICATES,
                stage_id=stage.stage_id,
                participation_ids=",".join(map(str, ids)),
            )
            asked += len(ids)
    return asked


def ask_ranked(stage: StageView, account_id: int) -> None:
    """Have the certificates by rank of the newest final list issued. raise (ListMissing)."""
    snapshot_id = newest_final(stage.stage_id)
    if snapshot_id is None:
        raise ListMissing
    enqueue(
        Job.ISSUE_STAGE_CERTIFICATES,
        stage_id=stage.stage_id,
        snapshot_id=snapshot_id,
        account_id=account_id,
    )
