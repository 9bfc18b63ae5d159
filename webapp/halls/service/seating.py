"""Giving people their seats: preview, confirm, single moves, people who came to the list late."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.words import N_
from webapp.halls.errors import (
    AlreadySeated,
    ReasonNeeded,
    RuleUnknown,
    SeatingChanged,
    SeatTaken,
    TooFewSeats,
)
from webapp.halls.models import HallSeat
from webapp.halls.queries import halls as hall_queries
from webapp.halls.queries.halls import HallView
from webapp.halls.queries.seats import is_under_way, seat_of, seats, still_to_seat, to_seat
from webapp.halls.rules import codes
from webapp.halls.rules.seating import Placed, Room, Seating, SeatingRule
from webapp.halls.rules.seating import seat as seat_people
from webapp.halls.service.editing import plan_row
from webapp.notifications.service import notify
from webapp.registration.queries.entrants import SITS

_SET_HALL = text("UPDATE participations SET hall = :hall WHERE id = :id")
_CLEAR_HALLS = text(
    """
    UPDATE participations p SET hall = '' FROM exams e
    WHERE e.id = :exam_id AND p.event_id = e.event_id AND p.hall IN
        (SELECT name FROM halls WHERE exam_id = :exam_id)
    """
)
# Places in the stage that were given up, of people who have not come and not begun.
_RELEASE = text(
    f"""
    DELETE FROM hall_seats s USING exams e, participations p
    WHERE s.exam_id = :exam_id AND e.id = s.exam_id AND p.id = s.participation_id AND s.checked_in_at IS NULL
      AND NOT {SITS}
      AND NOT EXISTS (SELECT FROM sheets x WHERE x.exam_id = e.id AND x.participation_id = p.id
                        AND x.state NOT IN ('created', 'void'))
    RETURNING s.participation_id
    """  # noqa: S608 - no value of anybody is spliced in
)
# What the old hall was given beyond the new one, so that nobody who moves loses time or gets it twice.
_SAME_TIME = text(
    """
    INSERT INTO time_grants (exam_id, attempt_id, extra_s, reason, granted_by_account_id)
    SELECT s.exam_id, s.attempt_id, given.extra_s, :reason, :account_id
    FROM sheets s, (
        SELECT coalesce(sum(extra_s) FILTER (WHERE hall = :old), 0)
               - coalesce(sum(extra_s) FILTER (WHERE hall = :new), 0) AS extra_s
        FROM time_grants WHERE exam_id = :exam_id AND attempt_id IS NULL AND participation_id IS NULL
    ) given
    WHERE s.exam_id = :exam_id AND s.participation_id = :participation_id AND s.state = 'open'
      AND given.extra_s > 0
    """
)


@dataclass(frozen=True)
class Preview:
    """A seating that nothing is stored of yet. digest: over everything it was made from and what came out."""

    seating: Seating
    digest: str
    rule: SeatingRule
    seed: str


@dataclass(frozen=True)
class Rest:
    """What seating the rest came to. without: how many found no free seat."""

    seated: int
    without: int


def new_seed() -> str:
    """A seed for the seating; it is published with the plan, so that anybody can make the plan again."""
    return secrets.token_hex(8)


def preview(exam_id: int, rule: str, seed: str) -> Preview:
    """The seating that this rule and seed give now. raise (RuleUnknown, AlreadySeated)."""
    chosen = _rule(rule)
    if is_under_way(exam_id):
        raise AlreadySeated
    rooms = [_room(hall) for hall in hall_queries.halls(exam_id)]
    seating = seat_people(to_seat(exam_id, everybody=True), rooms, chosen, seed)
    facts = "\n".join(f"{one.participation_id} {one.hall_id} {one.label}" for one in seating.placed)
    facts += f"\n{chosen}\n{seed}\n{seating.left_over}"
    return Preview(seating, hashlib.sha256(facts.encode()).hexdigest(), chosen, seed)


def confirm(exam_id: int, rule: str, seed: str, digest: str, account_id: int, at: datetime) -> int:
    """Store the previewed seating in place of an earlier one; return how many are seated.

    Codes on tickets that were printed already stay with their people. raise (SeatingChanged): halls or
    people changed since the preview. raise (TooFewSeats). raise (AlreadySeated): people are there."""
    plan = plan_row(exam_id)
    made = preview(exam_id, rule, seed)
    if made.digest != digest:
        raise SeatingChanged
    if made.seating.left_over:
        raise TooFewSeats(missing=len(made.seating.left_over))
    known = {
        row.participation_id: row.code
        for row in db.session.execute(
            select(HallSeat.participation_id, HallSeat.code).where(HallSeat.exam_id == exam_id)
        )
    }
    db.session.execute(delete(HallSeat).where(HallSeat.exam_id == exam_id))
    db.session.execute(_CLEAR_HALLS, {"exam_id": exam_id})
    _place(exam_id, made.seating.placed, "seating", at, known)
    plan.rule, plan.seed = made.rule.value, seed
    plan.seated_at, plan.seated_by_account_id = at, account_id
    record("hall.seat", "exam", exam_id, rule=rule, seed=seed, people=len(made.seating.placed), digest=digest)
    return len(made.seating.placed)


def seat_rest(exam_id: int, account_id: int, at: datetime) -> Rest:
    """Seat whoever has no seat and has not begun on free seats, of halls that were added later too.

    By the plan's rule and seed, halls and seats in their order: the same people and free seats give the same
    places. Nobody who has a seat is moved. Without a seating from before the exam the rest is seated apart,
    by a seed of its own. Seats of people who gave up their place in the stage are free. Whoever finds no seat is counted. raise (RuleUnknown): nobody is seated and nobody
    has begun; then everybody is seated with a preview."""
    plan = plan_row(exam_id)
    _release_gone(exam_id)
    is_first = not plan.seated_at and is_under_way(exam_id)
    rule = SeatingRule.APART if is_first else _rule(plan.rule)
    seed = new_seed() if is_first else plan.seed
    taken = {
        (row.hall_id, row.label)
        for row in db.session.execute(
            select(HallSeat.hall_id, HallSeat.label).where(HallSeat.exam_id == exam_id)
        )
    }
    rooms = [_room(hall, taken) for hall in hall_queries.halls(exam_id)]
    seating = seat_people(still_to_seat(exam_id), rooms, rule, seed)
    _place(exam_id, seating.placed, "late", at, {})
    if seating.placed:
        if is_first:
            plan.rule, plan.seed = rule.value, seed
            plan.seated_at, plan.seated_by_account_id = at, account_id
        record(
            "hall.seat-late", "exam", exam_id, rule=rule.value, seed=seed, people=len(seating.placed),
            without=len(seating.left_over),
        )  # fmt: skip
    if plan.tickets_from is not None and at >= plan.tickets_from:
        _tell(exam_id, [one.participation_id for one in seating.placed])
    return Rest(len(seating.placed), len(seating.left_over))


def move(
    exam_id: int, participation_id: int, hall_id: int, label: str, reason: str, account_id: int, at: datetime
) -> None:
    """Give one person another seat, also while the exam runs. Extra time that the old hall was given goes
    along with somebody who writes: time is never taken away.

    raise (SeatNotFound, HallNotFound, ReasonNeeded). raise (SeatTaken): somebody sits there, or no such seat."""
    if not reason.strip():
        raise ReasonNeeded
    target = hall_queries.hall(exam_id, hall_id)
    before = seat_of(exam_id, participation_id)
    if label not in target.labels:
        raise SeatTaken(label=label, hall=target.name)
    row = db.session.get_one(HallSeat, (exam_id, participation_id), with_for_update=True)
    row.hall_id, row.label, row.source = hall_id, label, "move"
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError:
        raise SeatTaken(label=label, hall=target.name) from None
    if target.name != before.hall:
        values = {
            "exam_id": exam_id, "participation_id": participation_id, "account_id": account_id,
            "old": before.hall, "new": target.name, "reason": reason.strip()[:500],
        }  # fmt: skip
        db.session.execute(_SAME_TIME, values)
        db.session.execute(_SET_HALL, {"hall": target.name, "id": participation_id})
    record(
        "hall.move", "participation", participation_id, why=reason.strip()[:500], exam_id=exam_id,
        before=f"{before.hall} {before.label}", after=f"{target.name} {label}",
    )  # fmt: skip
    notify(
        before.person_id,
        N_("Your seat has changed: %(hall)s, seat %(label)s. Fetch your admission ticket again."),
        {"hall": target.name, "label": label},
        link=f"/halls/{exam_id}/ticket",
    )


def _release_gone(exam_id: int) -> None:
    gone = list(db.session.scalars(_RELEASE, {"exam_id": exam_id}))
    if gone:
        db.session.execute(_SET_HALL, [{"hall": "", "id": each} for each in gone])
        record("hall.seat-release", "exam", exam_id, people=len(gone))


def _place(
    exam_id: int, placed: Sequence[Placed], source: str, at: datetime, codes_known: Mapping[int, str]
) -> None:
    """Store seats, and the name of the hall with each participation."""
    if not placed:
        return
    names = {hall.hall_id: hall.name for hall in hall_queries.halls(exam_id)}
    rows = [
        {
            "exam_id": exam_id,
            "participation_id": one.participation_id,
            "hall_id": one.hall_id,
            "label": one.label,
            "code": codes_known.get(one.participation_id) or _new_code(),
            "source": source,
            "seated_at": at,
        }
        for one in placed
    ]
    db.session.execute(insert(HallSeat), rows)
    db.session.execute(
        _SET_HALL, [{"hall": names[one.hall_id], "id": one.participation_id} for one in placed]
    )


def _tell(exam_id: int, participation_ids: Sequence[int]) -> None:
    """Tickets are out already: whoever is seated now has not seen one."""
    wanted = set(participation_ids)
    for one in seats(exam_id) if wanted else ():
        if one.participation_id in wanted:
            notify(
                one.person_id,
                N_("You have a seat: %(hall)s, seat %(label)s. Fetch your admission ticket."),
                {"hall": one.hall, "label": one.label},
                link=f"/halls/{exam_id}/ticket",
            )


def _new_code() -> str:
    return codes.code_of([secrets.randbelow(len(codes.ALPHABET)) for _ in range(codes.LENGTH)])


def _room(hall: HallView, taken: Collection[tuple[int, str]] = ()) -> Room:
    free = tuple(label for label in hall.labels if (hall.hall_id, label) not in taken)
    # With gaps the grid is no grid any more: then only the seat before counts as a neighbour.
    return Room(hall.hall_id, free, hall.columns if len(free) == len(hall.labels) else 0)


def _rule(text: str) -> SeatingRule:
    try:
        return SeatingRule(text)
    except ValueError:
        raise RuleUnknown from None
