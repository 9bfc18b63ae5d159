"""Whoever organises an event, hosts one of its stages or judges there is told when its dates move."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import text

from webapp.access.permissions import Role
from webapp.contests.rules.effects import Moved
from webapp.contests.rules.schema import Contest
from webapp.core.db import db
from webapp.core.words import N_
from webapp.hosting.service.telling import applying_roles
from webapp.registration.service.moving import days_in_words, is_news

MOVED = N_(
    "%(event)s, which you organise, host or judge: the dates of %(stage)s have changed. They are now %(dates)s"
    " (Shanghai time)."
)
OPEN = N_(
    "%(event)s, which you organise, host or judge: the dates of %(stage)s are open again. You will be told the new ones."
)
OF_THE_EVENT = (Role.ORGANISER, Role.JUDGE, Role.CHIEF_JUDGE)
"""Roles that somebody may hold for one event."""

_TELL = text(
    """
    INSERT INTO notices (person_id, text, params, link)
    SELECT DISTINCT g.person_id, r.words, r.params, r.link
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(code text, stage text, words text, params jsonb, link text)
    JOIN events e ON e.contest_id = :contest_id AND e.code = r.code
    JOIN role_grants g ON g.revoked_at IS NULL AND (
        g.scope_kind = 'event' AND g.scope_id = e.id AND g.role = ANY(:event_roles)
        OR g.scope_kind = 'organisation' AND g.role = ANY(:roles) AND g.scope_id IN (
            SELECT e.organiser_id
            UNION SELECT a.organisation_id FROM hosting_applications a
            WHERE a.contest_id = :contest_id AND a.state = 'settled' AND a.stage_code = r.stage
              AND (a.event_code = e.code OR a.told->'what'->'more' @> to_jsonb(e.code))
        )
    )
    """
)


def tell_hosts(contest_id: int, rules: Contest, moved: Sequence[Moved], now: datetime) -> int:
    """Leave a notice for them; return how many. rules: as they are afterwards. One statement."""
    rows = [row for one in moved if is_news(one, now) for row in _rows(rules, one)]
    if not rows:
        return 0
    told = db.session.execute(
        _TELL,
        {
            "contest_id": contest_id,
            "rows": json.dumps(rows),
            "roles": applying_roles(),
            "event_roles": [role.value for role in OF_THE_EVENT],
        },
    )
    return int(getattr(told, "rowcount", 0))


def _rows(rules: Contest, one: Moved) -> Iterator[dict[str, Any]]:
    for code in one.event_codes:
        event = rules.event(code)
        for stage in rules.profile_of(event).stages:
            if stage.window == one.name:
                dates = {"dates": days_in_words(one.after)} if one.after else {}
                yield {
                    "code": code,
                    "stage": stage.code,
                    "words": MOVED if one.after else OPEN,
                    "params": {"event": asdict(event.title), "stage": asdict(stage.title), **dates},
                    "link": f"/contests/{rules.code}/{code}",
                }
