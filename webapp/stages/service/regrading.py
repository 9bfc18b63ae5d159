"""Nothing is posted that a second computation has not confirmed: every paper, every sum, every place."""

from datetime import datetime

from sqlalchemy import select, text

from webapp.audit.service import record
from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.exam.service.regrading import regrade_check
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.stages.errors import StepRefused
from webapp.stages.models import StageList, StageRegrade
from webapp.stages.queries.evidence import evidence_of, sum_rules
from webapp.stages.queries.lists import pinned_rules
from webapp.stages.rules.second_sum import differences, second_result
from webapp.stages.rules.states import ListState
from webapp.stages.service.freezing import move
from webapp.stages.service.rechecking import working_list

MOST_KEPT = 500
"""Differences that are written down; more would only repeat them."""

_LEFT = text(
    "SELECT number FROM participations"
    " WHERE event_id = :event_id AND number = ANY(:numbers) AND state <> 'active'"
)


def ask(stage_id: int, account_id: int | None, now: datetime) -> int:
    """Have a worker compute the list a second time; return the run. raise (StepRefused): not re-checked yet."""
    one = working_list(stage_id)
    if one.is_nominated or one.state not in {ListState.RECHECKED, ListState.REGRADED}:
        raise StepRefused
    run = StageRegrade(list_id=one.id, asked_by_account_id=account_id, asked_at=now)
    db.session.add(run)
    db.session.flush()
    enqueue(Job.REGRADE_STAGE, regrade_id=run.id)
    record("list.regrade.ask", "stage", stage_id, list_id=one.id, regrade_id=run.id)
    return run.id


def regrade(regrade_id: int, now: datetime) -> bool:
    """Compute every paper, learning score, combined score and place of a list anew and compare with what was
    frozen; write down what differs. Return whether all agrees. A finished run is left as it is."""
    run = db.session.scalars(
        select(StageRegrade).where(StageRegrade.id == regrade_id).with_for_update()
    ).one()
    one = db.session.scalars(select(StageList).where(StageList.id == run.list_id).with_for_update()).one()
    if run.finished_at is not None:
        return not run.differences and not run.waiting
    stage = stage_by_id(one.stage_id)
    papers = regrade_check(one.stage_id)
    found = [
        ["paper", str(one.attempt_id), str(one.stored_score), str(one.second_score)]
        for one in papers.differences
    ]
    results, sums = _second_sums(stage, one)
    found += sums
    run.papers, run.waiting, run.results = papers.checked, papers.waiting, results
    run.differences = found[:MOST_KEPT]
    run.finished_at = now
    agrees = not found and not papers.waiting
    if agrees and one.state == ListState.RECHECKED:
        move(one, ListState.REGRADED)
    elif not agrees and one.state == ListState.REGRADED:
        move(one, ListState.RECHECKED)
    record(
        "list.regrade", "stage", one.stage_id, list_id=one.id, regrade_id=run.id, papers=run.papers,
        results=results, differences=len(found), waiting=run.waiting, agrees=agrees,
    )  # fmt: skip
    return agrees


def _second_sums(stage: StageView, one: StageList) -> tuple[int, list[list[str]]]:
    contest, rules = pinned_rules(one, stage)
    how = sum_rules(contest, stage, rules)
    second = [made for each in evidence_of(stage, rules) if (made := second_result(each, how)) is not None]
    frozen = rows_by_id(one.snapshot_id)
    # Who left after the freeze is no longer among the people; the promotion takes them off by itself.
    here = {each.number for each in second}
    left = _left_since(stage, {str(row["number"]) for row in frozen} - here)
    stated = [row for row in frozen if row["number"] not in left]
    ranked_again = not left
    found = differences(stated, second, how.display)
    return len(second), [
        ["result", f"{each.number} {each.what}".strip(), each.stated, each.computed]
        for each in found
        if ranked_again or each.what != "rank"
    ]


def _left_since(stage: StageView, numbers: set[str]) -> set[str]:
    """Of these contestant numbers, those whose participation is no longer active."""
    return set(db.session.scalars(_LEFT, {"event_id": stage.event_id, "numbers": list(numbers)}))
