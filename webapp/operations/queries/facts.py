"""The facts behind the readiness checks, asked once a question."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy import text

from webapp.audit import queries as audit
from webapp.config import Settings
from webapp.contests.rules.blueprint import from_json
from webapp.core import clock, typesetting
from webapp.core.db import db
from webapp.core.redis import redis_client
from webapp.exam.service.exams import supply
from webapp.operations.rules.readiness import GATE_BEFORE, Beat, ExamFacts, InstallationFacts
from webapp.registration.queries.entrants import SITS

SOON = timedelta(days=7)
FORGOTTEN = timedelta(days=1)

_BEATS = text(
    "SELECT kind, host, pid, seen_at, offset_ms FROM process_beats WHERE seen_at > :since ORDER BY 1, 2, 3"
)
_NUMBERS = text(
    """
    SELECT (SELECT max(at) FROM backup_runs) AS backup_at,
           (SELECT last_archived_time FROM pg_stat_archiver) AS archive_at,
           (SELECT coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false)
            FROM pg_stat_archiver) AS archive_failed,
           current_setting('archive_mode') <> 'off' AS is_archiving,
           (SELECT count(*) FROM grading_failures WHERE solved_at IS NULL) AS quarantined,
           (SELECT coalesce(max(e.duration_s), 0) FROM exams e WHERE e.closes_at > :at) AS longest_s,
           (SELECT coalesce(max(p.time_factor), 1) FROM participations p WHERE p.state = 'active') AS factor,
           (SELECT min(a.at) FROM audit_rows a
            WHERE a.id > (SELECT coalesce(max(last_row_id), 0) FROM audit_seals)) AS audit_waits_since
    """
)
_EXAMS = text(
    f"""
    SELECT e.id, e.stage_id, e.opens_at, e.state, e.title, ev.title AS event_title, ev.contest_id, e.event_id, e.blueprint,
           e.bank_version_id, ev.track, v.state AS bank_state, people.*
    FROM exams e
    JOIN events ev ON ev.id = e.event_id
    JOIN bank_versions v ON v.id = e.bank_version_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS people, count(*) FILTER (WHERE p.hall = '') AS without_hall,
               count(*) FILTER (WHERE EXISTS (SELECT FROM exam_sessions t WHERE t.exam_id = e.id)
                                AND NOT EXISTS (SELECT FROM session_bookings b WHERE b.exam_id = e.id
                                                AND b.participation_id = p.id)) AS without_session,
               count(*) FILTER (WHERE NOT EXISTS (SELECT FROM attempts a WHERE a.exam_id = e.id
                                                  AND a.participation_id = p.id)) AS without_paper
        FROM participations p WHERE p.event_id = e.event_id AND p.state = 'active' AND {SITS}
    ) people
    WHERE e.kind = 'formal' AND (e.state = 'blocked' OR (e.opens_at > :at AND e.opens_at < :soon))
    ORDER BY e.opens_at, e.id
    """  # noqa: S608 - no value of anybody is spliced in
)


def installation_facts() -> InstallationFacts:
    """Everything the checks of the installation look at."""
    settings: Settings = current_app.extensions["settings"]
    at = clock.now()
    row = db.session.execute(_NUMBERS, {"at": at}).one()
    beats = db.session.execute(_BEATS, {"since": at - FORGOTTEN}).all()
    chain = audit.chain_state(recompute=False)
    return InstallationFacts(
        is_demo=bool(current_app.config["DEMO"]),
        is_secure=settings.secure,
        public_url=settings.public_url,
        two_person=settings.two_person,
        second_factor=settings.second_factor,
        session=timedelta(hours=settings.session_hours),
        longest_exam=timedelta(seconds=float(row.longest_s) * float(row.factor)),
        has_weak_keys=_are_weak(settings),
        backup_at=row.backup_at,
        archive_at=row.archive_at,
        is_archiving=row.is_archiving,
        archive_failed=row.archive_failed,
        audit_broken_row=chain.broken_row_id if chain.is_intact is False else None,
        audit_waits_since=row.audit_waits_since,
        quarantined=row.quarantined,
        redis_keeps=_redis_keeps(),
        beats=tuple(Beat(*beat) for beat in beats),
        workers=_workers(at),
        has_song_font=typesetting.has_serif(),
    )


def coming_exams() -> list[Mapping[str, Any]]:
    """Formal exams that open within a week, and those that are held back; with their people."""
    at = clock.now()
    rows = db.session.execute(_EXAMS, {"at": at, "soon": at + SOON}).mappings()
    return [dict(row) for row in rows]


def gated_exams() -> list[Mapping[str, Any]]:
    """Those of them about which it is decided now whether they may start."""
    at = clock.now()
    return [row for row in coming_exams() if row["state"] == "blocked" or row["opens_at"] - at <= GATE_BEFORE]


def exam_facts(row: Mapping[str, Any]) -> ExamFacts:
    """The facts of one of `coming_exams`."""
    check = supply(from_json(row["blueprint"]), row["bank_version_id"])
    return ExamFacts(
        exam_id=row["id"],
        opens_at=row["opens_at"],
        draws_beforehand=row["track"] == "competition",
        people=row["people"],
        without_paper=row["without_paper"],
        without_hall=row["without_hall"],
        without_session=row["without_session"],
        shortages=sum(shortage.missing for shortage in check.shortages),
        thin_cells=len(check.warnings),
        bank_is_approved=row["bank_state"] in {"approved", "superseded"},
    )


def _are_weak(settings: Settings) -> bool:
    return len(set(settings.secret_key)) < 12 or len(set(settings.data_key)) < 12


def _redis_keeps() -> bool | None:
    try:
        return bool(redis_client().config_get("appendonly").get("appendonly") == "yes")
    except RedisError:
        return None


def _workers(at: datetime) -> int | None:
    """Workers that reported to Redis within two minutes; None without Redis."""
    try:
        found = Worker.all(connection=redis_client())
    except RedisError:
        return None
    old = (at - timedelta(minutes=10)).replace(tzinfo=None)
    return sum(
        worker.last_heartbeat is not None and worker.last_heartbeat.replace(tzinfo=None) > old
        for worker in found
    )
