"""Storing what browsers report about their exam page, and where an attempt was open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.integrity.rules.addresses import prefix_of
from webapp.integrity.rules.focus import MOST_IN_ATTEMPT, Happening, Report

AFTER_SUBMISSION = timedelta(minutes=2)
"""Leaving the page reports once more after the paper was handed in."""

_STORE = text(
    """
    INSERT INTO focus_events (exam_id, attempt_id, kind, page, ms, device, arrived_at)
    SELECT s.exam_id, s.attempt_id, sent.kind, :page, sent.ms, :device, :arrival
    FROM sheets s, unnest(CAST(:kinds AS text[]), CAST(:times AS bigint[])) AS sent(kind, ms)
    WHERE s.attempt_id = :attempt_id AND s.started_at IS NOT NULL
      AND (s.submitted_at IS NULL OR s.submitted_at > :not_before)
      AND (SELECT count(*) FROM focus_events e WHERE e.attempt_id = :attempt_id) + :n <= :most
    """
)
_SEEN = text(
    """
    INSERT INTO exam_sightings (attempt_id, device_hash, address_hash, exam_id, prefix, site_id, at)
    SELECT :attempt_id, :device_hash, :address_hash, :exam_id, :prefix, (
        SELECT site.id FROM exam_sites site JOIN exams e ON e.id = :exam_id
        JOIN events ev ON ev.id = e.event_id AND ev.contest_id = site.contest_id
        WHERE site.removed_at IS NULL AND CAST(:address AS inet) <<= CAST(site.network AS cidr)
        ORDER BY site.id LIMIT 1), :at
    WHERE (SELECT count(*) FROM exam_sightings x WHERE x.attempt_id = :attempt_id) < :most
    ON CONFLICT DO NOTHING
    """
)
MOST_SIGHTINGS = 50
"""Of one attempt: a phone may change its address often, but nothing may grow without end."""


@dataclass(frozen=True)
class Place:
    """Where a request came from: the address, and the name of the browser ('' when it has none)."""

    address: str
    device: str


def store(exam_id: int, attempt_id: int, reports: Sequence[Report], place: Place, at: datetime) -> None:
    """Keep the reports of one running attempt, at most MOST_IN_ATTEMPT of it; `at`: arrival at the server.

    A page that was loaded also notes the device and the address, as keyed hashes that differ from exam to
    exam, so that nobody can be followed from one to the other."""
    db.session.execute(
        _STORE,
        {
            "attempt_id": attempt_id,
            "kinds": [report.kind.value for report in reports],
            "times": [report.ms for report in reports],
            "n": len(reports),
            "page": reports[0].page,
            "device": reports[0].device.value,
            "arrival": at,
            "not_before": at - AFTER_SUBMISSION,
            "most": MOST_IN_ATTEMPT,
        },
    )
    if any(report.kind is Happening.OPENED for report in reports) and (prefix := prefix_of(place.address)):
        _note_place(exam_id, attempt_id, place, prefix, at)


def _note_place(exam_id: int, attempt_id: int, place: Place, prefix: str, at: datetime) -> None:
    keys = keyring()
    db.session.execute(
        _SEEN,
        {
            "attempt_id": attempt_id,
            "exam_id": exam_id,
            "device_hash": keys.lookup_hash(place.device, f"exam-device:{exam_id}") if place.device else b"",
            "address_hash": keys.lookup_hash(place.address, f"exam-address:{exam_id}"),
            "address": place.address,
            "prefix": prefix,
            "at": at,
            "most": MOST_SIGHTINGS,
        },
    )
