"""The circular of a contest: which events have ended, who has agreed, what was issued."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text

from webapp.accounts import queries as people
from webapp.contests import queries as contests
from webapp.core.db import db
from webapp.stages.models import Circular, CircularAgreement
from webapp.stages.rules.circular import CircularState, EventEnd, bodies, closes_at, missing, review_rule

_ENDS = text(
    """
    SELECT e.code, e.title,
           (SELECT count(*) FROM participations p WHERE p.event_id = e.id AND p.state = 'active') AS people,
           coalesce(l.state = 'final', false) AS is_final, n.digest, n.body
    FROM events e
    JOIN LATERAL (SELECT id FROM stages WHERE event_id = e.id ORDER BY position DESC LIMIT 1) st ON true
    LEFT JOIN LATERAL (SELECT state FROM stage_lists WHERE stage_id = st.id AND state <> 'dropped'
                       ORDER BY number DESC LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT digest, body FROM stage_notices WHERE stage_id = st.id
                       ORDER BY version DESC LIMIT 1) n ON true
    WHERE e.contest_id = :contest_id AND NOT e.is_withdrawn AND e.track = 'competition'
    ORDER BY e.position, e.id
    """
)
_CONTESTS = text("SELECT id, code, title FROM contests WHERE current_version_id IS NOT NULL ORDER BY id DESC")
_PUBLIC = text(
    """
    SELECT * FROM (
        SELECT DISTINCT ON (c.id) c.code AS contest, c.title, r.issued_at
        FROM circulars r JOIN contests c ON c.id = r.contest_id AND c.is_listed
        WHERE r.state = 'issued' ORDER BY c.id, r.number DESC) AS newest
    ORDER BY issued_at DESC
    """
)


@dataclass(frozen=True)
class CircularLine:
    """One circular in the public list."""

    contest: str
    title: dict[str, str]
    issued_at: datetime


@dataclass(frozen=True)
class Agreement:
    """Which body agreed, through whom, when."""

    body: str
    name: str
    at: datetime


@dataclass(frozen=True)
class CircularView:
    """One circular. text: the canonical JSON that the digest is taken of; told: what it says."""

    circular_id: int
    contest_id: int
    number: int
    state: CircularState
    text: str
    told: dict[str, Any]
    digest: str
    reason: str
    prepared_at: datetime
    issued_at: datetime | None
    agreements: tuple[Agreement, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        return missing(self.told["bodies"], [one.body for one in self.agreements])


def event_ends(contest_id: int) -> list[EventEnd]:
    """Where every competition event of a contest stands, in the order of the file. One statement."""
    found = []
    for row in db.session.execute(_ENDS, {"contest_id": contest_id}):
        rows = json.loads(row.body)["rows"] if row.is_final and row.body else []
        found.append(EventEnd(row.code, row.title, row.people, row.is_final, row.digest or "", rows))
    return found


def with_second_gate() -> list[tuple[int, str, dict[str, str]]]:
    """(id, code, title) of the contests whose rules ask for a circular, the newest first."""
    return [
        (row.id, row.code, row.title)
        for row in db.session.execute(_CONTESTS)
        if review_rule(contests.rules_of(row.id)) is not None
    ]


def circulars_of(contest_id: int) -> list[CircularView]:
    """All circulars of a contest, the newest first."""
    rows = db.session.scalars(
        select(Circular).where(Circular.contest_id == contest_id).order_by(Circular.number.desc())
    ).all()
    return [_view(row) for row in rows]


def issued(contest_id: int) -> CircularView | None:
    """The newest issued circular of a contest: what the public reads."""
    return next((one for one in circulars_of(contest_id) if one.state is CircularState.ISSUED), None)


def is_closed(one: CircularView, now: datetime) -> bool:
    """Whether an issued circular is no longer shown, by the rules in force; its digest always is."""
    if one.issued_at is None:
        return False
    closes = closes_at(contests.rules_of(one.contest_id), one.issued_at)
    return closes is not None and now >= closes


def public_list() -> list[CircularLine]:
    """The newest issued circular of every listed contest, the newest first."""
    return [CircularLine(**row) for row in db.session.execute(_PUBLIC).mappings()]


def bodies_of(contest_id: int) -> tuple[str, ...]:
    """Who has to agree, by the rules in force."""
    return bodies(contests.rules_of(contest_id))


def _view(row: Circular) -> CircularView:
    agreed = db.session.scalars(
        select(CircularAgreement)
        .where(CircularAgreement.circular_id == row.id)
        .order_by(CircularAgreement.id)
    ).all()
    names = people.names_of_accounts({one.account_id for one in agreed})
    return CircularView(
        circular_id=row.id,
        contest_id=row.contest_id,
        number=row.number,
        state=CircularState(row.state),
        text=row.body,
        told=json.loads(row.body),
        digest=row.digest,
        reason=row.reason,
        prepared_at=row.prepared_at,
        issued_at=row.issued_at,
        agreements=tuple(Agreement(one.body, names.get(one.account_id, ""), one.at) for one in agreed),
    )
