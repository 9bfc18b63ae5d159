"""A stage opens later: the last day from which its organiser's deadlines count goes along."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import text

from webapp.audit.service import record
from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import LaterStage
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.hosting.models import HostingApplication
from webapp.hosting.service.performing import open_file
from webapp.hosting.service.telling import tell_applicant

LATER = N_("“%(title)s” is held later: your deadlines after the event count from %(day)s.")
_SHARED = Message(
    N_("Its application names events that do not move with it: the host names the last day there.")
)

# Who hosts the stage; who organises the event, where it is the last stage of it. One row an event of the application.
_FILES = text(
    """
    SELECT a.id, a.title, o.name AS organisation, f.ended_on, l.seconds, e.id AS event_id,
           1 + CASE WHEN jsonb_typeof(a.told->'what'->'more') = 'array'
                    THEN jsonb_array_length(a.told->'what'->'more') ELSE 0 END AS events
    FROM jsonb_to_recordset(CAST(:late AS jsonb)) AS l(stage_id bigint, seconds bigint)
    JOIN stages st ON st.id = l.stage_id JOIN events e ON e.id = st.event_id
    JOIN hosting_applications a ON a.contest_id = e.contest_id AND a.state = 'settled'
        AND (a.event_id = e.id OR a.event_code = e.code OR a.told->'what'->'more' @> to_jsonb(e.code))
        AND (a.offer = 'stage' AND a.stage_code = st.code OR a.offer <> 'stage' AND NOT EXISTS (
            SELECT FROM stages x WHERE x.event_id = e.id AND x.position > st.position))
    JOIN organisations o ON o.id = a.organisation_id
    JOIN hosting_performances f ON f.application_id = a.id AND f.state = 'open' AND f.ended_on >= :today
    ORDER BY a.id
    """
)


@dataclass(frozen=True)
class End:
    """The last day of one application. after: None where it stays, because other events of it stay. event_ids: of it, those
    that move."""

    application_id: int
    organisation: str
    before: date
    after: date | None
    event_ids: tuple[int, ...]


def foresee_ends(
    event_ids: Collection[int], late: Sequence[LaterStage], now: datetime
) -> Iterator[tuple[int, Instant | Message]]:
    """The last days of those who host or organise what moves."""
    words = N_("Last day by the plan of %(organisation)s: its file and scores are due counting from it")
    for one in _ends(late, now):
        line = Instant(
            Message(words, {"organisation": one.organisation}),
            _end_of(one.before),
            _end_of(one.after) if one.after else None,
            None if one.after else _SHARED,
        )
        for event_id in one.event_ids:
            yield event_id, line


def move_ends(late: Sequence[LaterStage], now: datetime) -> None:
    """Deadlines after the event are counted from the later day, and the organiser is told."""
    for one in _ends(late, now):
        row = db.session.get(HostingApplication, one.application_id, with_for_update=True)
        if one.after is None or row is None:
            continue
        open_file(row, one.after)
        record("hosting.end", "hosting", row.id, ended_on=one.after.isoformat())
        tell_applicant(row, LATER, {"title": row.title, "day": one.after.isoformat()})


def _ends(late: Sequence[LaterStage], now: datetime) -> list[End]:
    values = {
        "late": _json(late),
        "today": now.astimezone(SHANGHAI).date(),
    }
    found: dict[int, list[tuple[str, date, int, int, int]]] = {}
    for row in db.session.execute(_FILES, values):
        found.setdefault(row.id, []).append(
            (row.organisation, row.ended_on, row.seconds, row.events, row.event_id)
        )
    ends = []
    for application_id, rows in found.items():
        organisation, ended_on, seconds, events, _event_id = rows[0]
        moves = len(rows) == events and len({one[2] for one in rows}) == 1
        by = timedelta(days=seconds // 86_400)
        if by or not moves:
            touched = tuple(row[4] for row in rows)
            ends.append(
                End(application_id, organisation, ended_on, ended_on + by if moves else None, touched)
            )
    return ends


def _json(late: Sequence[LaterStage]) -> str:
    rows = [{"stage_id": one.stage_id, "seconds": int(one.by.total_seconds())} for one in late]
    return json.dumps(rows)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=SHANGHAI)
