"""Having certificates issued in the background."""

from webapp.certificates.queries.reached import owed
from webapp.certificates.rules.award import needs_list
from webapp.certificates.service.issuing import awards_of
from webapp.contests.queries import StageView
from webapp.contests.rules.schema import Award
from webapp.core.outbox import enqueue
from webapp.core.queue import Job


def ask_due(stage: StageView) -> None:
    """Have everything issued that a stage owes for finishing, in the caller's transaction."""
    for award in awards_of(stage):
        if needs_list(award):
            continue
        for ids in owed(stage.stage_id, award.code, needed_points(stage, award)):
            enqueue(
                Job.ISSUE_DUE_CERTIFICATES,
                stage_id=stage.stage_id,
                participation_ids=",".join(map(str, ids)),
            )


def needed_points(stage: StageView, award: Award) -> int:
    """The learning points without which nobody is due for an award for finishing."""
    learning = stage.profile.learning
    return (learning.finished_points if learning and "learning" in award.conditions else 0) or 0
