"""Whether events have as many contestants as their rules ask for, and whether that keeps first stages from beginning."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.contests.errors import ContestInvalid
from webapp.contests.queries import StageView, rules_of
from webapp.contests.rules.schema import Contest, EventRules
from webapp.contests.rules.window_names import REVIEW
from webapp.core.db import db
from webapp.stages.rules.minimum import Shortage, asked, holds_back, is_entry_over, too_few

# has_begun: somebody writes or has written, a theme was handed out, or judges have their sheets.
_FACTS = text(
    """
    SELECT e.contest_id, e.code AS event, st.id AS stage_id, st.closes_at,
           (SELECT count(*) FROM participations p WHERE p.event_id = e.id AND p.state = 'active') AS people,
           (SELECT count(*) FROM applications a
            WHERE a.event_id = e.id AND a.state IN ('in_review', 'returned')) AS waiting,
           EXISTS (SELECT FROM sheets s JOIN exams x ON x.id = s.exam_id
                   WHERE x.stage_id = st.id AND x.kind = 'formal' AND s.state <> 'created')
           OR EXISTS (SELECT FROM practical_runs r WHERE r.stage_id = st.id
                      AND (r.handed_out_at IS NOT NULL
                           OR EXISTS (SELECT FROM practical_sheets t WHERE t.run_id = r.id))) AS has_begun
    FROM events e
    JOIN LATERAL (SELECT id, closes_at FROM stages WHERE event_id = e.id ORDER BY position LIMIT 1) st ON true
    WHERE e.contest_id = ANY(:contest_ids) AND NOT e.is_withdrawn AND (:event_id = 0 OR e.id = :event_id)
    """
)

_CONTESTS = text("SELECT id FROM contests WHERE current_version_id IS NOT NULL AND is_listed ORDER BY id")


@dataclass(frozen=True)
class Minimum:
    """What the contest file asks of the first stage of an event. needed: the highest number that counts; few: what is
    missing, None: enough take part; is_hard: nobody excepts it; holds: the stage may not begin."""

    needed: int
    people: int
    is_hard: bool
    few: Shortage | None
    holds: bool


def minimum(stage: StageView, now: datetime) -> Minimum | None:
    """None: the file asks for no number, it is not the first stage, or the event was taken out or merged away."""
    contest, event = rules_of(stage.contest_id), stage.event_rules
    is_first = stage.rules.code == stage.profile.stages[0].code
    if not is_first or not asked(contest.limits, event.event_class):
        return None
    values = {"contest_ids": [stage.contest_id], "event_id": stage.event_id}
    row = db.session.execute(_FACTS, values).one_or_none()
    return _minimum(contest, event, row, now) if row is not None else None


def held_stages(contest_ids: Collection[int] | None, now: datetime) -> dict[int, int]:
    """First stages that are not over and may not begin, of these contests, or of all: stage -> contest. One statement for all whose file has a
    hard minimum."""
    chosen = db.session.scalars(_CONTESTS).all() if contest_ids is None else contest_ids
    contests = readable(chosen)
    hard = [one for one, rules in contests.items() if any(_is_hard(rules, event) for event in rules.events)]
    if not hard:
        return {}
    held = {}
    for row in db.session.execute(_FACTS, {"contest_ids": hard, "event_id": 0}):
        contest = contests[row.contest_id]
        event = next((one for one in contest.events if one.code == row.event), None)
        is_to_come = event is not None and (row.closes_at is None or row.closes_at > now)
        if event is not None and is_to_come and _minimum(contest, event, row, now).holds:
            held[row.stage_id] = row.contest_id
    return held


def readable(contest_ids: Collection[int]) -> dict[int, Contest]:
    """Their rules; a file that this version of the program cannot read is left out, so that others are still seen."""
    found = {}
    for contest_id in contest_ids:
        with suppress(ContestInvalid):
            found[contest_id] = rules_of(contest_id)
    return found


def _is_hard(contest: Contest, event: EventRules) -> bool:
    return any(rule.force == "hard" for rule in asked(contest.limits, event.event_class))


def _minimum(contest: Contest, event: EventRules, row: Row[Any], now: datetime) -> Minimum:
    few = too_few(contest.limits, row.people, event.event_class)
    needed = max((int(one.value) for one in asked(contest.limits, event.event_class)), default=0)
    entry_is_over = is_entry_over(
        contest.registration(event), contest.window(event, REVIEW), row.waiting, now
    )
    return Minimum(
        needed=few.needed if few is not None else needed,
        people=row.people,
        is_hard=few.is_hard if few is not None else _is_hard(contest, event),
        few=few,
        holds=holds_back(few, entry_is_over=entry_is_over, has_begun=row.has_begun),
    )
