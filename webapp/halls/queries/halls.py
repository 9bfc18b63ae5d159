"""Halls of an exam and how full they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.core.db import db
from webapp.halls.errors import HallNotFound
from webapp.halls.models import Hall, HallPlan
from webapp.halls.rules import labels


@dataclass(frozen=True)
class HallView:
    """One hall. seated, present: how many sit there by the plan, and how many are checked in."""

    hall_id: int
    exam_id: int
    site: str
    address: dict[str, str]
    name: str
    labels: tuple[str, ...]
    columns: int
    medium: str
    networks: tuple[str, ...]
    needs_check_in: bool
    seated: int
    present: int

    @property
    def seats_text(self) -> str:
        """The seats as a host would write them."""
        return labels.as_text(labels.Seats(self.labels, self.columns))


@dataclass(frozen=True)
class PlanView:
    """What holds for all halls of an exam."""

    rule: str
    seed: str
    seated_at: datetime | None
    tickets_from: datetime | None
    late_from: datetime | None
    words: dict[str, str]


_HALLS = text(
    """
    SELECT h.id AS hall_id, h.exam_id, h.site, h.address, h.name, h.labels, h.columns, h.medium, h.networks,
           h.needs_check_in, count(s.label) AS seated, count(s.checked_in_at) AS present
    FROM halls h LEFT JOIN hall_seats s ON s.hall_id = h.id
    WHERE h.exam_id = :exam_id AND (:hall_id = 0 OR h.id = :hall_id)
    GROUP BY h.id ORDER BY h.position, h.id
    """
)
_COUNTS = text(
    """
    SELECT e.id, count(h.id) AS halls FROM exams e LEFT JOIN halls h ON h.exam_id = e.id
    WHERE e.id = ANY(:ids) GROUP BY e.id
    """
)
_TO_CHECK = text("SELECT DISTINCT exam_id FROM halls WHERE needs_check_in")


def halls(exam_id: int) -> list[HallView]:
    """All halls of an exam in their order."""
    return _read(exam_id, 0)


def hall(exam_id: int, hall_id: int) -> HallView:
    """One hall of this exam. raise (HallNotFound): missing, or of another exam."""
    found = _read(exam_id, hall_id) if hall_id else []
    if not found:
        raise HallNotFound
    return found[0]


def _read(exam_id: int, hall_id: int) -> list[HallView]:
    rows = db.session.execute(_HALLS, {"exam_id": exam_id, "hall_id": hall_id}).mappings()
    lists = ("labels", "networks")
    return [HallView(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in rows]


def hall_counts(exam_ids: Sequence[int]) -> dict[int, int]:
    """How many halls each of these exams has."""
    rows = db.session.execute(_COUNTS, {"ids": list(exam_ids)})
    return {row.id: row.halls for row in rows}


def plan_of(exam_id: int) -> PlanView:
    """The plan of an exam's halls; an empty one when nothing is decided yet."""
    found = db.session.get(HallPlan, exam_id)
    if found is None:
        return PlanView("", "", None, None, None, {})
    return PlanView(
        found.rule, found.seed, found.seated_at, found.tickets_from, found.late_from, dict(found.words)
    )


def networks_of(exam_id: int) -> dict[str, tuple[str, ...]]:
    """Networks by hall name, for whoever compares addresses (evidence, never a verdict). Halls without
    a list are not in it."""
    rows: Any = db.session.execute(select(Hall.name, Hall.networks).where(Hall.exam_id == exam_id))
    return {name: tuple(found) for name, found in rows if found}


def exams_that_check() -> frozenset[int]:
    """Ids of exams with a hall that asks for check-in before starting."""
    return frozenset(db.session.scalars(_TO_CHECK))
