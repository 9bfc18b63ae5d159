"""Links to records as their owner sees them, and the one that a token opens."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from webapp.contests.models import Contest
from webapp.core.db import db
from webapp.records.errors import LinkMissing
from webapp.records.models import RecordLink, RecordLinkVisit
from webapp.records.rules.sharing import Choice, NameShown, is_open


@dataclass(frozen=True)
class LinkView:
    """A link as its owner sees it. contest: its title, None for everything. visits: how often others opened it."""

    link_id: int
    for_whom: str
    contest: dict[str, str] | None
    with_scores: bool
    name_shown: str
    made_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    visits: int
    visited_at: datetime | None
    is_open: bool


def links_of(person_id: int, now: datetime) -> list[LinkView]:
    """A person's links, the newest first, in one statement."""
    visits = (
        select(
            RecordLinkVisit.link_id,
            func.sum(RecordLinkVisit.visits).label("visits"),
            func.max(RecordLinkVisit.minute).label("visited_at"),
        )
        .group_by(RecordLinkVisit.link_id)
        .subquery()
    )
    rows = db.session.execute(
        select(RecordLink, Contest.title, visits.c.visits, visits.c.visited_at)
        .outerjoin(Contest, Contest.id == RecordLink.contest_id)
        .outerjoin(visits, visits.c.link_id == RecordLink.id)
        .where(RecordLink.person_id == person_id)
        .order_by(RecordLink.id.desc())
    )
    return [
        LinkView(
            link_id=one.id,
            for_whom=one.for_whom,
            contest=title,
            with_scores=one.with_scores,
            name_shown=one.name_shown,
            made_at=one.made_at,
            expires_at=one.expires_at,
            withdrawn_at=one.withdrawn_at,
            visits=int(count or 0),
            visited_at=visited_at,
            is_open=is_open(now, one.expires_at, one.withdrawn_at),
        )
        for one, title, count, visited_at in rows
    ]


def open_links(person_id: int, now: datetime) -> int:
    """How many links of a person open at present."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(RecordLink)
            .where(
                RecordLink.person_id == person_id,
                RecordLink.withdrawn_at.is_(None),
                RecordLink.expires_at > now,
            )
        )
        or 0
    )


def own_link(person_id: int, link_id: int) -> RecordLink:
    """A person's own link, locked. raise (LinkMissing)."""
    found = db.session.scalars(
        select(RecordLink)
        .where(RecordLink.id == link_id, RecordLink.person_id == person_id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise LinkMissing
    return found


def link_by_token(token: str, now: datetime) -> RecordLink | None:
    """The link that a token opens; None for one that is unknown, withdrawn or over, without telling which."""
    found = db.session.scalars(
        select(RecordLink).where(RecordLink.token_hash == hash_of(token))
    ).one_or_none()
    if found is None or not is_open(now, found.expires_at, found.withdrawn_at):
        return None
    return found


def choice_of(link: RecordLink) -> Choice:
    """What a link shows."""
    return Choice(link.contest_id, link.with_scores, NameShown(link.name_shown))


def hash_of(token: str) -> bytes:
    """What is stored of a token; a random one of 128 bits needs no salt."""
    return hashlib.sha256(token.encode()).digest()
