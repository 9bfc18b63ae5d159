"""A stage opens later: those who were asked whether they come have as much longer to answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.audit.service import record
from webapp.contests.queries import stage_by_id
from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import Along, LaterStage
from webapp.core.db import db
from webapp.core.i18n import until
from webapp.core.words import N_, Message
from webapp.stages.queries.admissions import stage_before
from webapp.stages.service import inviting

ANSWER_LATER = N_(
    "%(event)s, %(stage)s begins later, so you have more time to answer. Please say by %(until)s whether you come."
)
_WAITING = "stage_id = :stage_id AND state = 'invited' AND answer_by > :now"
_ASKED = text(
    f"SELECT answer_by, count(*) AS people FROM stage_admissions WHERE {_WAITING} GROUP BY answer_by ORDER BY answer_by"  # noqa: S608 - a constant
)
_MOVE = text(
    f"UPDATE stage_admissions SET answer_by = answer_by + :by WHERE {_WAITING} RETURNING entry_id, answer_by"  # noqa: S608 - a constant
)
_HOURS = text(
    """
    SELECT id, substitutes_until FROM stage_lists
    WHERE stage_id = :stage_id AND substitutes_until > :now AND state NOT IN ('final', 'superseded', 'dropped')
    """
)
_MOVE_HOUR = text(
    "UPDATE stage_lists SET substitutes_until = substitutes_until + :by WHERE id = :id RETURNING substitutes_until"
)
# Of many stages those in which somebody has been asked, or substitutes of the list before move up until an hour.
_CONCERNED = text(
    """
    SELECT st.id FROM stages st WHERE st.id = ANY(:stage_ids) AND (
        EXISTS (SELECT FROM stage_admissions a
                WHERE a.stage_id = st.id AND a.state = 'invited' AND a.answer_by > :now)
        OR EXISTS (SELECT FROM stage_lists l JOIN stages b ON b.id = l.stage_id
                   WHERE b.event_id = st.event_id AND b.position < st.position AND l.substitutes_until > :now))
    """
)
_NOTICES = text(
    """
    SELECT st.title, n.ends_at FROM stages st
    JOIN LATERAL (SELECT ends_at FROM stage_notices WHERE stage_id = st.id ORDER BY version DESC LIMIT 1) n ON true
    WHERE st.event_id = :event_id AND n.ends_at > :now ORDER BY st.position
    """
)


def foresee_answers(event_id: int, late: Sequence[LaterStage], now: datetime) -> Along:
    """Until when people who were asked answer and substitutes of the list before move up; a public notice that runs
    ends as it was posted."""
    instants = []
    for one in _concerned(late, now):
        stage = stage_by_id(one.stage_id)
        for row in db.session.execute(_ASKED, {"stage_id": one.stage_id, "now": now}):
            words = N_("%(stage)s: those who were asked (%(people)s) answer by then")
            what = Message(words, {"stage": stage.title, "people": row.people})
            instants.append(Instant(what, row.answer_by, row.answer_by + one.by))
        before = stage_before(stage)
        for row in _hours(before.stage_id if before else 0, now):
            words = N_("%(stage)s: substitutes on its list move up until then")
            what = Message(words, {"stage": before.title if before else ""})
            instants.append(Instant(what, row.substitutes_until, row.substitutes_until + one.by))
    for row in db.session.execute(_NOTICES, {"event_id": event_id, "now": now}):
        what = Message(N_("%(stage)s: its public notice ends"), {"stage": row.title})
        why = Message(N_("It was posted with this end."))
        instants.append(Instant(what, row.ends_at, None, why))
    return Along(tuple(instants))


def move_answers(late: Sequence[LaterStage], now: datetime) -> None:
    """Whoever was asked and has time left answers as much later and is told; so does the hour of substitutes."""
    for one in _concerned(late, now):
        stage = stage_by_id(one.stage_id)
        values = {"stage_id": one.stage_id, "now": now, "by": one.by}
        asked: dict[datetime, list[int]] = {}
        for row in db.session.execute(_MOVE, values):
            asked.setdefault(row.answer_by, []).append(row.entry_id)
        for at, entries in asked.items():
            inviting.tell(stage, entries, ANSWER_LATER, now, {"until": until(at)})
        if asked:
            people, seconds = sum(len(found) for found in asked.values()), int(one.by.total_seconds())
            record("place.answer-later", "stage", one.stage_id, people=people, seconds=seconds)
        before = stage_before(stage)
        for row in _hours(before.stage_id if before else 0, now):
            moved = db.session.scalar(_MOVE_HOUR, {"id": row.id, "by": one.by})
            record(
                "list.substitutes-until", "stage", before.stage_id if before else 0, list_id=row.id,
                until=moved.isoformat() if moved else "",
            )  # fmt: skip


def _concerned(late: Sequence[LaterStage], now: datetime) -> list[LaterStage]:
    values = {"stage_ids": [one.stage_id for one in late], "now": now}
    found = set(db.session.scalars(_CONCERNED, values))
    return [one for one in late if one.stage_id in found]


def _hours(stage_id: int, now: datetime) -> Sequence[Row[Any]]:
    return db.session.execute(_HOURS, {"stage_id": stage_id, "now": now}).all()
