"""Teams: the leader's entry stands for the team, is ranked, and bears the award."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, text

from webapp.audit.service import record
from webapp.contests.queries import event_by_id
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.registration.models import Entry
from webapp.stages.errors import ListMissing, NoTeamEvent, TeamNumbersWrong, TeamsSettled, TeamTooSmall
from webapp.stages.models import TeamMember

_FREE = text(
    """
    SELECT p.number, p.id AS participation_id, e.id AS entry_id
    FROM participations p JOIN entries e ON e.participation_id = p.id
    WHERE p.event_id = :event_id AND p.state = 'active' AND p.number = ANY(:numbers)
      AND NOT EXISTS (SELECT FROM team_members m WHERE m.participation_id = p.id)
    FOR UPDATE OF e
    """
)
_LISTED = text(
    """
    SELECT EXISTS (SELECT FROM stage_lists l JOIN stages s ON s.id = l.stage_id
                   WHERE s.event_id = :event_id AND l.state <> 'dropped')
    """
)
_STAGES = text("SELECT id FROM stages WHERE event_id = :event_id ORDER BY position")


def make_team(event_id: int, leader: str, members: Sequence[str], now: datetime) -> int:
    """Make a team of these contestant numbers; return its entry, which is the leader's.

    raise (NoTeamEvent): the file says no team event; (TeamsSettled): a list was frozen; (TeamTooSmall);
    (TeamNumbersWrong): a number of nobody in this event, or of somebody who has a team."""
    if not event_by_id(event_id, now).rules.is_team:
        raise NoTeamEvent
    _require_open(event_id)
    numbers = [leader, *members]
    if not members or len(set(numbers)) != len(numbers):
        raise TeamTooSmall
    rows = db.session.execute(_FREE, {"event_id": event_id, "numbers": numbers})
    found = {row.number: row for row in rows}
    wrong = [number for number in numbers if number not in found]
    if wrong:
        raise TeamNumbersWrong(numbers="、".join(wrong))
    entry_id = int(found[leader].entry_id)
    db.session.get_one(Entry, entry_id).kind = "team"
    ids = [found[number].participation_id for number in numbers]
    db.session.add_all(
        TeamMember(entry_id=entry_id, participation_id=one, is_leader=one == ids[0], joined_at=now)
        for one in ids
    )
    db.session.flush()
    record("team.make", "entry", entry_id, event_id=event_id, people=len(ids))
    _combine(event_id, ids)
    return entry_id


def dissolve(event_id: int, entry_id: int) -> None:
    """Everybody of the team stands alone again. raise (ListMissing): no such team; (TeamsSettled)."""
    _require_open(event_id)
    entry = db.session.scalars(
        select(Entry).where(Entry.id == entry_id, Entry.event_id == event_id, Entry.kind == "team")
    ).one_or_none()
    if entry is None:
        raise ListMissing
    ids = list(
        db.session.scalars(
            delete(TeamMember).where(TeamMember.entry_id == entry_id).returning(TeamMember.participation_id)
        )
    )
    entry.kind = "individual"
    db.session.flush()
    record("team.dissolve", "entry", entry_id, event_id=event_id, people=len(ids))
    _combine(event_id, ids)


def _require_open(event_id: int) -> None:
    if db.session.scalar(_LISTED, {"event_id": event_id}):
        raise TeamsSettled


def _combine(event_id: int, participation_ids: Sequence[int]) -> None:
    """Members leave the board, or come back to it."""
    ids = ",".join(str(one) for one in participation_ids)
    for stage_id in db.session.scalars(_STAGES, {"event_id": event_id}):
        enqueue(Job.COMBINE_SCORES, stage_id=stage_id, participation_ids=ids)
