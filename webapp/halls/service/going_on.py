"""A hall on paper, decided by two people: it goes on so after a power cut, or begins so where there is no network.
Everybody keeps the paper drawn for them, the online page is shut out, and the attempt stays open until the
sheets are typed."""

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core import clock
from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.exam.models import TimeGrant
from webapp.exam.service.actions import Deed, Effect, Kind, register
from webapp.exam.service.sweeping import RECONCILE_SQL
from webapp.halls.errors import NobodyWaits, NobodyWrites, OnPaper
from webapp.halls.models import HallPaper
from webapp.halls.rules import codes, papers

DEVICE = "paper"
"""What stands as the device of an attempt on paper: no browser has this name."""
MOST_HOURS = 168
START = "start"
SCOPES = ("rest", "all", START)


@dataclass(frozen=True)
class GoOnPaper:
    """The hall by name; scope: rest (what has no saved answer) | all | start (whoever has not begun, everything
    on paper); hours: how long the sheets may take to be typed before the attempt closes with what it has."""

    hall: str = ""
    scope: str = "rest"
    hours: int = 24


_WRITING = text(
    """
    SELECT s.attempt_id, s.answers, s.deadline_at FROM sheets s
    JOIN participations p ON p.id = s.participation_id
    WHERE s.exam_id = :exam_id AND p.hall = :hall AND p.hall <> '' AND s.state = 'open'
      AND NOT EXISTS (SELECT FROM hall_papers h WHERE h.attempt_id = s.attempt_id)
    ORDER BY s.attempt_id FOR UPDATE OF s
    """
)
_WAITING = text(
    """
    SELECT s.attempt_id, s.answers FROM sheets s
    JOIN participations p ON p.id = s.participation_id
    JOIN exams e ON e.id = s.exam_id
    WHERE s.exam_id = :exam_id AND p.hall = :hall AND p.hall <> '' AND s.state = 'created'
      AND p.state = 'active' AND e.state = 'ready' AND :at < coalesce(s.closes_at, e.closes_at)
    ORDER BY s.attempt_id FOR UPDATE OF s
    """
)
# Sheets that are printed before the window opens count their time from its opening.
_BEGIN = text(
    """
    UPDATE sheets s
    SET state = 'open', started_at = begun.at, seen_at = begun.at,
        deadline_at = least(begun.at + make_interval(secs => ceil(begun.duration_s * begun.time_factor)), begun.closes_at)
    FROM (
        SELECT o.attempt_id, greatest(CAST(:at AS timestamptz), coalesce(o.opens_at, e.opens_at)) AS at,
               e.duration_s, p.time_factor, coalesce(o.closes_at, e.closes_at) AS closes_at
        FROM sheets o JOIN exams e ON e.id = o.exam_id JOIN participations p ON p.id = o.participation_id
        WHERE o.attempt_id = ANY(:attempt_ids) AND o.state = 'created'
    ) begun
    WHERE s.attempt_id = begun.attempt_id
    RETURNING s.attempt_id, s.answers, s.deadline_at
    """
)
_SHUT_OUT = text(
    """
    UPDATE sheets SET lease = :lease, lease_device = :device, lease_at = :at
    WHERE attempt_id = :attempt_id AND state = 'open'
    """
)
_LOG = text(
    """
    INSERT INTO lease_events (attempt_id, kind, lease, device, reason, by_account_id)
    VALUES (:attempt_id, 'paper', :lease, :device, :reason, :account_id)
    """
)
_ON_PAPER = text(
    """
    SELECT 1 FROM hall_papers h JOIN sheets s ON s.attempt_id = h.attempt_id
    WHERE h.attempt_id = :attempt_id AND s.person_id = :person_id
    """
)
_RECONCILE = text(RECONCILE_SQL.format(scope="AND o.exam_id = :exam_id"))


def may_take_over(attempt_id: int, person_id: int) -> None:
    """The exam package asks this before a device takes an attempt over. raise (OnPaper)."""
    if db.session.scalar(_ON_PAPER, {"attempt_id": attempt_id, "person_id": person_id}) is not None:
        raise OnPaper


