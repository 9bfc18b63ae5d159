"""What is due about the lists of stages, and who is told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from webapp.access.permissions import ROLE_PERMISSIONS, Permission
from webapp.accounts.queries import principal_of_account
from webapp.contests.rules.schema import Contest
from webapp.core.db import db
from webapp.organisations import queries as organisations
from webapp.stages.queries.admissions import SELECTION
from webapp.stages.queries.holding import held_stages, readable
from webapp.stages.queries.lists import StageHead, every_head
from webapp.stages.rules.due import Due, Facts, due

_FACTS = text(
    """
    SELECT st.id,
           greatest(st.closes_at, (SELECT max(closes_at) FROM exams WHERE stage_id = st.id AND kind = 'formal')) AS ends_at,
           (SELECT closes_at FROM stages n WHERE n.event_id = st.event_id AND n.position > st.position
            ORDER BY n.position LIMIT 1) AS next_closes_at,
           EXISTS (SELECT FROM stages n WHERE n.event_id = st.event_id AND n.position > st.position)
             AND st.kind = :selection AND NOT EXISTS (SELECT FROM stage_components WHERE stage_id = st.id) AS is_outside,
           EXISTS (SELECT FROM standings WHERE stage_id = st.id) AS has_results,
           EXISTS (SELECT FROM sheets s JOIN exams e ON e.id = s.exam_id
                   WHERE e.stage_id = st.id AND e.kind = 'formal' AND s.state IN ('open', 'submitted')) AS has_waiting,
           EXISTS (SELECT FROM stage_runs WHERE stage_id = st.id AND state = 'making') AS is_working,
           EXISTS (SELECT FROM stage_actions a JOIN stage_lists l ON l.id = a.list_id
                   WHERE l.stage_id = st.id AND a.state = 'waiting') AS asked,
           (SELECT count(*) FROM stage_submissions s LEFT JOIN stage_lists l ON l.id = s.list_id
            WHERE s.stage_id = st.id AND (s.state = 'sent' OR l.state = 'dropped')) AS submissions
    FROM stages st WHERE st.id = ANY(:ids)
    """
)
_HOSTS = text(
    """
    SELECT DISTINCT ON (a.person_id) a.id FROM accounts a
    JOIN role_grants g ON g.person_id = a.person_id AND g.revoked_at IS NULL AND g.role = ANY(:roles)
    WHERE a.state = 'active' ORDER BY a.person_id, a.id
    """
)
ACTS = Permission.PUBLISH_RESULTS
"""Who freezes, posts and makes lists final."""


def due_of(heads: Sequence[StageHead], now: datetime) -> dict[int, Due]:
    """What is due of these stages, by stage; stages of which nothing is due are left out. Three statements, and one a contest."""
    values = {"ids": [one.stage_id for one in heads], "selection": SELECTION}
    rows = {row.id: row for row in db.session.execute(_FACTS, values)} if heads else {}
    rules = readable({one.contest_id for one in heads})
    held = held_stages(rules, now)
    found = {
        one.stage_id: due(
            replace(
                _facts(one, rows[one.stage_id], rules[one.contest_id], now), is_held=one.stage_id in held
            ),
            now,
        )
        for one in heads
        if one.contest_id in rules
    }
    return {stage_id: what for stage_id, what in found.items() if what is not None}


def waiting_for(now: datetime) -> Mapping[int, int]:
    """For how many stages something is due that each host may do: person id -> number; without those who have none."""
    heads = every_head()
    wanted = due_of(heads, now)
    heads = [one for one in heads if one.stage_id in wanted]
    paths = organisations.paths(one.organiser_id for one in heads if one.organiser_id is not None)
    roles = [role.value for role, held in ROLE_PERMISSIONS.items() if ACTS in held]
    found = {}
    for account_id in db.session.scalars(_HOSTS, {"roles": roles}).all():
        who = principal_of_account(account_id)
        if who is None:
            continue
        count = sum(
            who.allows(
                ACTS,
                contest_id=one.contest_id,
                event_id=one.event_id,
                organisation_path=paths.get(one.organiser_id or 0, ()),
            )
            for one in heads
        )
        if count:
            found[who.person_id] = count
    return found


def _facts(one: StageHead, row: Row[Any], rules: Contest, now: datetime) -> Facts:
    return Facts(
        state=one.state,
        ends_at=row.ends_at,
        notice_ends_at=one.ends_at,
        is_nominated=row.is_outside,
        next_is_over=row.next_closes_at is not None and row.next_closes_at <= now,
        has_waiting=row.has_waiting,
        has_results=row.has_results,
        submissions=row.submissions,
        objections=one.open_objections,
        asked=row.asked,
        is_working=row.is_working,
        closes_alone=rules.stage_of(rules.event(one.event), one.stage).closes_alone,
    )
