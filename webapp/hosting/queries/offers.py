"""Which contests take applications, and what may be applied for in them."""

from dataclasses import dataclass

from sqlalchemy import text

from webapp.contests import queries as contests
from webapp.contests.errors import ContestInvalid
from webapp.core.db import db
from webapp.hosting.rules.terms import Terms, terms_of

_LISTED = text("SELECT id, code, title FROM contests WHERE current_version_id IS NOT NULL ORDER BY id DESC")
_PUBLIC = text("SELECT id FROM contests WHERE code = :code AND is_listed AND current_version_id IS NOT NULL")
_EVENTS = text(
    """
    SELECT e.id, e.code, e.title, o.name AS organiser FROM events e
    LEFT JOIN organisations o ON o.id = e.organiser_id
    WHERE e.contest_id = :contest_id AND NOT e.is_withdrawn AND e.track = 'competition' ORDER BY e.position, e.id
    """
)


@dataclass(frozen=True)
class ContestOffer:
    """A contest that takes applications, with its terms."""

    contest_id: int
    code: str
    title: dict[str, str]
    terms: Terms


@dataclass(frozen=True)
class EventChoice:
    """An event that may be applied for. organiser: who organises it now, '' for nobody."""

    event_id: int
    code: str
    title: dict[str, str]
    organiser: str


def offers() -> list[ContestOffer]:
    """Every contest that takes applications, the newest first. A definition that this version cannot read is
    left out."""
    found = []
    for row in db.session.execute(_LISTED):
        try:
            terms = terms_of(contests.rules_of(row.id))
        except ContestInvalid:
            continue
        if terms is not None:
            found.append(ContestOffer(row.id, row.code, row.title, terms))
    return found


def offer_of(contest_id: int) -> ContestOffer | None:
    """One contest; None where it takes no applications."""
    return next((one for one in offers() if one.contest_id == contest_id), None)


def listed(code: str) -> ContestOffer | None:
    """A contest that everybody sees and that takes applications."""
    contest_id = db.session.scalar(_PUBLIC, {"code": code})
    return offer_of(contest_id) if contest_id is not None else None


def events_of(contest_id: int) -> list[EventChoice]:
    """The competition's events in their order."""
    rows = db.session.execute(_EVENTS, {"contest_id": contest_id})
    return [EventChoice(row.id, row.code, row.title, row.organiser or "") for row in rows]
