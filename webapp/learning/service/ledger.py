"""Writing the points ledger: credits under every cap, and reversals by two people."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.contests.queries import stage_by_codes
from webapp.contests.rules.schema import ActivityKind
from webapp.core.clock import SHANGHAI, datetime
from webapp.core.db import db
from webapp.core.errors import Conflict, NotFound
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.words import N_
from webapp.learning.errors import EntryGone, OwnRequest, ReasonMissing
from webapp.learning.models import PointEntry, PointReversal
from webapp.learning.queries.points import NOTHING, balances, totals
from webapp.learning.rules.points import award, period_of, rest_period
from webapp.learning.service.learners import Learner, of_participation
from webapp.notifications.service import notify

REVERSAL = "reversal"

_LOCK = text(
    "SELECT id FROM participations WHERE id = :id AND state IN ('active', 'provisional') FOR NO KEY UPDATE"
)


@dataclass(frozen=True)
class Credit:
    """points: granted now. cut_by: why it is less than wanted: a cap's name, 'already', 'closed', or ''."""

    points: Decimal
    wanted: Decimal
    cut_by: str
    balance: Decimal


def credit(
    learner: Learner,
    kind: ActivityKind,
    source_kind: str,
    source_id: str,
    *,
    share: Decimal = Decimal(1),
    facts: Mapping[str, Any] | None = None,
    now: datetime,
) -> Credit:
    """Give the points that one source earns now, under the caps, in the caller's transaction.

    share: 0-1 of the activity's points. now: when the request arrived; the window is half-open on it. The
    participation's row is locked, so credits of one person follow each other and every cap holds. Nothing is
    written when nothing is granted; what a cap cut off can be earned on a later day by doing it again."""
    activity = learner.learning.activity(kind)
    if activity is None or not learner.is_open(now) or not _is_locked(learner):
        return Credit(Decimal(0), Decimal(0), "closed", _balance(learner))
    today = now.astimezone(SHANGHAI).date()
    period = period_of(activity, today)
    found = totals(
        learner.contest_id, learner.participation_id, kind.value, (source_kind, source_id, period), now
    )
    made = award(activity, learner.learning, found, share)
    if made.points <= 0:
        return Credit(made.points, made.wanted, made.cut_by, _balance(learner))
    entry_id = db.session.scalar(
        insert(PointEntry)
        .values(
            contest_id=learner.contest_id,
            participation_id=learner.participation_id,
            source_kind=source_kind,
            source_id=source_id,
            period=rest_period(today) if found.source > 0 and not period else period,
            points=made.points,
            rule=kind.value,
            facts={**(facts or {}), "wanted": str(made.wanted), "cut_by": made.cut_by},
            earned_at=now,
        )
        .on_conflict_do_nothing()
        .returning(PointEntry.id)
    )
    if entry_id is None:
        return Credit(Decimal(0), made.wanted, "already", _balance(learner))
    _wake(learner)
    return Credit(made.points, made.wanted, made.cut_by, _balance(learner))


def ask_reversal(
    contest_id: int, entry_id: int, reason: str, account_id: int, two_person: bool, now: datetime
) -> PointReversal:
    """Ask that an entry's points be taken back; done at once where no second person is needed.

    Raise ReasonMissing; NotFound: no such entry; EntryGone: taken back already, asked for already, or itself
    a reversal."""
    if not reason.strip():
        raise ReasonMissing
    entry = db.session.scalars(
        select(PointEntry).where(PointEntry.contest_id == contest_id, PointEntry.id == entry_id)
    ).one_or_none()
    if entry is None:
        raise NotFound
    if entry.reverses_id is not None:
        raise EntryGone
    made = db.session.scalar(
        insert(PointReversal)
        .values(
            contest_id=contest_id,
            entry_id=entry_id,
            participation_id=entry.participation_id,
            reason=reason.strip()[:500],
            asked_by_account_id=account_id,
        )
        .on_conflict_do_nothing()
        .returning(PointReversal.id)
    )
    if made is None:
        raise EntryGone
    request = db.session.get_one(PointReversal, made)
    record("points.reversal.ask", "participation", entry.participation_id, why=request.reason, entry=entry_id)
    if not two_person:
        _reverse(request, entry, now)
    return request


def decide_reversal(request_id: int, account_id: int, agree: bool, now: datetime) -> PointReversal:
    """The second person's word. Raise NotFound, Conflict (decided already), OwnRequest."""
    request = db.session.scalars(
        select(PointReversal).where(PointReversal.id == request_id).with_for_update()
    ).one_or_none()
    if request is None:
        raise NotFound
    if request.state != "waiting":
        raise Conflict
    if request.asked_by_account_id == account_id:
        raise OwnRequest
    request.decided_by_account_id, request.decided_at = account_id, now
    if agree:
        entry = db.session.scalars(
            select(PointEntry).where(
                PointEntry.contest_id == request.contest_id, PointEntry.id == request.entry_id
            )
        ).one()
        _reverse(request, entry, now)
    else:
        request.state = "refused"
    word = "approve" if agree else "refuse"
    record(f"points.reversal.{word}", "participation", request.participation_id, why=request.reason)
    return request


def _reverse(request: PointReversal, entry: PointEntry, now: datetime) -> None:
    """Write the entry that takes the points back; the ledger itself is never changed."""
    learner = of_participation(entry.participation_id, now)
    db.session.execute(
        text("SELECT id FROM participations WHERE id = :id FOR NO KEY UPDATE"), {"id": entry.participation_id}
    )
    db.session.add(
        PointEntry(
            contest_id=entry.contest_id,
            participation_id=entry.participation_id,
            source_kind=REVERSAL,
            source_id=str(entry.id),
            period="",
            points=-entry.points,
            rule=entry.rule,
            facts={"reason": request.reason, "request": request.id},
            reverses_id=entry.id,
            earned_at=now,
        )
    )
    request.state = "done"
    db.session.flush()
    record(
        "points.reversal.done",
        "participation",
        entry.participation_id,
        why=request.reason,
        entry=entry.id,
        points=str(entry.points),
    )
    notify(
        learner.person_id,
        text=N_("%(points)s learning points were taken back: %(reason)s"),
        params={"points": f"{entry.points:g}", "reason": request.reason},
        link=f"/learning/{learner.contest_code}/{learner.event_code}/points",
    )
    _wake(learner)


def _is_locked(learner: Learner) -> bool:
    return db.session.scalar(_LOCK, {"id": learner.participation_id}) is not None


def _balance(learner: Learner) -> Decimal:
    found = balances(learner.contest_id, [learner.participation_id])
    return found.get(learner.participation_id, NOTHING).points


def _wake(learner: Learner) -> None:
    """Have the standings of stages that are being sat follow."""
    for code in learner.combining:
        stage = stage_by_codes(learner.contest_code, learner.event_code, code)
        enqueue(Job.COMBINE_SCORES, stage_id=stage.stage_id, participation_ids=str(learner.participation_id))
