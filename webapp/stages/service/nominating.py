"""Grassroots selection: who comes into a stage is decided outside and brought in as a workbook."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text

from webapp.accounts import queries as people
from webapp.audit.service import record
from webapp.contests import service as contests
from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.core.problems import Problem
from webapp.core.words import N_
from webapp.leaderboard.service.publishing import lock_board
from webapp.stages.errors import StepRefused, WindowPassed
from webapp.stages.formats.nominations import Nomination, problem
from webapp.stages.models import StageAdmission
from webapp.stages.queries.admissions import stage_before
from webapp.stages.rules.attendance import Origin
from webapp.stages.service.opening import SELECTION, NewPlace, give_places

_KNOWN = text(
    """
    SELECT e.id AS entry_id, p.number, p.person_id, a.id AS admission_id
    FROM participations p JOIN entries e ON e.participation_id = p.id
    LEFT JOIN stage_admissions a ON a.entry_id = e.id AND a.stage_id = :stage_id
    WHERE p.event_id = :event_id AND p.state = 'active' AND p.number = ANY(:numbers)
    """
)


def takes_nominations(stage: StageView) -> bool:
    """Whether the stage before is a selection outside, of which nothing is scored here."""
    before = stage_before(stage)
    return before is not None and before.rules.kind == SELECTION and not before.rules.components


def nominate(
    stage_id: int, rows: Sequence[Nomination], account_id: int | None, now: datetime
) -> tuple[int, tuple[Problem, ...]]:
    """Give a place to everybody of these lines who has none yet; all of them, or with any problem nobody.

    Return (how many are new, the problems). A line names an active contestant of the event by number, and the
    name has to agree. raise (StepRefused): no selection stands before; (WindowPassed): the stage is over."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    if not takes_nominations(stage):
        raise StepRefused
    contests.require_decided(stage_id)
    if stage.closes_at is not None and stage.closes_at <= now:
        raise WindowPassed
    values = {"stage_id": stage_id, "event_id": stage.event_id, "numbers": [one.number for one in rows]}
    known = {row.number: row for row in db.session.execute(_KNOWN, values)}
    cards = people.cards(row.person_id for row in known.values())
    problems = []
    for one in rows:
        row = known.get(one.number)
        if row is None:
            problems.append(problem(one, "unknown", N_("No contestant of this event has this number.")))
        elif cards[row.person_id].name != one.name:
            problems.append(problem(one, "other-name", N_("The name does not belong to this number.")))
    if problems:
        return 0, tuple(problems)
    fresh = [known[one.number].entry_id for one in rows if known[one.number].admission_id is None]
    last = db.session.scalar(
        select(func.coalesce(func.max(StageAdmission.position), 0)).where(StageAdmission.stage_id == stage_id)
    )
    chosen = [NewPlace(entry, Origin.NOMINATION, (last or 0) + at, None) for at, entry in enumerate(fresh, 1)]
    if chosen:
        give_places(stage, chosen, None, now)
        record("stage.nominate", "stage", stage_id, people=len(chosen), lines=len(rows), by=account_id)
    return len(chosen), ()
