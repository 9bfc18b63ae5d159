"""What the watch over a running exam reads, and the alarms that stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from webapp.core import clock
from webapp.core.db import db
from webapp.exam.queries.essays import WAITS_FOR_PEOPLE
from webapp.exam.queries.numbers import read
from webapp.exam.rules.alarms import Facts, HallFacts, RefusalFacts, Thresholds, thresholds_of

OVERDUE = timedelta(seconds=60)
"""The clock process looks every ten seconds: after a minute without a look it is not running."""


@dataclass(frozen=True)
class AlarmView:
    """One alarm that stands, or stood until ended_at."""

    alarm_id: int
    kind: str
    subject: str
    facts: dict[str, Any]
    since: datetime
    ended_at: datetime | None
    acknowledged_by: str
    acknowledged_at: datetime | None
    note: str


@dataclass(frozen=True)
class Watch:
    """Whether somebody looks at all, and from which numbers on a person is called."""

    looked_at: datetime | None
    thresholds: Thresholds

    def is_overdue(self, at: datetime) -> bool:
        return self.looked_at is None or at - self.looked_at > OVERDUE


# Written answers take people days: they have pages of their own and are no alarm.
_FACTS = text(
    f"""
    SELECT (SELECT extract(epoch FROM :at - min(s.deadline_at + make_interval(secs => s.grace_s)))
            FROM sheets s WHERE s.exam_id = :exam_id AND s.state = 'open'
              AND s.deadline_at + make_interval(secs => s.grace_s) <= :at) AS expired_s,
           (SELECT extract(epoch FROM :at - min(s.submitted_at)) FROM sheets s
            WHERE s.exam_id = :exam_id AND s.state = 'submitted' AND NOT {WAITS_FOR_PEOPLE}
              AND NOT EXISTS (SELECT FROM grading_failures f
                              WHERE f.attempt_id = s.attempt_id AND f.solved_at IS NULL)) AS submitted_s,
           (SELECT count(*) FROM grading_failures f JOIN sheets s ON s.attempt_id = f.attempt_id
            WHERE f.solved_at IS NULL AND s.exam_id = :exam_id AND s.state <> 'void') AS quarantined,
           (SELECT extract(epoch FROM :at - min(o.created_at)) FROM outbox o
            WHERE o.sent_at IS NULL) AS outbox_s,
           (SELECT count(*) FROM lease_events l JOIN sheets s ON s.attempt_id = l.attempt_id
            WHERE s.exam_id = :exam_id AND s.state = 'open' AND l.kind = 'takeover'
              AND l.at > :at - interval '10 minutes') AS takeovers
    """  # noqa: S608 - no value of anybody is spliced in
)
_REFUSALS = text(
    """
    SELECT outcome, count(*) FILTER (WHERE stored_at > :at - interval '5 minutes') AS now,
           count(*) FILTER (WHERE stored_at <= :at - interval '5 minutes') AS before
    FROM answer_events
    WHERE exam_id = :exam_id AND outcome NOT IN ('saved', 'paper') AND stored_at > :at - interval '10 minutes'
    GROUP BY outcome ORDER BY outcome
    """
)
_TOTALS = text(
    """
    SELECT outcome, count(*) AS number FROM answer_events
    WHERE exam_id = :exam_id AND outcome NOT IN ('saved', 'paper') GROUP BY outcome ORDER BY 2 DESC
    """
)
_ALARMS = text(
    """
    SELECT a.id AS alarm_id, a.kind, a.subject, a.facts, a.since, a.ended_at, a.acknowledged_at, a.note,
           coalesce(p.name, '') AS acknowledged_by
    FROM exam_alarms a
    LEFT JOIN accounts c ON c.id = a.acknowledged_by_account_id
    LEFT JOIN persons p ON p.id = c.person_id
    WHERE a.exam_id = :exam_id AND (a.ended_at IS NULL) = :standing
    ORDER BY a.ended_at DESC NULLS FIRST, a.since LIMIT :most
    """
)
_WATCH = text("SELECT looked_at, thresholds FROM exam_watches WHERE exam_id = :exam_id")
_WATCHED = text(
    """
    SELECT e.id AS exam_id, e.event_id FROM exams e
    WHERE (e.opens_at <= :at AND e.closes_at > :at - interval '1 hour')
       OR EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state = 'submitted')
       OR EXISTS (SELECT FROM sheets s WHERE s.exam_id = e.id AND s.state = 'open')
       OR EXISTS (SELECT FROM exam_alarms a WHERE a.exam_id = e.id AND a.ended_at IS NULL)
    ORDER BY e.id
    """
)


def watched(at: datetime) -> list[tuple[int, int]]:
    """(exam, event) of the exams that need watching: open, just closed, or with something left to do."""
    return [(row.exam_id, row.event_id) for row in db.session.execute(_WATCHED, {"at": at})]


def facts(exam_id: int, event_id: int, limits: Thresholds, at: datetime) -> Facts:
    """The numbers that alarms are decided by."""
    row = db.session.execute(_FACTS, {"exam_id": exam_id, "at": at}).mappings().one()
    halls = read(exam_id, event_id, at, limits.silent_after_s).halls
    refused = db.session.execute(_REFUSALS, {"exam_id": exam_id, "at": at})
    return Facts(
        halls=tuple(HallFacts(hall.hall, hall.counts.writing, hall.counts.silent) for hall in halls),
        refusals=tuple(RefusalFacts(one.outcome, one.now, one.before) for one in refused),
        expired_s=float(row["expired_s"] or 0),
        submitted_s=float(row["submitted_s"] or 0),
        quarantined=row["quarantined"],
        outbox_s=float(row["outbox_s"] or 0),
        takeovers=row["takeovers"],
        clock_ms=clock.offset().total_seconds() * 1000,
    )


def refusal_totals(exam_id: int) -> list[tuple[str, int]]:
    """(outcome, number) of all refused saves of an exam, the commonest first."""
    return [(row.outcome, row.number) for row in db.session.execute(_TOTALS, {"exam_id": exam_id})]


def watch(exam_id: int) -> Watch:
    """How an exam is watched."""
    row = db.session.execute(_WATCH, {"exam_id": exam_id}).one_or_none()
    return Watch(row.looked_at, thresholds_of(row.thresholds)) if row else Watch(None, Thresholds())


def standing(exam_id: int) -> list[AlarmView]:
    """The alarms that stand, the oldest first."""
    return _views(exam_id, is_standing=True)


def ended(exam_id: int) -> list[AlarmView]:
    """The latest alarms that are over."""
    return _views(exam_id, is_standing=False)


def _views(exam_id: int, is_standing: bool) -> list[AlarmView]:
    rows = db.session.execute(_ALARMS, {"exam_id": exam_id, "standing": is_standing, "most": 50}).mappings()
    return [AlarmView(**row) for row in rows]
