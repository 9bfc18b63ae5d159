"""Waking the certificates: whoever has a result now and has finished learning may be due for one."""

from collections.abc import Collection

from sqlalchemy import text

from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job

CERTIFICATE = "certificate"

# Ranked entries that have the points from which on learning is finished (or of a stage without learning).
_READY = text(
    """
    SELECT e.participation_id FROM standings s JOIN entries e ON e.id = s.entry_id
    WHERE s.stage_id = :stage_id AND s.entry_id = ANY(:entry_ids)
      AND coalesce(CAST(s.derivation #>> '{sources,learning,points}' AS numeric), :needed) >= :needed
    ORDER BY e.participation_id
    """
)


def wake_certificates(stage_id: int, entry_ids: Collection[int]) -> int:
    """Have certificates issued to those of these entries who may be due; return how many may be.

    Nothing where the contest's file names no certificate for finishing. Call it in the transaction that
    changed the standings."""
    needed = _needed(stage_by_id(stage_id))
    if needed is None or not entry_ids:
        return 0
    values = {"stage_id": stage_id, "entry_ids": list(entry_ids), "needed": needed}
    ready = db.session.scalars(_READY, values).all()
    if ready:
        enqueue(Job.ISSUE_DUE_CERTIFICATES, stage_id=stage_id, participation_ids=",".join(map(str, ready)))
    return len(ready)


def _needed(stage: StageView) -> int | None:
    """The points that a certificate of this stage asks for; 0: none. None: no certificate for finishing."""
    learning = stage.profile.learning
    found = [
        award.conditions
        for award in stage.profile.awards
        if award.kind == CERTIFICATE and award.stage == stage.code and award.conditions
    ]
    if not found:
        return None
    if all("learning" in conditions for conditions in found):
        return learning.finished_points if learning else None
    return 0
