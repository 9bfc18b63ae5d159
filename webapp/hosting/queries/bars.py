"""Who is barred, until when and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text

from webapp.access.permissions import Permission, ScopeKind
from webapp.access.principal import Principal
from webapp.core.db import db
from webapp.hosting.models import HostingBar
from webapp.hosting.rules.deadlines import longest_bar

_BARS = text(
    """
    SELECT b.id, b.application_id, o.name AS organisation, c.title AS contest_title, a.title, b.reason, b.state,
           b.since_on, b.until_on, b.asked_at
    FROM hosting_bars b
    JOIN organisations o ON o.id = b.organisation_id
    JOIN contests c ON c.id = b.contest_id
    JOIN hosting_applications a ON a.id = b.application_id
    WHERE b.state <> 'refused' AND (:everything OR b.contest_id = ANY(:contests))
    ORDER BY b.state = 'waiting' DESC, b.until_on DESC NULLS FIRST, b.id DESC LIMIT 2000
    """
)


@dataclass(frozen=True)
class BarLine:
    """One bar in the list of those who see it."""

    id: int
    application_id: int
    organisation: str
    contest_title: dict[str, str]
    title: str
    reason: str
    state: str
    since_on: date | None
    until_on: date | None
    asked_at: datetime


@dataclass(frozen=True)
class Bar:
    """The bar of one application. state: waiting | in_force."""

    state: str
    reason: str
    until_on: date | None
    asked_by_account_id: int


def bars(who: Principal) -> list[BarLine]:
    """Bars of the contests in this person's scope."""
    grants = who.scopes(Permission.SEE_HOSTING)
    everything = any(grant.scope_kind is ScopeKind.EVERYTHING for grant in grants)
    ids = [grant.scope_id for grant in grants if grant.scope_kind is ScopeKind.CONTEST]
    rows = db.session.execute(_BARS, {"everything": everything, "contests": ids}).mappings()
    return [BarLine(**row) for row in rows]


def named(on: date) -> list[BarLine]:
    """Every bar in force on a day: whoever organises events may read who is barred, until when and why."""
    rows = db.session.execute(_BARS, {"everything": True, "contests": []}).mappings()
    return [
        line
        for line in (BarLine(**row) for row in rows)
        if line.since_on is not None and line.until_on is not None and line.since_on <= on < line.until_on
    ]


def bar_of(application_id: int) -> Bar | None:
    """The bar that followed on an application; None without one."""
    row = db.session.scalars(
        select(HostingBar).where(HostingBar.application_id == application_id, HostingBar.state != "refused")
    ).one_or_none()
    return Bar(row.state, row.reason, row.until_on, row.asked_by_account_id) if row is not None else None


def in_force(organisation_ids: Collection[int], host: str, on: date) -> tuple[date, str] | None:
    """(first day on which they may apply again, why) where one of these organisations is barred by this host."""
    rows = db.session.scalars(
        select(HostingBar).where(
            HostingBar.organisation_id.in_(organisation_ids),
            HostingBar.host == host,
            HostingBar.state == "in_force",
        )
    ).all()
    spans = {(row.since_on, row.until_on): row.reason for row in rows if row.since_on and row.until_on}
    until = longest_bar([(since, last) for since, last in spans if since and last], on)
    if until is None:
        return None
    return until, next(reason for (_since, last), reason in spans.items() if last == until)
