"""The watch over running exams: alarms begin, last, are taken note of, and end by themselves."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import Conflict
from webapp.exam.errors import AlarmNotFound
from webapp.exam.queries import alarms as queries
from webapp.exam.rules.alarms import Alarm, alarms

log = logging.getLogger(__name__)

_LASTING = text("SELECT kind, subject FROM exam_alarms WHERE exam_id = :exam_id AND ended_at IS NULL")
_KEEP = text(
    """
    INSERT INTO exam_alarms (exam_id, kind, subject, facts, since)
    VALUES (:exam_id, :kind, :subject, CAST(:facts AS jsonb), :at)
    ON CONFLICT (exam_id, kind, subject) WHERE ended_at IS NULL DO UPDATE SET facts = excluded.facts
    """
)
_END = text(
    """
    UPDATE exam_alarms SET ended_at = :at
    WHERE exam_id = :exam_id AND kind = :kind AND subject = :subject AND ended_at IS NULL
    """
)
_LOOKED = text(
    """
    INSERT INTO exam_watches (exam_id, looked_at) VALUES (:exam_id, :at)
    ON CONFLICT (exam_id) DO UPDATE SET looked_at = excluded.looked_at
    """
)
_CHANGE = text(
    """
    INSERT INTO exam_watches (exam_id, thresholds) VALUES (:exam_id, CAST(:thresholds AS jsonb))
    ON CONFLICT (exam_id) DO UPDATE SET thresholds = excluded.thresholds
    """
)
_ACKNOWLEDGE = text(
    """
    UPDATE exam_alarms SET acknowledged_by_account_id = :account_id, acknowledged_at = :at, note = :note
    WHERE id = :alarm_id AND exam_id = :exam_id AND acknowledged_at IS NULL RETURNING kind, subject
    """
)
_EXISTS = text("SELECT EXISTS (SELECT FROM exam_alarms WHERE id = :alarm_id AND exam_id = :exam_id)")
_SILENT = text(
    """
    INSERT INTO silences (attempt_id, since)
    SELECT s.attempt_id, s.seen_at FROM sheets s
    WHERE s.exam_id = :exam_id AND s.state = 'open' AND s.seen_at < :silent_before
    ON CONFLICT DO NOTHING
    """
)
_HEARD = text(
    """
    UPDATE silences x SET until = s.seen_at
    FROM sheets s
    WHERE x.until IS NULL AND s.attempt_id = x.attempt_id AND s.exam_id = :exam_id AND s.seen_at > x.since
    """
)


def watch_exam(exam_id: int, event_id: int, at: datetime) -> tuple[Alarm, ...]:
    """Look at one exam: begin, keep and end its alarms; return those that stand now."""
    lasting = frozenset((row.kind, row.subject) for row in db.session.execute(_LASTING, {"exam_id": exam_id}))
    limits = queries.watch(exam_id).thresholds
    _note_silences(exam_id, limits.silent_after_s, at)
    found = alarms(queries.facts(exam_id, event_id, limits, at), limits, lasting)
    for alarm in found:
        db.session.execute(
            _KEEP,
            {
                "exam_id": exam_id,
                "kind": str(alarm.kind),
                "subject": alarm.subject,
                "facts": json.dumps(dict(alarm.facts)),
                "at": at,
            },
        )
        if (str(alarm.kind), alarm.subject) not in lasting:
            log.error("ALARM: exam %d: %s %s %s", exam_id, alarm.kind, alarm.subject, dict(alarm.facts))
    for kind, subject in lasting - {(str(alarm.kind), alarm.subject) for alarm in found}:
        db.session.execute(_END, {"exam_id": exam_id, "kind": kind, "subject": subject, "at": at})
    db.session.execute(_LOOKED, {"exam_id": exam_id, "at": at})
    return found


def _note_silences(exam_id: int, silent_after_s: int, at: datetime) -> None:
    """Keep who is silent since when, and who is heard again: evidence for the time line."""
    db.session.execute(_HEARD, {"exam_id": exam_id})
    before = at - timedelta(seconds=silent_after_s)
    db.session.execute(_SILENT, {"exam_id": exam_id, "silent_before": before})


def acknowledge(exam_id: int, alarm_id: int, account_id: int, note: str, at: datetime) -> None:
    """Somebody has taken note of an alarm, by name; it stays until its cause is over.

    raise (AlarmNotFound): not of this exam. raise (Conflict): somebody was faster."""
    values = {
        "exam_id": exam_id,
        "alarm_id": alarm_id,
        "account_id": account_id,
        "note": note.strip()[:200],
        "at": at,
    }
    row = db.session.execute(_ACKNOWLEDGE, values).one_or_none()
    if row is None:
        if db.session.scalar(_EXISTS, values):
            raise Conflict
        raise AlarmNotFound
    record("exam.acknowledge-alarm", "exam", exam_id, why=note.strip(), kind=row.kind, subject=row.subject)


def change_thresholds(exam_id: int, chosen: dict[str, Any]) -> None:
    """Have an exam's alarms begin at other numbers. chosen: names and numbers that were checked by the form."""
    db.session.execute(_CHANGE, {"exam_id": exam_id, "thresholds": json.dumps(chosen)})
    record("exam.change-thresholds", "exam", exam_id, **chosen)
