"""Who comes: answers, silence, and substitutes who are asked one by one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text, update

from webapp.audit.service import record
from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.core.errors import DomainError
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.leaderboard.service.publishing import lock_board
from webapp.stages.errors import ListMissing, NobodyChosen, NothingToEnd, PlaceSettled, ReasonNeeded
from webapp.stages.models import StageAdmission
from webapp.stages.queries.admissions import seats
from webapp.stages.queries.candidates import outcome
from webapp.stages.queries.struck import begun_entries, struck_entries
from webapp.stages.rules.attendance import Admission, Origin, Step, may_answer, next_step
from webapp.stages.service import inviting
from webapp.stages.service.opening import NewPlace, give_places, list_before, prepare_late

_OWN = text(
    """
    SELECT e.id FROM entries e JOIN participations p ON p.id = e.participation_id
    JOIN stages st ON st.event_id = e.event_id
    WHERE st.id = :stage_id AND p.person_id = :person_id AND p.state = 'active'
    """
)
_LOCK_SHEETS = text(
    """
    SELECT s.attempt_id FROM sheets s JOIN exams x ON x.id = s.exam_id JOIN entries e ON e.participation_id = s.participation_id
    WHERE x.stage_id = :stage_id AND x.kind = 'formal' AND e.id = ANY(:entries) ORDER BY s.attempt_id FOR UPDATE OF s
    """
)
_NUMBER = text(
    "SELECT p.number FROM entries e JOIN participations p ON p.id = e.participation_id WHERE e.id = :id"
)
_DUE = text(
    """
    SELECT DISTINCT a.stage_id FROM stage_admissions a JOIN stages st ON st.id = a.stage_id
    JOIN entries e ON e.id = a.entry_id JOIN participations p ON p.id = e.participation_id
    WHERE st.opens_at > :now
      AND ((a.state = 'invited' AND a.answer_by <= :now)
           OR (a.state IN ('invited', 'confirmed', 'admitted') AND p.state <> 'active'))
    ORDER BY a.stage_id
    """
)


def answer_own(
    stage_id: int, person_id: int, comes: bool, reason: str, account_id: int | None, now: datetime
) -> Admission:
    """A contestant says whether he comes. raise as `answer`; (ListMissing): no place in this stage."""
    entry_id = db.session.scalar(_OWN, {"stage_id": stage_id, "person_id": person_id})
    if entry_id is None:
        raise ListMissing
    return answer(stage_id, entry_id, comes, reason, account_id, now)


def answer(
    stage_id: int, entry_id: int, comes: bool, reason: str, account_id: int | None, now: datetime
) -> Admission:
    """Note whether somebody with a place comes; a place that was given up is offered to the next at once.

    Staff may note it for somebody who says so by telephone; the audit names the account. raise (PlaceSettled):
    the stage has opened, or the place was given on; (ReasonNeeded): declined without a reason."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    row = db.session.scalars(
        select(StageAdmission)
        .where(StageAdmission.stage_id == stage_id, StageAdmission.entry_id == entry_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise ListMissing
    state = Admission(row.state)
    opens_at = stage.opens_at or now
    leaves_late = state is Admission.ADMITTED and not comes and now < opens_at
    if not may_answer(state, now, opens_at) and not leaves_late:
        raise PlaceSettled
    if not comes and not reason.strip():
        raise ReasonNeeded
    row.state = Admission.CONFIRMED if comes else Admission.DECLINED
    row.reason = "" if comes else reason.strip()[:500]
    row.answered_at = now
    row.answered_by_account_id = account_id
    db.session.flush()
    record(f"place.{row.state}", "entry", entry_id, why=row.reason, stage_id=stage_id, by=account_id)
    _combine(stage_id, entry_id)
    if comes:
        prepare_late([entry_id])
    else:
        move_up(stage_id, now)
    return Admission(row.state)


def end_places(stage_id: int, entry_ids: Sequence[int], reason: str, account_id: int, now: datetime) -> int:
    """End the places of people whom the final list of the nominated no longer holds; return how many. They are told the reason.

    raise (NobodyChosen, ReasonNeeded); (NothingToEnd): somebody of them is named, holds no place by nomination, or has
    begun an exam of the stage; then nobody's place ends."""
    wanted, reason = list(dict.fromkeys(entry_ids)), reason.strip()[:500]
    if not wanted:
        raise NobodyChosen
    if not reason:
        raise ReasonNeeded
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    db.session.execute(_LOCK_SHEETS, {"stage_id": stage_id, "entries": wanted})
    before = list_before(stage)
    free = set(struck_entries(stage, before)) - begun_entries(stage_id, wanted)
    for entry in wanted:
        if entry not in free:
            raise NothingToEnd(number=_number(entry))
    db.session.execute(
        update(StageAdmission)
        .where(StageAdmission.stage_id == stage_id, StageAdmission.entry_id.in_(wanted))
        .values(state=Admission.ENDED, reason=reason, answered_at=now, answered_by_account_id=account_id)
    )
    for entry in wanted:
        record("place.ended", "entry", entry, why=reason, stage_id=stage_id, list_id=before.id, by=account_id)
        _combine(stage_id, entry)
    inviting.tell(stage, wanted, inviting.ENDED, now, {"reason": reason})
    return len(wanted)


def move_up(stage_id: int, now: datetime) -> Step:
    """Note who fell silent, and ask the next in rank for every place that was given up, until the last hour.

    Running it again changes nothing. Places of a selection outside are not given on: nobody waits there."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    waiting, ranks = _waiting(stage)
    known = seats(stage_id)
    step = next_step(known, waiting, now, _last_hour(stage, now))
    if step.silent:
        _set_state(stage_id, step.silent, Admission.SILENT)
        for entry in step.silent:
            record("place.silent", "entry", entry, stage_id=stage_id)
        inviting.tell(stage, step.silent, inviting.WENT_SILENT, now)
    if step.moves:
        _give_on(stage, step, len(known), ranks, now)
    return step


def due(now: datetime) -> list[int]:
    """Stages in which somebody has not answered in time, or has left, and that have not opened yet."""
    return list(db.session.scalars(_DUE, {"now": now}))


def _give_on(stage: StageView, step: Step, count: int, ranks: dict[int, int], now: datetime) -> None:
    left = [gone for gone, _next in step.moves]
    _set_state(stage.stage_id, left, Admission.REPLACED)
    chosen = [
        NewPlace(entry, Origin.SUBSTITUTE, count + at, ranks[entry], gone)
        for at, (gone, entry) in enumerate(step.moves, 1)
    ]
    give_places(stage, chosen, list_before(stage), now)
    inviting.tell(stage, left, inviting.GIVEN_ON, now)
    for gone, entry in step.moves:
        record("place.substitute", "entry", entry, stage_id=stage.stage_id, replaces=gone)


def _waiting(stage: StageView) -> tuple[tuple[int, ...], dict[int, int]]:
    """Who may move up, best first, with the ranks of everybody.

    Whoever stands above the line counts too: when somebody left after the list was final, the next in rank stands
    there now and has no place yet. Those with one are passed over by `next_step`."""
    try:
        one = list_before(stage)
    except DomainError:  # no final list to move up from
        return (), {}
    if one.is_nominated:  # a selection outside: nobody waits
        return (), {}
    before = stage_by_id(one.stage_id)
    rows = rows_by_id(one.snapshot_id)
    made = outcome(before, one).promotion
    return (*made.going_on, *made.waiting), {row["entry_id"]: row["rank"] for row in rows}


def _last_hour(stage: StageView, now: datetime) -> datetime:
    opens_at = stage.opens_at or now
    rule = stage.rules.attendance
    return rule.last_hour(opens_at) if rule else opens_at


def _set_state(stage_id: int, entry_ids: list[int] | tuple[int, ...], state: Admission) -> None:
    db.session.execute(
        update(StageAdmission)
        .where(StageAdmission.stage_id == stage_id, StageAdmission.entry_id.in_(entry_ids))
        .values(state=state)
    )


def _number(entry_id: int) -> str:
    return db.session.scalar(_NUMBER, {"id": entry_id}) or "–"


def _combine(stage_id: int, entry_id: int) -> None:
    """What was filed for somebody counts only as long as the person comes."""
    participation_id = db.session.scalar(
        text("SELECT participation_id FROM entries WHERE id = :id"), {"id": entry_id}
    )
    enqueue(Job.COMBINE_SCORES, stage_id=stage_id, participation_ids=str(participation_id))