def _writing(exam_id: int, hall: str) -> list[Any]:
    return list(db.session.execute(_WRITING, {"exam_id": exam_id, "hall": hall}))


def _concerned(exam_id: int, wanted: GoOnPaper) -> list[Any]:
    """Who gets a paper: whoever writes in the hall, or whoever has a seat there and has not begun."""
    if wanted.scope != START:
        return _writing(exam_id, wanted.hall)
    values = {"exam_id": exam_id, "hall": wanted.hall, "at": clock.now()}
    return list(db.session.execute(_WAITING, values))


def _check(exam_id: int, wanted: GoOnPaper) -> None:
    if wanted.scope not in SCOPES or not 1 <= wanted.hours <= MOST_HOURS:
        raise NobodyWrites
    if not _concerned(exam_id, wanted):
        raise NobodyWrites if wanted.scope != START else NobodyWaits


def _preview(exam_id: int, wanted: GoOnPaper) -> Effect:
    rows = _concerned(exam_id, wanted)
    sheets = sum(len(papers.to_print(row.answers, wanted.scope)) for row in rows)
    words = (
        N_("%(people)s people write on paper from the start, with %(questions)s questions in all.")
        if wanted.scope == START
        else N_("%(people)s people go on on paper, with %(questions)s questions in all.")
    )
    return Effect(len(rows), (Message(words, {"people": len(rows), "questions": sheets}),))


def _carry_out(deed: Deed, wanted: GoOnPaper) -> None:
    at = clock.now()
    rows = _concerned(deed.exam_id, wanted)
    if wanted.scope == START:
        rows = list(db.session.execute(_BEGIN, {"attempt_ids": [row.attempt_id for row in rows], "at": at}))
    for row in rows:
        lease = f"{DEVICE}-{secrets.token_urlsafe(12)}"
        values = {"attempt_id": row.attempt_id, "lease": lease, "device": DEVICE, "at": at}
        db.session.execute(_SHUT_OUT, values)
        db.session.execute(_LOG, values | {"reason": deed.reason, "account_id": deed.asked_by})
        db.session.add(_paper(deed, wanted, row, at))
        db.session.add(
            TimeGrant(
                exam_id=deed.exam_id,
                attempt_id=row.attempt_id,
                extra_s=wanted.hours * 3600,
                reason=deed.reason,
                granted_by_account_id=deed.asked_by,
                approved_by_account_id=deed.decided_by,
            )
        )
    db.session.flush()
    db.session.execute(_RECONCILE, {"exam_id": deed.exam_id})
    record(
        "hall.paper", "exam", deed.exam_id, why=deed.reason, hall=wanted.hall, scope=wanted.scope,
        people=len(rows), action_id=deed.action_id,
    )  # fmt: skip


def _paper(deed: Deed, wanted: GoOnPaper, row: Any, at: clock.datetime) -> HallPaper:
    return HallPaper(
        exam_id=deed.exam_id,
        attempt_id=row.attempt_id,
        code=codes.code_of([secrets.randbelow(len(codes.ALPHABET)) for _ in range(codes.LENGTH)]),
        slots=list(papers.to_print(row.answers, wanted.scope)),
        until=row.deadline_at,
        action_id=deed.action_id,
        asked_by_account_id=deed.asked_by,
        agreed_by_account_id=deed.decided_by,
        made_at=at,
    )


def _describe(wanted: GoOnPaper) -> Message:
    if wanted.scope == START:
        return Message(N_("Hall %(hall)s writes on paper from the start"), {"hall": wanted.hall})
    if wanted.scope == "all":
        return Message(N_("Hall %(hall)s goes on on paper, all questions"), {"hall": wanted.hall})
    return Message(
        N_("Hall %(hall)s goes on on paper, the questions without an answer"), {"hall": wanted.hall}
    )


GO_ON_PAPER = Kind("paper", GoOnPaper, _describe, _check, _preview, _carry_out)
register(GO_ON_PAPER)
