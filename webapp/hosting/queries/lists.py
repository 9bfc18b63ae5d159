"""Lists of applications: those of an organisation, and those sent to a host."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, text

from webapp.access.permissions import Permission, ScopeKind
from webapp.access.principal import Principal
from webapp.core.db import db
from webapp.hosting.rules.shares import Trade
from webapp.hosting.rules.states import State
from webapp.organisations import queries as organisations

MOST_ORGANISATIONS = 200

_ROWS = """
    SELECT a.id, a.contest_id, c.code AS contest, c.title AS contest_title, o.name AS organisation, a.offer, a.title,
           e.title AS event_title, st.title AS stage_title, a.event_class, a.state, a.step, a.leads, a.event_code,
           a.asked_support, a.granted_support, a.begun_at, a.sent_at,
           CASE WHEN jsonb_typeof(a.told->'what'->'more') = 'array' THEN jsonb_array_length(a.told->'what'->'more')
                ELSE 0 END AS more
    FROM hosting_applications a
    JOIN contests c ON c.id = a.contest_id
    JOIN organisations o ON o.id = a.organisation_id
    LEFT JOIN events e ON e.id = a.event_id
    LEFT JOIN stages st ON st.event_id = a.event_id AND st.code = a.stage_code
"""
_OWN = text(
    f"""{_ROWS} WHERE a.organisation_id = ANY(:ids) OR EXISTS (
        SELECT FROM hosting_partners p WHERE p.application_id = a.id AND p.organisation_id = ANY(:ids)
    ) ORDER BY a.id DESC LIMIT 1000"""
)
_SENT = text(
    f"""{_ROWS} WHERE a.state <> 'draft' AND (:everything OR a.contest_id = ANY(:contests))
    ORDER BY (a.state IN ('in_review', 'waiting')) DESC, a.sent_at DESC NULLS LAST, a.id DESC LIMIT 5000"""
)
_DECIDED = text(
    """
    SELECT a.title, e.title AS event_title, st.title AS stage_title, o.name AS organisation,
           a.told->'plan'->>'venue' AS venue, a.told->'plan'->>'first_day' AS first_day,
           a.told->'plan'->>'last_day' AS last_day
    FROM hosting_applications a
    JOIN organisations o ON o.id = a.organisation_id
    LEFT JOIN events e ON e.id = a.event_id
        OR e.contest_id = a.contest_id AND a.told->'what'->'more' @> to_jsonb(e.code)
    LEFT JOIN stages st ON st.event_id = e.id AND st.code = a.stage_code
    WHERE a.contest_id = :contest_id AND a.state = 'settled'
    ORDER BY a.told->'plan'->>'first_day', a.id, e.position LIMIT 2000
    """
)
_GRANTED = text(
    """
    SELECT event_class, coalesce(granted_support, 0) AS support, leads,
           (SELECT coalesce(sum((line->>'amount')::bigint), 0)
            FROM jsonb_array_elements(coalesce(told->'money'->'lines', '[]')) AS line) AS budget
    FROM hosting_applications
    WHERE contest_id = :contest_id AND offer = 'trade' AND state IN ('granted', 'settled') ORDER BY id
    """
)
_ORGANISERS = text(
    """
    SELECT id, name FROM organisations WHERE kind = 'organiser' AND is_open AND merged_into_id IS NULL
    ORDER BY pinyin, id LIMIT :most
    """
)


@dataclass(frozen=True)
class Decided:
    """Who organises an event or hosts a stage. Days as written in the plan, ISO."""

    names: dict[str, str]
    stage_title: dict[str, str]
    organisation: str
    venue: str
    first_day: str
    last_day: str


@dataclass(frozen=True)
class Line:
    """One application in a list. names: of what is applied for, in the languages there are; more: so many further
    events with it."""

    application_id: int
    contest: str
    contest_title: dict[str, str]
    organisation: str
    offer: str
    names: dict[str, str]
    stage_title: dict[str, str]
    event_class: str
    state: State
    step: int
    leads: bool
    event_code: str
    asked_support: int
    granted_support: int | None
    begun_at: datetime
    sent_at: datetime | None
    more: int = 0


def own_organisations(who: Principal) -> Mapping[int, str]:
    """The organisations that this person applies for: those of the roles; of a role over everything the organisers."""
    grants = who.scopes(Permission.APPLY_TO_HOST)
    if any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants):
        return {row.id: row.name for row in db.session.execute(_ORGANISERS, {"most": MOST_ORGANISATIONS})}
    return organisations.names(
        grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.ORGANISATION
    )


def own(who: Principal) -> list[Line]:
    """What this person's organisations applied for or are asked to join, the newest first."""
    ids = list(own_organisations(who))
    return [_line(row) for row in db.session.execute(_OWN, {"ids": ids}).mappings()]


def sent(who: Principal) -> list[Line]:
    """What was sent to the contests in this person's scope: what waits for somebody first."""
    grants = who.scopes(Permission.SEE_HOSTING)
    everything = any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants)
    ids = [grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.CONTEST]
    rows = db.session.execute(_SENT, {"everything": everything, "contests": ids}).mappings()
    return [_line(row) for row in rows]


def decided(contest_id: int) -> list[Decided]:
    """What is settled in a contest, by days."""
    rows = db.session.execute(_DECIDED, {"contest_id": contest_id}).mappings()
    return [
        Decided(
            row["event_title"] or {"zh": row["title"]},
            row["stage_title"] or {},
            row["organisation"],
            row["venue"] or "",
            row["first_day"] or "",
            row["last_day"] or "",
        )
        for row in rows
    ]


def granted_trades(contest_id: int) -> Sequence[Trade]:
    """The trades that a programme holds by now."""
    rows = db.session.execute(_GRANTED, {"contest_id": contest_id})
    return [Trade(row.event_class, row.support, int(row.budget), row.leads) for row in rows]


def _line(row: RowMapping) -> Line:
    names = row["event_title"] if row["offer"] != "trade" else {"zh": row["title"]}
    return Line(
        application_id=row["id"],
        contest=row["contest"],
        contest_title=row["contest_title"],
        organisation=row["organisation"],
        offer=row["offer"],
        names=names or {},
        stage_title=row["stage_title"] or {},
        event_class=row["event_class"],
        state=State(row["state"]),
        step=row["step"],
        leads=row["leads"],
        event_code=row["event_code"],
        asked_support=row["asked_support"],
        granted_support=row["granted_support"],
        begun_at=row["begun_at"],
        sent_at=row["sent_at"],
        more=row["more"],
    )
