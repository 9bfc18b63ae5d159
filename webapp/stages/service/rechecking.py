"""The eligibility re-check: decisions about people, and its end."""

import json
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.audit.service import record, record_each
from webapp.contests import service as contests
from webapp.contests.queries import stage_by_id
from webapp.core import progress
from webapp.core.db import db
from webapp.stages.errors import (
    ConflictOfInterest,
    HourPassed,
    ListMissing,
    NobodyChosen,
    NotAllDecided,
    ReasonNeeded,
    StepRefused,
)
from webapp.stages.models import StageList
from webapp.stages.queries.candidates import Candidate, candidates, outcome
from webapp.stages.queries.lists import newest
from webapp.stages.rules.states import DECIDING, Decision, ListState
from webapp.stages.service.freezing import move

A_STEP = 2_000
"""So many decisions are written at a time; in between it is said how far it is."""

_NOTE = text(
    """
    INSERT INTO stage_decisions (list_id, entry_id, decision, reason, unit_at_registration_id, unit_at_recheck_id,
                                 by_account_id, at)
    SELECT :list_id, entry_id, :decision, :reason, unit_then, unit_now, :account_id, :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(entry_id bigint, unit_then bigint, unit_now bigint)
    """
)


def decide(
    stage_id: int, entry_ids: Collection[int], decision: Decision, reason: str, who: Principal, now: datetime
) -> int:
    """Note what the re-check says of these entries; return how many. Both units are kept.

    Whoever is taken off in time is replaced by the next in rank. Decisions after posting count with the
    amended notice. raise (ReasonNeeded): anything but eligible without a reason; (ConflictOfInterest): the
    decider himself or a colleague of the same unit is among them; (StepRefused): not at this step."""
    one = working_list(stage_id)
    if ListState(one.state) not in DECIDING:
        raise StepRefused
    if decision.takes_off and not reason.strip():
        raise ReasonNeeded
    made = outcome(stage_by_id(stage_id), one)
    chosen = candidates(made, set(entry_ids) & set(made.rows), whole_names=False)
    if not chosen:
        raise NobodyChosen
    own_unit = people.card(who.person_id).unit_id
    for candidate in chosen:
        _require_unconcerned(candidate, who.person_id, own_unit)
    for start in range(0, len(chosen), A_STEP):
        progress.tell("decisions", start, len(chosen))
        _note(one, chosen[start : start + A_STEP], decision, reason.strip()[:500], who.account_id, now)
    if one.state not in {ListState.POSTED, ListState.RECHECKING}:
        move(one, ListState.RECHECKING)
    return len(chosen)


def undecided(stage_id: int) -> tuple[int, ...]:
    """The entries above the line, substitutes included, about which nobody has decided yet."""
    return outcome(stage_by_id(stage_id), working_list(stage_id)).undecided


def _require_unconcerned(candidate: Candidate, person_id: int, own_unit: int | None) -> None:
    units = {candidate.unit_then_id, candidate.unit_now_id} - {None}
    if candidate.person_id == person_id or own_unit in units:
        raise ConflictOfInterest(number=candidate.number)


def _note(
    one: StageList, chosen: list[Candidate], decision: Decision, reason: str, account_id: int, now: datetime
) -> None:
    found = [
        (each.entry_id, {"unit_then": each.unit_then_id, "unit_now": each.unit_now_id}) for each in chosen
    ]
    values = {
        "list_id": one.id, "decision": decision.value, "reason": reason, "account_id": account_id, "now": now,
        "rows": json.dumps([{"entry_id": entry, **units} for entry, units in found]),
    }  # fmt: skip
    db.session.execute(_NOTE, values)
    facts = {"list_id": one.id, "stage_id": one.stage_id}
    record_each(
        f"list.decide.{decision.value}",
        "entry",
        [(entry, {**facts, **units}) for entry, units in found],
        reason,
    )


def set_hour(stage_id: int, until: datetime | None, now: datetime) -> None:
    """Until when substitutes move up; later a place stays empty. raise (HourPassed): it lies in the past."""
    one = working_list(stage_id)
    if ListState(one.state) not in DECIDING:
        raise StepRefused
    if until is not None and until <= now:
        raise HourPassed
    if one.substitutes_until is not None and one.substitutes_until <= now:
        raise HourPassed
    one.substitutes_until = until
    record(
        "list.substitutes-until", "stage", stage_id, list_id=one.id,
        until=until.isoformat() if until else "",
    )  # fmt: skip


def close_recheck(stage_id: int, now: datetime) -> None:
    """Everybody above the line is decided: the re-check is done. The file may now let the public see the board.

    Of a list of nominated people nothing is computed: it can be posted at once.

    raise (NotAllDecided): somebody, a substitute perhaps, is not."""
    one = working_list(stage_id)
    made = outcome(stage_by_id(stage_id), one)
    if made.undecided:
        raise NotAllDecided(count=len(made.undecided))
    move(one, ListState.RECHECKED)
    one.rechecked_at = now
    if one.is_nominated:
        move(one, ListState.REGRADED)
    else:
        contests.mark_rechecked(stage_id, now)
    record(
        "list.recheck-done", "stage", stage_id, list_id=one.id, people=len(made.promotion.going_on),
        taken_off=len(made.taken_off), substitutes=len(made.promotion.substitutes),
    )  # fmt: skip


def working_list(stage_id: int) -> StageList:
    """The stage's present list, its row locked. raise (ListMissing)."""
    one = newest(stage_id, lock=True)
    if one is None:
        raise ListMissing
    return one
