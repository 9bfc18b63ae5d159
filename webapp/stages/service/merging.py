"""Merging an event into another of its contest: people, numbers, points and reviews follow; nothing is lost."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.contests.models import Event
from webapp.contests.queries import stages_of_event
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.words import N_
from webapp.notifications.service import notify_all
from webapp.stages.errors import (
    EventMergeAsked,
    EventMergeDecided,
    EventMergeForbidden,
    EventMergeOwn,
    EventMergeUnfit,
)
from webapp.stages.models import EventMerge
from webapp.stages.queries import merging as queries
from webapp.stages.rules.merging import Stays

WHY_MOST = 300
BATCH = 500

MERGED = N_(
    "“%(old)s” was merged into “%(new)s”: %(why)s You take part there under your number, with your points and by its dates."
)
JOINED = N_(
    "“%(old)s” was merged into your event “%(new)s”: %(count)s people join it. Nothing changes for you."
)
REVIEWED_THERE = N_(
    "“%(old)s” was merged into “%(new)s”: %(why)s Your registration is reviewed for that event."
)
IN_BOTH = N_(
    "“%(old)s” was merged into “%(new)s”: %(why)s You were in both; you go on there under number %(number)s."
)

_LOCK = text("SELECT id FROM events WHERE id IN (:old, :new) ORDER BY id FOR UPDATE")
_PARK = text(
    """
    INSERT INTO events (contest_id, code, title, track, event_class, position, is_withdrawn)
    SELECT contest_id, 'merging-' || id, title, track, event_class, position, true FROM events WHERE id = :old
    RETURNING id
    """
)
_UNPARK = text("DELETE FROM events WHERE id = :id")
_MOVE = text("UPDATE participations SET event_id = :to, hall = '' WHERE id = ANY(:ids)")
_MOVE_ENTRIES = text("UPDATE entries SET event_id = :to WHERE participation_id = ANY(:ids)")
_REST = text(
    """
    SELECT id FROM participations p WHERE event_id = :old
      AND NOT EXISTS (SELECT FROM participations q WHERE q.event_id = :new AND q.person_id = p.person_id)
    ORDER BY id FOR UPDATE
    """
)
_LEAVE = text(
    "UPDATE participations SET state = 'withdrawn' WHERE id = ANY(:ids) AND state IN ('active', 'provisional')"
)
# Whoever has a live application in both keeps the one of the participation that goes on, else that of the event
# that stays.
_LEAVE_APPLICATIONS = text(
    """
    UPDATE applications a
    SET state = 'withdrawn', awaiting_organisation_id = NULL, claimed_by_account_id = NULL, claimed_until = NULL
    FROM applications other
    WHERE a.event_id IN (:old, :new) AND other.event_id IN (:old, :new) AND other.event_id <> a.event_id
      AND other.person_id = a.person_id
      AND a.state NOT IN ('withdrawn', 'refused') AND other.state NOT IN ('withdrawn', 'refused')
      AND a.event_id = CASE WHEN a.person_id = ANY(:from_old) THEN CAST(:new AS bigint) ELSE CAST(:old AS bigint) END
    RETURNING a.id
    """
)
# The organiser's link becomes that of the event that stays; unions that still have to decide stay the same.
_MOVE_APPLICATIONS = text(
    """
    UPDATE applications a
    SET event_id = :new,
        awaiting_organisation_id = CASE
            WHEN a.state = 'in_review' AND a.chain->a.step->>'level' = 'organiser' THEN CAST(:organiser AS bigint)
            ELSE a.awaiting_organisation_id END,
        chain = CASE
            WHEN a.state IN ('in_review', 'returned', 'invited') AND a.chain->-1->>'level' = 'organiser'
            THEN jsonb_set(a.chain, '{-1,organisation_id}', coalesce(to_jsonb(CAST(:organiser AS bigint)), 'null'))
            ELSE a.chain END
    WHERE a.event_id = :old AND a.state NOT IN ('withdrawn', 'refused')
    RETURNING a.id, a.person_id, a.state
    """
)
_VOID = text(
    """
    UPDATE sheets s SET state = 'void', void_reason = :reason
    FROM exams e WHERE e.id = s.exam_id AND e.event_id = :old AND s.state = 'created'
    """
)
_INTERESTS = text(
    "UPDATE declared_interests SET event_id = :new WHERE event_id = :old AND withdrawn_at IS NULL"
)
_CLOSE = text("UPDATE events SET is_withdrawn = true, merged_into_id = :new WHERE id = :old")
_FOLLOW = text("UPDATE events SET merged_into_id = :new WHERE merged_into_id = :old")
_PERSONS = text(
    """
    SELECT person_id, id FROM participations WHERE event_id = :event_id AND state IN ('active', 'provisional')
    ORDER BY id
    """
)


def check(old: Event | None, new: Event | None, why: str) -> queries.Preview:
    """What the merge would do, if it can be done.

    raise (EventMergeUnfit): not two events of one contest and track that take place, or no reason;
    (EventMergeForbidden): something has begun, with the reasons."""
    if old is None or new is None or not why.strip() or old.id == new.id:
        raise EventMergeUnfit
    if old.contest_id != new.contest_id or old.track != new.track or old.is_withdrawn or new.is_withdrawn:
        raise EventMergeUnfit
    seen = queries.preview(old, new)
    if seen.forbidden:
        raise EventMergeForbidden(reason=seen.forbidden[0])
    return seen


def ask(old: Event, new: Event, why: str, account_id: int, two_person: bool, now: datetime) -> EventMerge:
    """Ask that one event be merged into another; done at once where no second person is needed.

    raise: as `check`; (EventMergeAsked): one waits already."""
    check(old, new, why)
    merge_id = db.session.scalar(
        insert(EventMerge)
        .values(
            event_id=old.id, into_id=new.id, why=why.strip()[:WHY_MOST], asked_by_account_id=account_id, asked_at=now
        )
        .on_conflict_do_nothing()
        .returning(EventMerge.id)
    )  # fmt: skip
    if merge_id is None:
        raise EventMergeAsked
    made = db.session.get_one(EventMerge, merge_id)
    record("event.merge-ask", "event", old.id, made.why, into=new.id, merge_id=merge_id)
    if not two_person:
        _carry_out(made, now)
    return made


def decide(merge: EventMerge, account_id: int, agree: bool, now: datetime) -> None:
    """Agree to a merge, or refuse it, as a second person. The row is locked.

    raise (EventMergeDecided, EventMergeOwn); as `check`, when something has begun since it was asked."""
    if merge.state != "waiting":
        raise EventMergeDecided
    if merge.asked_by_account_id == account_id:
        raise EventMergeOwn
    merge.decided_by_account_id, merge.decided_at = account_id, now
    if agree:
        _carry_out(merge, now)
    else:
        merge.state = "refused"
        record("event.merge-refuse", "event", merge.event_id, merge_id=merge.id)


def _carry_out(merge: EventMerge, now: datetime) -> None:
    ids = {"old": merge.event_id, "new": merge.into_id}
    db.session.execute(_LOCK, ids)
    db.session.expire_all()
    old, new = db.session.get_one(Event, merge.event_id), db.session.get_one(Event, merge.into_id)
    seen = check(old, new, merge.why)
    before = [row.person_id for row in db.session.execute(_PERSONS, {"event_id": new.id})]
    from_old = _settle_both(seen.both, old.id, new.id)
    rest = list(db.session.scalars(_REST, ids))
    _put(rest, new.id)
    organiser = new.organiser_id
    withdrawn = db.session.execute(_LEAVE_APPLICATIONS, {**ids, "from_old": from_old}).all()
    applications = db.session.execute(_MOVE_APPLICATIONS, {**ids, "organiser": organiser}).all()
    db.session.execute(_VOID, {"old": old.id, "reason": f"merged into {new.code}"})
    db.session.execute(_INTERESTS, ids)
    db.session.execute(_FOLLOW, ids)
    db.session.execute(_CLOSE, ids)
    effect = {key: str(value) if key == "points" else value for key, value in asdict(seen.effect).items()}
    merge.state = "done"
    merge.moved = {**effect, "both": len(seen.both)}
    db.session.flush()
    _combine(new.id)
    record(
        "event.merged", "event", old.id, merge.why, merge_id=merge.id, into=new.id, participations=len(rest),
        in_both=[{"old": one.old_id, "new": one.new_id, "stays": one.stays.value} for one in seen.both],
        applications=len(applications), applications_withdrawn=[row.id for row in withdrawn], **effect,
    )  # fmt: skip
    _tell(merge, old, new, seen, before, [row.person_id for row in applications if row.state != "confirmed"])


def _settle_both(both: tuple[queries.InBoth, ...], old_id: int, new_id: int) -> list[int]:
    """Of two participations of one person one goes on in the event that stays, the other is withdrawn and keeps its
    points in the event that ends. Return the people who go on with that of the event that ends.

    A person has at most one participation in an event, so those that change places pass through an event of their own,
    which nobody sees and which is gone in the same transaction."""
    losers = [one.old_id if one.stays is Stays.NEW else one.new_id for one in both]
    db.session.execute(_LEAVE, {"ids": losers})
    swapped = [one for one in both if one.stays is Stays.OLD]
    if swapped:
        parked = db.session.scalar(_PARK, {"old": old_id}) or 0
        _put([one.new_id for one in swapped], parked)
        _put([one.old_id for one in swapped], new_id)
        _put([one.new_id for one in swapped], old_id)
        db.session.execute(_UNPARK, {"id": parked})
    return [one.person_id for one in swapped]


def _put(participation_ids: list[int], event_id: int) -> None:
    values = {"ids": participation_ids, "to": event_id}
    db.session.execute(_MOVE, values)
    db.session.execute(_MOVE_ENTRIES, values)


def _combine(event_id: int) -> None:
    ids = [row.id for row in db.session.execute(_PERSONS, {"event_id": event_id})]
    for stage in (each for each in stages_of_event(event_id) if each.rules.components):
        for start in range(0, len(ids), BATCH):
            batch = ",".join(map(str, ids[start : start + BATCH]))
            enqueue(Job.COMBINE_SCORES, stage_id=stage.stage_id, participation_ids=batch)


def _tell(
    merge: EventMerge, old: Event, new: Event, seen: queries.Preview, before: list[int], reviewed: list[int]
) -> None:
    told: dict[str, Any] = {"old": old.title, "new": new.title, "why": merge.why}
    after = [row.person_id for row in db.session.execute(_PERSONS, {"event_id": new.id})]
    in_both = {one.person_id: one for one in seen.both}
    known = {*before, *in_both}
    joined = [person for person in after if person not in known]
    waiting = set(reviewed)
    notify_all([person for person in joined if person not in waiting], MERGED, told, "/my")
    stayed = [person for person in before if person not in in_both]
    notify_all(stayed, JOINED, {**told, "count": len(joined)}, "/my")
    for one in seen.both:
        number = one.old_number if one.stays is Stays.OLD else one.new_number
        notify_all([one.person_id], IN_BOTH, {**told, "number": number}, "/my")
    notify_all(sorted(waiting - known), REVIEWED_THERE, told, "/my")
