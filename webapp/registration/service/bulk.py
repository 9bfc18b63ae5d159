"""Confirming everything that a filter shows: a fixed number of statements, whatever the number of people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, any_, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from webapp.access.interests import Deed, in_conflict
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.audit.service import record
from webapp.core import idempotency
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.notifications.service import notify_many
from webapp.registration.models import Application, Participation, ReviewDecision
from webapp.registration.queries import events, reviewing, scope, winners
from webapp.registration.queries.events import EventContext
from webapp.registration.rules.bulk import Left
from webapp.registration.rules.review import UNIT, Action, Decision, State, is_of_own_unit
from webapp.registration.service.admission import admit_many
from webapp.registration.service.reviewing import NOTICES

MOST = 5000
"""So many are confirmed at once; the rest follows with the next press."""
SHOWN = 20

_LENGTH = func.jsonb_array_length(Application.chain)
_NEXT_ORGANISATION = (
    Application.chain.op("->")(Application.step + 1).op("->>")("organisation_id").cast(BigInteger)
)


@dataclass(frozen=True)
class Sorted:
    """What the filter shows, sorted: ids that can be confirmed, those left out by cause, and whether there are
    more than fit at once."""

    ids: tuple[int, ...]
    left: Mapping[Left, int]
    left_ids: tuple[int, ...]
    has_more: bool


@dataclass(frozen=True)
class Batch:
    """What a batch has done: how many went on to the next link, how many became contestants."""

    handed_on: int
    completed: int
    left: int

    @property
    def confirmed(self) -> int:
        return self.handed_on + self.completed


def sort(who: Principal, chosen: reviewing.Filter, now: datetime, seen_at: datetime) -> Sorted:
    """What confirming everything in the filter would do. seen_at: what came to this link later is not meant."""
    return _sorted(who, chosen, now, seen_at, lock=False)[0]


def confirm_all(
    who: Principal, chosen: reviewing.Filter, reason: str, now: datetime, seen_at: datetime, key: str
) -> Batch:
    """Confirm everything in the filter that needs no look of its own, in the caller's transaction.

    The rows are locked in the order of their ids; what a colleague is deciding on at this moment is left. Each
    application gets its decision row, each person a notice; the audit trail gets one row with all ids. key:
    idempotency key; the same key, the same answer."""
    body = {"filter": _as_json(chosen), "seen": seen_at.isoformat()}
    first = idempotency.begin(who.account_id, "applications.confirm-all", key, body)
    if first is not None:
        return Batch(first["handed_on"], first["completed"], first["left"])
    found, rows = _sorted(who, chosen, now, seen_at, lock=True)
    wanted = set(found.ids)
    completed = carry_out([row for row in rows if row.id in wanted], who, reason.strip(), now)
    batch = Batch(len(found.ids) - len(completed), len(completed), sum(found.left.values()))
    record(
        "applications.confirm-all", "account", who.account_id, why=reason.strip(), ids=list(found.ids),
        completed=len(completed), left={cause.value: count for cause, count in found.left.items()},
        filter={**_as_json(chosen), "name": bool(chosen.name)},
    )  # fmt: skip
    idempotency.finish(
        who.account_id,
        "applications.confirm-all",
        key,
        {"handed_on": batch.handed_on, "completed": batch.completed, "left": batch.left},
    )
    return batch


def carry_out(rows: Sequence[Row[Any]], who: Principal, reason: str, now: datetime) -> list[int]:
    """Confirm these locked applications at their links; return the ids of those that are confirmed for good.

    rows: of `columns`, with nothing that needs a look of its own. Audit is the caller's."""
    if not rows:
        return []
    ids = [row.id for row in rows]
    contexts = events.contexts({row.event_id for row in rows})
    _decide(ids, who, reason, now)
    _hand_on(ids, now)
    completed = _complete(ids)
    done = set(completed)
    admit_many([(row.id, row.event_id) for row in rows if row.id in done], contexts, now)
    _tell(rows, done, contexts)
    return completed


def columns(who: Principal, now: datetime) -> tuple[ColumnElement[Any], ...]:
    """What `causes` and `carry_out` look at in an application."""
    return (
        Application.id.expression,
        Application.person_id.expression,
        Application.event_id.expression,
        Application.unit_id.expression,
        Application.warnings.expression,
        Application.facts["excepted"].label("excepted"),
        scope.AWAITED_LEVEL.label("level"),
        reviewing.unclaimed_by_others(who, now).label("is_free"),
    )


def _sorted(
    who: Principal, chosen: reviewing.Filter, now: datetime, seen_at: datetime, lock: bool
) -> tuple[Sorted, list[Row[Any]]]:
    asked = replace(chosen, whose="below" if chosen.whose == "below" else "mine", state=None)
    query = (
        select(*columns(who, now))
        .where(Application.id.in_(reviewing.filtered_ids(who, asked, now)), Application.step_since <= seen_at)
        .order_by(Application.id)
        .limit(MOST + 1)
    )
    rows = list(db.session.execute(query.with_for_update(skip_locked=True) if lock else query))
    has_more, rows = len(rows) > MOST, rows[:MOST]
    left = {**dict.fromkeys(_listed([row.id for row in rows]), Left.LISTED), **causes(who, rows)}
    return (
        Sorted(
            tuple(row.id for row in rows if row.id not in left),
            Counter(left.values()),
            tuple(left),
            has_more,
        ),
        rows,
    )


