"""A stage opens later: those who were asked whether they come have as much longer to answer."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.audit.service import record
from webapp.contests.queries import stage_by_id
from webapp.contests.rules.instants import Instant
from webapp.contests.service.moves import LaterStage
from webapp.core.db import db
from webapp.core.i18n import until
from webapp.core.words import N_, Message
from webapp.stages.service import inviting

ANSWER_LATER = N_(
    "%(event)s, %(stage)s begins later, so you have more time to answer. Please say by %(until)s whether you come."
)
_ASKED = text(
    """
    SELECT stage_id, answer_by, count(*) AS people FROM stage_admissions
    WHERE stage_id = ANY(:stage_ids) AND state = 'invited' AND answer_by > :now
    GROUP BY stage_id, answer_by ORDER BY answer_by, stage_id
    """
)
_MOVE = text(
    """
    UPDATE stage_admissions SET answer_by = answer_by + :by
    WHERE stage_id = :stage_id AND state = 'invited' AND answer_by > :now RETURNING entry_id, answer_by
    """
)
# Until when substitutes of the list of the stage right before move up.
_HOURS = text(
    """
    SELECT st.id AS stage_id, b.id AS stage_before_id, b.title, l.id, l.substitutes_until FROM stages st
    JOIN LATERAL (SELECT id, title FROM stages WHERE event_id = st.event_id AND position < st.position
                  ORDER BY position DESC LIMIT 1) b ON true
    JOIN stage_lists l ON l.stage_id = b.id
    WHERE st.id = ANY(:stage_ids) AND l.substitutes_until > :now
      AND l.state NOT IN ('final', 'superseded', 'dropped')
    ORDER BY st.id, l.id
    """
)
_MOVE_HOUR = text(
    "UPDATE stage_lists SET substitutes_until = substitutes_until + :by WHERE id = :id RETURNING substitutes_until"
)
_NOTICES = text(
    """
    SELECT st.event_id, st.title, n.ends_at FROM stages st
    JOIN LATERAL (SELECT ends_at FROM stage_notices WHERE stage_id = st.id ORDER BY version DESC LIMIT 1) n ON true
    WHERE st.event_id = ANY(:event_ids) AND n.ends_at > :now ORDER BY st.event_id, st.position
    """
)


def foresee_answers(
    event_ids: Collection[int], late: Sequence[LaterStage], now: datetime
) -> Iterator[tuple[int, Instant | Message]]:
    """Until when people who were asked answer and substitutes of the list before move up; a public notice that runs
    ends as it was posted."""
    stages = {one.stage_id: one for one in late}
    values = {"stage_ids": list(stages), "now": now}
    for row in db.session.execute(_ASKED, values):
        stage = stages[row.stage_id]
        words = N_("%(stage)s: those who were asked (%(people)s) answer by then")
        what = Message(words, {"stage": stage.rules.title, "people": row.people})
        yield stage.event_id, Instant(what, row.answer_by, row.answer_by + stage.by)
    for row in db.session.execute(_HOURS, values):
        stage = stages[row.stage_id]
        what = Message(N_("%(stage)s: substitutes on its list move up until then"), {"stage": row.title})
        yield stage.event_id, Instant(what, row.substitutes_until, row.substitutes_until + stage.by)
    why = Message(N_("It was posted with this end."))
    for row in db.session.execute(_NOTICES, {"event_ids": list(event_ids), "now": now}):
        what = Message(N_("%(stage)s: its public notice ends"), {"stage": row.title})
        yield row.event_id, Instant(what, row.ends_at, None, why)


def move_answers(late: Sequence[LaterStage], now: datetime) -> None:
    """Whoever was asked and has time left answers as much later and is told; so does the hour of substitutes."""
    stages = {one.stage_id: one for one in late}
    values = {"stage_ids": list(stages), "now": now}
    for stage_id in {row.stage_id: None for row in db.session.execute(_ASKED, values).all()}:
        _answer_later(stages[stage_id], now)
    for row in db.session.execute(_HOURS, values).all():
        moved = db.session.scalar(_MOVE_HOUR, {"id": row.id, "by": stages[row.stage_id].by})
        record(
            "list.substitutes-until", "stage", row.stage_before_id, list_id=row.id,
            until=moved.isoformat() if moved else "",
        )  # fmt: skip


def _answer_later(one: LaterStage, now: datetime) -> None:
    asked: dict[datetime, list[int]] = {}
    for row in db.session.execute(_MOVE, {"stage_id": one.stage_id, "now": now, "by": one.by}):
        asked.setdefault(row.answer_by, []).append(row.entry_id)
    for at, entries in asked.items():
        inviting.tell(stage_by_id(one.stage_id), entries, ANSWER_LATER, now, {"until": until(at)})
    if asked:
        people, seconds = sum(len(found) for found in asked.values()), int(one.by.total_seconds())
        record("place.answer-later", "stage", one.stage_id, people=people, seconds=seconds)
