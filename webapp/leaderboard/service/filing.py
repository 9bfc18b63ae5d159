"""The one door for scores that people make: practical tests, and what is carried over from a stage before."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.audit.service import record
from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.leaderboard.errors import ComponentNotFiled, ScoreOutside, ScoresOfOthers
from webapp.leaderboard.queries.inputs import EXAM_COMPONENT, LEARNING_COMPONENT, Inputs
from webapp.leaderboard.service.combining import BATCH, store_components

_STRANGERS = text(
    """
    SELECT count(*) FROM unnest(CAST(:ids AS bigint[])) AS given(id)
    LEFT JOIN participations p ON p.id = given.id AND p.event_id = :event_id
    WHERE p.id IS NULL
    """
)


def file_scores(
    stage_id: int, component: str, scores: Mapping[int, Decimal], source: Mapping[str, Any]
) -> int:
    """File one component of a stage for these participations, and have them combined; return how many.

    scores: participation -> 0-100, kept with four places. source: what they were made from (JSON values), the
    same for all. Nothing is overwritten: another score or source is a new version, the newest counts; the same
    again writes nothing. raise (ComponentNotFiled): the stage does not count it, or it is computed here;
    (ScoreOutside); (ScoresOfOthers): a participation of another event; (NotFound): no such stage."""
    stage = stage_by_id(stage_id)
    if component not in filed_components(stage):
        raise ComponentNotFiled(component=component)
    for score in scores.values():
        if not 0 <= score <= 100:
            raise ScoreOutside(score=str(score))
    ids = sorted(scores)
    strangers = db.session.scalar(_STRANGERS, {"ids": ids, "event_id": stage.event_id})
    if strangers:
        raise ScoresOfOthers(count=strangers)
    if not ids:
        return 0
    four = Decimal("0.0001")
    store_components(
        stage_id, {key: Inputs({component: scores[key].quantize(four)}, {component: source}) for key in ids}
    )
    for start in range(0, len(ids), BATCH):
        batch = ",".join(map(str, ids[start : start + BATCH]))
        enqueue(Job.COMBINE_SCORES, stage_id=stage_id, participation_ids=batch)
    record("scores.file", "stage", stage_id, component=component, people=len(ids))
    return len(ids)


def filed_components(stage: StageView) -> frozenset[str]:
    """The components of a stage that people file: those that neither the ledger nor an exam here makes."""
    made_here = {LEARNING_COMPONENT} | ({EXAM_COMPONENT} if stage.rules.exam else set())
    return frozenset(part.key for part in stage.rules.components) - made_here
