"""Earlier winners: the register of a contest, who may be meant by a record, what counts against a person."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, text

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.accounts.models import Person
from webapp.accounts.rules.documents import DocumentKind
from webapp.contests import queries as contests
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.organisations import queries as organisations
from webapp.organisations.models import Organisation
from webapp.registration.models import EarlierWinner
from webapp.registration.rules.winners import MatchState, Prize, Win, trade_key

PAGE_SIZE = 50
KEEPING = Permission.RECHECK_ELIGIBILITY
"""Who re-checks who may enter keeps the register of earlier winners too."""


@dataclass(frozen=True)
class WinnerRow:
    """One record as a list shows it. person: the masked number of the person it is matched with."""

    winner_id: int
    name: str
    document_mask: str
    unit_name: str
    earlier_contest: str
    edition: str
    year: int
    trade: str
    rank: int | None
    prize: Prize
    source: str
    match_state: MatchState
    candidates: int


@dataclass(frozen=True)
class WinnerPage:
    """One page of a register. `total` counts all pages."""

    rows: tuple[WinnerRow, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be meant by a record. by_number: the whole document number is the same."""

    person_id: int
    name: str
    document_mask: str
    unit_path: tuple[str, ...]
    by_number: bool
    is_ruled_out: bool


@dataclass(frozen=True)
class Register:
    """The register of a contest. Titles are {zh, en}."""

    contest_id: int
    title: dict[str, str]
    records: int
    open_records: int


@dataclass(frozen=True)
class Filter:
    """name: a part of the name; trade: a part; year 0: any; state None: any."""

    name: str = ""
    trade: str = ""
    year: int = 0
    state: MatchState | None = None


def registers(who: Principal) -> list[Register]:
    """The contests whose registers this person keeps, with their sizes."""
    mine = [
        (contest_id, title)
        for contest_id, title, _events in contests.titles()
        if who.allows(KEEPING, contest_id=contest_id)
    ]
    counts = {
        row.contest_id: (row.records, row.open_records)
        for row in db.session.execute(
            select(
                EarlierWinner.contest_id,
                func.count().label("records"),
                func.count().filter(EarlierWinner.match_state == MatchState.OPEN).label("open_records"),
            )
            .where(EarlierWinner.removed_at.is_(None))
            .group_by(EarlierWinner.contest_id)
        )
    }
    return [Register(contest_id, title, *counts.get(contest_id, (0, 0))) for contest_id, title in mine]


def register_for(who: Principal, contest_id: int) -> Register:
    """The register of a contest this person keeps. Raise NotFound for any other."""
    found = next((one for one in registers(who) if one.contest_id == contest_id), None)
    if found is None:
        raise NotFound
    return found