def causes(who: Principal, rows: Sequence[Row[Any]]) -> dict[int, Left]:
    """What must be looked at one by one, and why. A fixed number of statements."""
    ids = [row.id for row in rows]
    if not ids:
        return {}
    contexts = events.contexts({row.event_id for row in rows})
    interests = in_conflict(who.account_id, Deed.APPLICATION, ids)
    competing = set(db.session.scalars(reviewing.competing_event_ids(who.person_id)))
    asking = [row.id for row in rows if contexts[row.event_id].rules.asks_earlier_wins]
    named = winners.on_record(asking)
    excluded = _excluded(ids)
    own_unit = people.card(who.person_id).unit_id
    found: dict[int, Left] = {}
    for row in rows:
        event = contexts[row.event_id]
        excepted = {item["code"] for item in row.excepted or ()}
        if row.id in interests or row.event_id in competing:
            found[row.id] = Left.INTEREST
        elif event.own_unit_stands_aside and is_of_own_unit(row.level, row.unit_id, own_unit):
            found[row.id] = Left.OWN_UNIT
        elif not row.is_free:
            found[row.id] = Left.CLAIMED
        elif any(item["code"] not in excepted for item in row.warnings):
            found[row.id] = Left.WARNING
        elif row.id in named:
            found[row.id] = Left.EARLIER
        elif row.id in excluded:
            found[row.id] = Left.EXCLUDED
    return found


def _excluded(ids: Sequence[int]) -> frozenset[int]:
    return frozenset(
        db.session.scalars(
            select(Application.id)
            .join(
                Participation,
                (Participation.person_id == Application.person_id)
                & (Participation.event_id == Application.event_id),
            )
            .where(_among(ids), Participation.state == "disqualified")
        )
    )


_LISTED = text(
    """
    SELECT a.id FROM applications a
    JOIN unit_lists l ON l.unit_id = a.unit_id AND l.contest_id = a.contest_id
        AND l.application_ids @> to_jsonb(a.id)
    WHERE a.id = ANY(:ids) AND a.step > 0 AND a.chain->(a.step - 1)->>'level' = :unit
    """
)


def _listed(ids: Sequence[int]) -> frozenset[int]:
    """Those that wait at the first link after a sealed list: the spot checks of the list come first."""
    return frozenset(db.session.scalars(_LISTED, {"ids": list(ids), "unit": UNIT}))


def _decide(ids: Sequence[int], who: Principal, reason: str, now: datetime) -> None:
    columns = ["application_id", "revision", "step", "level", "organisation_id", "decision", "reason",
               "reviewer_account_id", "at"]  # fmt: skip
    db.session.execute(
        insert(ReviewDecision).from_select(
            columns,
            select(
                Application.id,
                Application.revision,
                Application.step,
                scope.AWAITED_LEVEL,
                Application.awaiting_organisation_id,
                literal(Decision.CONFIRM.value),
                literal(reason),
                literal(who.account_id, BigInteger),
                literal(now, ReviewDecision.at.type),
            ).where(_among(ids)),
        )
    )


def _hand_on(ids: Sequence[int], now: datetime) -> None:
    db.session.execute(
        update(Application)
        .where(_among(ids), Application.step < _LENGTH - 1)
        .values(
            step=Application.step + 1,
            awaiting_organisation_id=_NEXT_ORGANISATION,
            step_since=now,
            claimed_by_account_id=None,
            claimed_until=None,
        )
        .execution_options(synchronize_session=False)
    )


def _complete(ids: Sequence[int]) -> list[int]:
    """Confirm for good what stood at its last link: those that have a decision there by now."""
    decided_last = (
        select(ReviewDecision.id)
        .where(
            ReviewDecision.application_id == Application.id,
            ReviewDecision.revision == Application.revision,
            ReviewDecision.step == _LENGTH - 1,
        )
        .exists()
    )
    return list(
        db.session.scalars(
            update(Application)
            .where(_among(ids), Application.state == State.IN_REVIEW, decided_last)
            .values(
                state=State.CONFIRMED.value,
                awaiting_organisation_id=None,
                claimed_by_account_id=None,
                claimed_until=None,
            )
            .returning(Application.id)
            .execution_options(synchronize_session=False)
        )
    )


def _tell(rows: Sequence[Row[Any]], done: set[int], contexts: Mapping[int, EventContext]) -> None:
    for action, is_done in ((Action.HAND_ON, False), (Action.COMPLETE, True)):
        notify_many(
            [
                (row.person_id, {"event": contexts[row.event_id].title, "reason": ""})
                for row in rows
                if (row.id in done) is is_done
            ],
            NOTICES[action],
            "/my",
        )


def _among(ids: Sequence[int]) -> ColumnElement[bool]:
    """One parameter, however many ids."""
    return Application.id == any_(literal(list(ids), ARRAY(BigInteger)))


def _as_json(chosen: reviewing.Filter) -> dict[str, Any]:
    return {
        "whose": chosen.whose,
        "event": chosen.event_id,
        "unit": chosen.unit,
        "days": chosen.waiting_days,
        "name": chosen.name,
        "claimed": chosen.claimed_by_me,
    }
