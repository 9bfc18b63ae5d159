"""Extra time: for a person, a hall, an exam, or every exam of an event or contest that is open now."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core import clock
from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.exam.errors import AttemptNotFound, GrantRefused
from webapp.exam.models import TimeGrant
from webapp.exam.service.actions import Deed, Effect, Kind, register
from webapp.exam.service.sweeping import RECONCILE_SQL

MOST_MINUTES = 240
"""A slip of the finger must not give a week."""

REACHES = ("exam", "event", "contest")


@dataclass(frozen=True)
class Extension:
    """Extra time. attempt_id or hall narrow it; reach: exam | event | contest widens it to all formal
    exams there that are open when it is carried out. seconds: minutes in seconds, or an exact credit."""

    attempt_id: int | None = None
    hall: str = ""
    minutes: int = 0
    seconds: int = 0
    reach: str = "exam"

    @property
    def extra_s(self) -> int:
        return self.minutes * 60 + self.seconds


_RECONCILE = text(RECONCILE_SQL.format(scope="AND o.exam_id = :exam_id"))
_ATTEMPT = text("SELECT 1 FROM sheets WHERE attempt_id = :attempt_id AND exam_id = :exam_id")
_EXAMS = text(
    """
    SELECT e.id FROM exams e JOIN events ev ON ev.id = e.event_id
    JOIN exams own ON own.id = :exam_id JOIN events home ON home.id = own.event_id
    WHERE e.id = own.id
       OR (e.kind = 'formal' AND e.opens_at <= :at
           AND (e.closes_at > :at OR EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state = 'open'))
           AND ((:reach = 'event' AND e.event_id = own.event_id)
                OR (:reach = 'contest' AND ev.contest_id = home.contest_id)))
    ORDER BY e.id
    """
)
_CONCERNED = text(
    """
    SELECT count(*) FILTER (WHERE s.state = 'open') AS running,
           count(*) FILTER (WHERE s.state = 'created') AS waiting
    FROM sheets s JOIN participations p ON p.id = s.participation_id
    WHERE s.exam_id = ANY(:exam_ids) AND (:hall = '' OR p.hall = :hall)
      AND (CAST(:attempt_id AS bigint) IS NULL OR s.attempt_id = :attempt_id)
    """
)


def exams_reached(exam_id: int, reach: str) -> list[int]:
    """The exam itself, or every formal one of its event or contest that is open now."""
    values = {"exam_id": exam_id, "reach": reach, "at": clock.now()}
    return list(db.session.scalars(_EXAMS, values))


def _check(exam_id: int, wanted: Extension) -> None:
    if not 1 <= wanted.extra_s <= MOST_MINUTES * 60 or wanted.minutes < 0 or wanted.seconds < 0:
        raise GrantRefused(most=MOST_MINUTES)
    if wanted.reach not in REACHES:
        raise GrantRefused(most=MOST_MINUTES)
    if wanted.attempt_id is not None:
        values = {"attempt_id": wanted.attempt_id, "exam_id": exam_id}
        if db.session.scalar(_ATTEMPT, values) is None:
            raise AttemptNotFound


def _preview(exam_id: int, wanted: Extension) -> Effect:
    exam_ids = exams_reached(exam_id, wanted.reach)
    values = {"exam_ids": exam_ids, "hall": wanted.hall, "attempt_id": wanted.attempt_id}
    row = db.session.execute(_CONCERNED, values).one()
    lines = [
        Message(
            N_("%(running)s people who are writing get %(amount)s more."),
            {"running": row.running, "amount": amount(wanted.extra_s)},
        )
    ]
    if row.waiting:
        lines.append(Message(N_("%(n)s people who start later get it too."), {"n": row.waiting}))
    if len(exam_ids) > 1:
        lines.append(Message(N_("It holds in %(n)s exams."), {"n": len(exam_ids)}))
    return Effect(row.running, tuple(lines))


def amount(seconds: int) -> str:
    """12:30 for twelve and a half minutes: the same in every language."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def _carry_out(deed: Deed, wanted: Extension) -> None:
    for exam_id in exams_reached(deed.exam_id, wanted.reach):
        db.session.add(
            TimeGrant(
                exam_id=exam_id,
                attempt_id=wanted.attempt_id,
                hall=wanted.hall or None,
                extra_s=wanted.extra_s,
                reason=deed.reason,
                granted_by_account_id=deed.asked_by,
                approved_by_account_id=deed.decided_by,
            )
        )
        db.session.flush()
        moved = db.session.execute(_RECONCILE, {"exam_id": exam_id}).all()
        record(
            "exam.extend", "exam", exam_id, why=deed.reason, running=len(moved), action_id=deed.action_id,
            extra_s=wanted.extra_s, granted_by=deed.asked_by, approved_by=deed.decided_by,
        )  # fmt: skip


def _describe(wanted: Extension) -> Message:
    facts: dict[str, Any] = {"amount": amount(wanted.extra_s)}
    if wanted.attempt_id is not None:
        return Message(N_("Extra time %(amount)s for attempt %(n)s"), {**facts, "n": wanted.attempt_id})
    if wanted.hall and wanted.reach == "exam":
        return Message(N_("Extra time %(amount)s for hall %(hall)s"), {**facts, "hall": wanted.hall})
    if wanted.hall:
        return Message(
            N_("Extra time %(amount)s for hall %(hall)s in all open exams"), {**facts, "hall": wanted.hall}
        )
    words = {
        "event": N_("Extra time %(amount)s for all open exams of the event"),
        "contest": N_("Extra time %(amount)s for all open exams of the contest"),
    }.get(wanted.reach, N_("Extra time %(amount)s for everybody in this exam"))
    return Message(words, facts)


EXTEND = Kind("extend", Extension, _describe, _check, _preview, _carry_out)
register(EXTEND)