def load(who: Principal, winner_id: int, *, lock: bool = False) -> EarlierWinner:
    """A record of a register this person keeps. Raise NotFound for any other id."""
    query = select(EarlierWinner).where(EarlierWinner.id == winner_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None or not who.allows(KEEPING, contest_id=found.contest_id):
        raise NotFound
    return found


def page(contest_id: int, chosen: Filter, number: int) -> WinnerPage:
    """One page of a register, the newest years first, in three statements. Beyond the end: the last page."""
    wanted = _wanted(contest_id, chosen)
    total = db.session.scalar(select(func.count()).select_from(EarlierWinner).where(*wanted)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    rows = db.session.scalars(
        select(EarlierWinner)
        .where(*wanted)
        .order_by(EarlierWinner.year.desc(), EarlierWinner.trade, EarlierWinner.rank, EarlierWinner.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    meant = Counter(one.winner_id for one in _meant([row.id for row in rows]) if not one.is_ruled_out)
    return WinnerPage(tuple(row_of(row, meant[row.id]) for row in rows), number, pages, total)


def row_of(row: EarlierWinner, candidates: int = 0) -> WinnerRow:
    """A record as a list shows it."""
    return WinnerRow(
        row.id,
        row.name,
        row.document_mask,
        row.unit_name,
        row.earlier_contest,
        row.edition,
        row.year,
        row.trade,
        row.rank,
        Prize(row.prize),
        row.source,
        MatchState(row.match_state),
        candidates if row.match_state == MatchState.OPEN else 0,
    )


def candidates(winner_id: int) -> tuple[Candidate, ...]:
    """Everybody who may be meant by a record, those of the same number first; at most 20."""
    rows = sorted(_meant([winner_id]), key=lambda one: (not one.by_number, one.person_id))[:20]
    cards = people.cards(row.person_id for row in rows)
    paths = organisations.name_paths(card.unit_id for card in cards.values() if card.unit_id)
    return tuple(
        Candidate(
            row.person_id,
            cards[row.person_id].name,
            cards[row.person_id].document_mask,
            paths.get(cards[row.person_id].unit_id or 0, ()),
            row.by_number,
            row.is_ruled_out,
        )
        for row in rows
    )


_MEANT = text(
    """
    WITH w AS (SELECT * FROM earlier_winners WHERE id = ANY(:ids))
    SELECT w.id AS winner_id, p.id AS person_id, true AS by_number,
           w.not_persons @> to_jsonb(p.id) AS is_ruled_out
    FROM w JOIN persons p ON p.document_kind = ANY(:kinds) AND p.document_hash = w.document_hash
    UNION ALL
    SELECT w.id, p.id, false, w.not_persons @> to_jsonb(p.id)
    FROM w JOIN persons p ON p.document_last4_hash = w.last4_hash AND p.name = w.name
    WHERE w.document_hash IS NULL
    UNION ALL
    SELECT w.id, p.id, false, w.not_persons @> to_jsonb(p.id)
    FROM w JOIN organisations o ON o.name = w.unit_name JOIN persons p ON p.unit_id = o.id AND p.name = w.name
    WHERE w.document_hash IS NULL AND w.last4_hash IS NULL
    """
)
"""The same as `_may_be`, put so that indexes are used where nobody has named a person."""


def _meant(winner_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Who may be meant by each of these records. One statement."""
    if not winner_ids:
        return ()
    kinds = [kind.value for kind in DocumentKind]
    return db.session.execute(_MEANT, {"ids": list(winner_ids), "kinds": kinds}).all()


def wins_of(person_id: int, contest_id: int) -> tuple[Win, ...]:
    """The records of a contest's register that are, or may be, this person's. One statement."""
    mine = or_(EarlierWinner.person_id == Person.id, and_(_same_number(), EarlierWinner.name == Person.name))
    rows = db.session.execute(
        select(EarlierWinner, mine.label("is_certain"))
        .join(Person, Person.id == person_id)
        .where(
            EarlierWinner.contest_id == contest_id,
            EarlierWinner.removed_at.is_(None),
            or_(EarlierWinner.person_id == Person.id, and_(_is_open(), _may_be(), _not_ruled_out())),
        )
        .order_by(EarlierWinner.year.desc(), EarlierWinner.id)
    )
    return tuple(
        Win(
            " ".join(part for part in (row[0].earlier_contest, row[0].edition) if part),
            row[0].year,
            row[0].trade,
            row[0].rank,
            Prize(row[0].prize),
            bool(row.is_certain),
        )
        for row in rows
    )


_ON_RECORD = text(
    """
    WITH w AS (
        SELECT * FROM earlier_winners
        WHERE removed_at IS NULL AND contest_id IN (SELECT contest_id FROM applications WHERE id = ANY(:ids))
    ), a AS (
        SELECT a.id, a.contest_id, p.id AS person_id, p.name, p.document_hash
        FROM applications a JOIN persons p ON p.id = a.person_id WHERE a.id = ANY(:ids)
    )
    SELECT a.id FROM a JOIN w ON w.contest_id = a.contest_id AND w.person_id = a.person_id
    UNION
    SELECT a.id FROM a JOIN w ON w.contest_id = a.contest_id AND w.document_hash = a.document_hash
    UNION
    SELECT a.id FROM a JOIN w ON w.contest_id = a.contest_id AND w.name = a.name AND w.match_state = 'open'
    """
)


def on_record(application_ids: Sequence[int]) -> frozenset[int]:
    """Of these applications those whose person the register names, or may name: to be looked at one by one.

    One statement; wider than `wins_of`, because it asks for neither trade nor last four digits."""
    if not application_ids:
        return frozenset()
    return frozenset(db.session.scalars(_ON_RECORD, {"ids": list(application_ids)}))


def years(contest_id: int) -> list[int]:
    """The years that a register holds, newest first."""
    return list(
        db.session.scalars(
            select(EarlierWinner.year)
            .where(EarlierWinner.contest_id == contest_id, EarlierWinner.removed_at.is_(None))
            .distinct()
            .order_by(EarlierWinner.year.desc())
        )
    )


def matched_at(row: EarlierWinner) -> tuple[str, datetime | None]:
    """Who decided whose record it is, and when."""
    names = people.names_of_accounts([row.matched_by_account_id] if row.matched_by_account_id else [])
    return names.get(row.matched_by_account_id or 0, ""), row.matched_at


def _wanted(contest_id: int, chosen: Filter) -> list[ColumnElement[bool]]:
    wanted = [EarlierWinner.contest_id == contest_id, EarlierWinner.removed_at.is_(None)]
    if chosen.name:
        wanted.append(EarlierWinner.name.contains(chosen.name, autoescape=True))
    if trade_key(chosen.trade):
        wanted.append(EarlierWinner.trade_key.contains(trade_key(chosen.trade), autoescape=True))
    if chosen.year:
        wanted.append(EarlierWinner.year == chosen.year)
    if chosen.state is not None:
        wanted.append(EarlierWinner.match_state == chosen.state)
    return wanted


def _is_open() -> ColumnElement[bool]:
    return EarlierWinner.match_state == MatchState.OPEN


def _same_number() -> ColumnElement[bool]:
    return func.coalesce(EarlierWinner.document_hash == Person.document_hash, False)


def _may_be() -> ColumnElement[bool]:
    """Same number; without one the same name and the same last four, or, without those, the same unit."""
    unit = select(Organisation.name).where(Organisation.id == Person.unit_id).scalar_subquery()
    by_name = and_(
        EarlierWinner.document_hash.is_(None),
        EarlierWinner.name == Person.name,
        or_(
            EarlierWinner.last4_hash == Person.document_last4_hash,
            and_(EarlierWinner.last4_hash.is_(None), EarlierWinner.unit_name == unit),
        ),
    )
    return or_(EarlierWinner.document_hash == Person.document_hash, by_name)


def _not_ruled_out() -> ColumnElement[bool]:
    return ~EarlierWinner.not_persons.contains(func.jsonb_build_array(Person.id))
