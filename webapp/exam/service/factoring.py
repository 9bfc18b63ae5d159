"""A person's extra-time factor (for a disability): set before the start, by two people, with a reason."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import Conflict
from webapp.core.words import N_, Message
from webapp.exam.errors import FactorRefused, FactorTooLate, NotAdmitted
from webapp.exam.service.actions import Deed, Effect, Kind, register
from webapp.registration.queries.entrants import SITS

MOST = Decimal(3)


@dataclass(frozen=True)
class Factor:
    """Whose, and the factor as text: '1.50' gives half as much again."""

    number: str = ""
    factor: str = "1"


_PERSON = text(
    f"""
    SELECT p.id, p.time_factor, e.duration_s,
           EXISTS (SELECT FROM sheets s WHERE s.participation_id = p.id AND s.exam_id = e.id
                   AND s.started_at IS NOT NULL) AS has_started
    FROM exams e JOIN participations p ON p.event_id = e.event_id
    WHERE e.id = :exam_id AND p.number = :number AND p.state = 'active' AND {SITS}
    """  # noqa: S608 - no value of anybody is spliced in
)
# The start locks the participation's sheet, not the person: the condition is asked again here.
_SET = text(
    """
    UPDATE participations p SET time_factor = :factor
    WHERE p.id = :id AND NOT EXISTS (SELECT FROM sheets s WHERE s.participation_id = p.id
                                     AND s.exam_id = :exam_id AND s.started_at IS NOT NULL)
    RETURNING p.id
    """
)


def _value(wanted: Factor) -> Decimal:
    try:
        found = Decimal(wanted.factor.strip())
    except InvalidOperation:
        raise FactorRefused(most=MOST) from None
    if not found.is_finite() or not 1 <= found <= MOST or found != found.quantize(Decimal("0.01")):
        raise FactorRefused(most=MOST)
    return found


def _check(exam_id: int, wanted: Factor) -> None:
    _value(wanted)
    row = db.session.execute(_PERSON, {"exam_id": exam_id, "number": wanted.number}).one_or_none()
    if row is None:
        raise NotAdmitted
    if row.has_started:
        raise FactorTooLate


def _preview(exam_id: int, wanted: Factor) -> Effect:
    row = db.session.execute(_PERSON, {"exam_id": exam_id, "number": wanted.number}).one()
    old, new = int(row.duration_s * row.time_factor) // 60, int(row.duration_s * _value(wanted)) // 60
    return Effect(1, (Message(N_("%(old)s minutes become %(new)s minutes."), {"old": old, "new": new}),))


def _carry_out(deed: Deed, wanted: Factor) -> None:
    row = db.session.execute(_PERSON, {"exam_id": deed.exam_id, "number": wanted.number}).one()
    values = {"id": row.id, "factor": _value(wanted), "exam_id": deed.exam_id}
    if db.session.execute(_SET, values).one_or_none() is None:
        raise Conflict
    record(
        "participation.time-factor", "participation", row.id, why=deed.reason, before=str(row.time_factor),
        after=wanted.factor, action_id=deed.action_id, asked_by=deed.asked_by, approved_by=deed.decided_by,
    )  # fmt: skip


def _describe(wanted: Factor) -> Message:
    return Message(
        N_("Extra-time factor %(factor)s for contestant %(number)s"),
        {"factor": wanted.factor, "number": wanted.number},
    )


register(Kind("factor", Factor, _describe, _check, _preview, _carry_out))
