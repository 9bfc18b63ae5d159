"""Making and changing halls, by form or from a file."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from webapp.audit.service import record
from webapp.core.db import db
from webapp.halls.errors import HallInUse, HallNameTaken, HallNotFound
from webapp.halls.formats.workbook import HallRow
from webapp.halls.models import Hall, HallPlan, HallSeat


def add_halls(exam_id: int, rows: Sequence[HallRow]) -> list[int]:
    """Add these halls behind those that are there. raise (HallNameTaken): one of the names is used."""
    names = set(db.session.scalars(select(Hall.name).where(Hall.exam_id == exam_id)))
    place = db.session.scalar(select(func.max(Hall.position)).where(Hall.exam_id == exam_id)) or 0
    made = []
    for row in rows:
        if row.name in names:
            raise HallNameTaken(name=row.name)
        names.add(row.name)
        place += 1
        hall = Hall(exam_id=exam_id, position=place)
        _fill(hall, row)
        db.session.add(hall)
        made.append(hall)
    db.session.flush()
    for hall in made:
        record("hall.add", "hall", hall.id, exam_id=exam_id, name=hall.name, seats=len(hall.labels))
    return [hall.id for hall in made]


def change_hall(exam_id: int, hall_id: int, row: HallRow) -> None:
    """Change a hall. Once people sit in it, its name and their seats stay: extra time hangs on the name.

    raise (HallNotFound, HallNameTaken, HallInUse)."""
    hall = _locked(exam_id, hall_id)
    other = select(Hall.id).where(Hall.exam_id == exam_id, Hall.name == row.name, Hall.id != hall_id)
    if db.session.scalar(other) is not None:
        raise HallNameTaken(name=row.name)
    taken = set(db.session.scalars(select(HallSeat.label).where(HallSeat.hall_id == hall_id)))
    if taken and (row.name != hall.name or not taken <= set(row.seats.labels)):
        raise HallInUse
    _fill(hall, row)
    record("hall.change", "hall", hall_id, exam_id=exam_id, name=row.name, seats=len(row.seats.labels))


def remove_hall(exam_id: int, hall_id: int) -> None:
    """Remove an empty hall. raise (HallNotFound, HallInUse): people sit in it."""
    hall = _locked(exam_id, hall_id)
    if db.session.scalar(select(HallSeat.participation_id).where(HallSeat.hall_id == hall_id).limit(1)):
        raise HallInUse
    record("hall.remove", "hall", hall_id, exam_id=exam_id, name=hall.name)
    db.session.delete(hall)


def set_plan(
    exam_id: int, tickets_from: datetime | None, late_from: datetime | None, words: dict[str, str]
) -> None:
    """From when tickets can be fetched, from when a check-in is late, the words on the ticket {zh, en}."""
    plan = plan_row(exam_id)
    plan.tickets_from, plan.late_from, plan.words = tickets_from, late_from, words
    record("hall.plan", "exam", exam_id)


def plan_row(exam_id: int) -> HallPlan:
    """The exam's plan of halls, locked; made when it is not there."""
    found = db.session.get(HallPlan, exam_id, with_for_update=True)
    if found is None:
        found = HallPlan(exam_id=exam_id, words={})
        db.session.add(found)
        db.session.flush()
    return found


def _fill(hall: Hall, row: HallRow) -> None:
    hall.site, hall.name, hall.medium = row.site, row.name, row.medium
    hall.address = {"zh": row.address, **({"en": row.address_en} if row.address_en else {})}
    hall.labels, hall.columns = list(row.seats.labels), row.seats.columns
    hall.networks, hall.needs_check_in = list(row.networks), row.needs_check_in


def _locked(exam_id: int, hall_id: int) -> Hall:
    query = select(Hall).where(Hall.id == hall_id, Hall.exam_id == exam_id).with_for_update()
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise HallNotFound
    return found
