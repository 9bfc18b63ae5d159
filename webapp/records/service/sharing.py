"""Links to one's own record."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.core.db import db
from webapp.records.errors import NothingToShow, TooManyLinks
from webapp.records.models import RecordLink, RecordLinkVisit
from webapp.records.queries.links import hash_of, open_links, own_link
from webapp.records.queries.record import record_of
from webapp.records.rules.sharing import Choice, end_of, shown

MOST_LINKS = 20
TOKEN_BYTES = 16


@dataclass(frozen=True)
class Wish:
    """The link somebody wants. for_whom: a name for the holder's own list; it is shown to nobody else."""

    for_whom: str
    choice: Choice
    days: int


def make_link(person_id: int, wish: Wish, now: datetime) -> str:
    """Make a link to one's own record; return its token, which is not kept and cannot be shown again.

    raise (TooManyLinks), (NothingToShow): the choice leaves nothing of the record."""
    if open_links(person_id, now) >= MOST_LINKS:
        raise TooManyLinks(most=MOST_LINKS)
    if shown(record_of(person_id), wish.choice).is_empty:
        raise NothingToShow
    token = secrets.token_urlsafe(TOKEN_BYTES)
    made = RecordLink(
        person_id=person_id,
        token_hash=hash_of(token),
        for_whom=wish.for_whom,
        contest_id=wish.choice.contest_id,
        with_scores=wish.choice.with_scores,
        name_shown=wish.choice.name,
        made_at=now,
        expires_at=end_of(now, wish.days),
    )
    db.session.add(made)
    db.session.flush()
    record("record.link", "person", person_id, link=made.id, days=wish.days)
    return token


def withdraw(person_id: int, link_id: int, now: datetime) -> None:
    """Withdraw one's own link; it opens no more from this moment. Again is harmless. raise (LinkMissing)."""
    link = own_link(person_id, link_id)
    if link.withdrawn_at is None:
        link.withdrawn_at = now
        record("record.link.withdraw", "person", person_id, link=link.id)


def count_visit(link_id: int, now: datetime) -> None:
    """Note that somebody opened a link: the minute and how often, nothing of who."""
    minute = now.replace(second=0, microsecond=0)
    statement = insert(RecordLinkVisit).values(link_id=link_id, minute=minute, visits=1)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["link_id", "minute"], set_={"visits": RecordLinkVisit.visits + 1}
        )
    )
