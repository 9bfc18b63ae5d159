"""The next stage opens: whoever stands on the final list before gets a place, and brings what is carried over."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.audit.service import record
from webapp.contests import service as contests
from webapp.contests.queries import StageView, rules_of, stage_by_id, stages_of_event
from webapp.contests.rules.carried import sources
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.leaderboard.queries.kept import digest_of, rows_by_id
from webapp.leaderboard.service.filing import file_scores
from webapp.leaderboard.service.publishing import lock_board
from webapp.stages.errors import (
    EarlierListOpen,
    FirstStage,
    ListMissing,
    PlacesGiven,
    TooFew,
    WindowPassed,
)
from webapp.stages.models import StageList
from webapp.stages.queries.admissions import holders, is_last, seats, stage_before
from webapp.stages.queries.lists import newest
from webapp.stages.rules.attendance import Admission, Origin
from webapp.stages.rules.minimum import FINAL_MINIMUM, Shortage, shortage
from webapp.stages.rules.states import ListState
from webapp.stages.service import inviting
from webapp.stages.service.excepting import sign

_INSERT = text(
    """
    INSERT INTO stage_admissions (stage_id, entry_id, origin, state, position, rank, list_id, replaces_entry_id,
                                  answer_by, created_at)
    SELECT :stage_id, r.entry_id, r.origin, r.state, r.position, r.rank, :list_id, r.replaces, :answer_by, :now
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r(entry_id bigint, origin text, state text, position integer, rank integer, replaces bigint)
    ON CONFLICT (stage_id, entry_id) DO UPDATE
    SET origin = excluded.origin, state = excluded.state, position = excluded.position, rank = excluded.rank,
        list_id = excluded.list_id, answer_by = excluded.answer_by, created_at = excluded.created_at,
        reason = '', answered_at = NULL, answered_by_account_id = NULL
    WHERE stage_admissions.state = 'ended'
    """
)
_PARTICIPATIONS = text("SELECT id, participation_id FROM entries WHERE id = ANY(:ids)")


@dataclass(frozen=True)
class NewPlace:
    """Somebody who gets a place. rank: in the list before; replaces: whose place it was."""

    entry_id: int
    origin: Origin
    position: int
    rank: int | None
    replaces: int | None = None


def open_stage(stage_id: int, account_id: int | None, now: datetime, reason: str = "") -> int:
    """Give a place to everybody on the final list of the stage before; return how many. All are told.

    Where the file asks for attendance they are invited and answer by a day, else they are in. Units that select outside
    may name more people later: those on a further list get their places then. reason: why too few for a normal minimum
    are enough; it is noted with the account. raise (FirstStage, EarlierListOpen, PlacesGiven, WindowPassed, TooFew);
    (RulesUndecided): the file leaves something open."""
    lock_board(stage_id)
    stage = stage_by_id(stage_id)
    one = list_before(stage)
    contests.require_decided(stage_id)
    rows, given = rows_of(one), holders(stage_id)
    fresh = [row for row in rows if row["entry_id"] not in given]
    if given and not (one.is_nominated and fresh):
        raise PlacesGiven
    if stage.closes_at is not None and stage.closes_at <= now:
        raise WindowPassed
    missing = missing_people(stage, len(rows))
    if missing is not None and (missing.is_hard or not reason.strip()):
        raise TooFew(people=missing.people, needed=missing.needed)
    origin = Origin.NOMINATION if one.is_nominated else Origin.PROMOTION
    last = len(seats(stage_id))
    chosen = [NewPlace(row["entry_id"], origin, last + at, row["rank"]) for at, row in enumerate(fresh, 1)]
    give_places(stage, chosen, one, now)
    if missing is not None and account_id is not None:
        sign(stage_id, FINAL_MINIMUM, missing, reason, account_id, now)
    record(
        "stage.open", "stage", stage_id, why=reason.strip()[:500], people=len(chosen), list_id=one.id,
        exception=missing is not None, by=account_id,
    )  # fmt: skip
    return len(chosen)


def give_places(stage: StageView, chosen: Sequence[NewPlace], one: StageList | None, now: datetime) -> None:
    """Write these places, file what is carried over, and tell the people. one: the list they come from."""
    until = answer_by(stage, now)
    state = Admission.INVITED if until is not None else Admission.ADMITTED
    rows = [
        {
            "entry_id": place.entry_id,
            "origin": place.origin,
            "state": state,
            "position": place.position,
            "rank": place.rank,
            "replaces": place.replaces,
        }
        for place in chosen
    ]
    values = {"stage_id": stage.stage_id, "list_id": one.id if one else None, "answer_by": until, "now": now}
    db.session.execute(_INSERT, {**values, "rows": json.dumps(rows)})
    carry_over(stage, [place.entry_id for place in chosen])
    if one is not None and state is Admission.ADMITTED:
        prepare_late([place.entry_id for place in chosen if place.origin is Origin.SUBSTITUTE])
    inviting.tell_places(stage, chosen, until, now)


def prepare_late(entry_ids: Sequence[int]) -> None:
    """Whoever comes in within hours of an exam gets paper and session at once, not with the next round."""
    for row in db.session.execute(_PARTICIPATIONS, {"ids": list(entry_ids)}):
        enqueue(Job.PREPARE_PARTICIPANT, participation_id=row.participation_id)


def answer_by(stage: StageView, now: datetime) -> datetime | None:
    """Until when people who get a place now answer; None where nobody asks, or no time is left for it."""
    rule = stage.rules.attendance
    if rule is None or stage.opens_at is None:
        return None
    until = rule.answer_at(now, stage.opens_at)
    return until if until > now else None


def list_before(stage: StageView) -> StageList:
    """The final list of the stage right before. raise (FirstStage, EarlierListOpen)."""
    before = stage_before(stage)
    if before is None:
        raise FirstStage
    one = newest(before.stage_id)
    if one is None or one.state != ListState.FINAL:
        raise EarlierListOpen
    return one


def rows_of(one: StageList) -> tuple[dict[str, Any], ...]:
    """Who stands on a final list."""
    return rows_by_id(one.final_snapshot_id or one.snapshot_id)


def missing_people(stage: StageView, people: int) -> Shortage | None:
    """What the contest's minimum lacks."""
    return shortage(rules_of(stage.contest_id).limits, people, is_last_stage=is_last(stage))


def carry_over(stage: StageView, entry_ids: Collection[int]) -> None:
    """File the scores that these entries bring from earlier stages: as they were frozen for the final list.

    raise (ListMissing): the earlier stage has no final list."""
    wanted = sources([part.key for part in stage.rules.components])
    if not wanted or not entry_ids:
        return
    stages = {each.code: each.stage_id for each in stages_of_event(stage.event_id)}
    people = {
        row.id: row.participation_id
        for row in db.session.execute(_PARTICIPATIONS, {"ids": list(entry_ids)})
        if row.participation_id is not None
    }
    for component, code in wanted.items():
        one = newest(stages[code])
        if one is None or one.state != ListState.FINAL:
            raise ListMissing
        file_scores(
            stage.stage_id, component, _combined(one, people),
            {"stage": code, "list_id": one.id, "digest": digest_of(one.snapshot_id)},
        )  # fmt: skip


def _combined(one: StageList, people: Mapping[int, int]) -> dict[int, Decimal]:
    frozen: Sequence[dict[str, Any]] = rows_by_id(one.snapshot_id)
    return {people[row["entry_id"]]: Decimal(row["combined"]) for row in frozen if row["entry_id"] in people}
