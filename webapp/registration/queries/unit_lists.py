"""Sealed unit lists: what a liaison may seal now, which lists the level above has, how spot checks stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.contests.models import Contest
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.organisations import queries as organisations
from webapp.registration.models import Application, ReviewDecision, UnitList
from webapp.registration.queries import events
from webapp.registration.queries.roster import units
from webapp.registration.queries.scope import AWAITED_LEVEL
from webapp.registration.rules.review import UNIT, State

SHOWN = 100


@dataclass(frozen=True)
class Sealable:
    """A unit's people of one contest that wait for the unit and may be confirmed with a sealed list."""

    unit_id: int
    unit_name: str
    contest_id: int
    contest_title: dict[str, str]
    people: int


@dataclass(frozen=True)
class ListRow:
    """A sealed list. spots: how many are drawn, 0 before the checks are opened; passed and failed of these."""

    list_id: int
    unit_name: str
    contest_title: dict[str, str]
    people: int
    sealed_by: str
    sealed_at: datetime
    digest: str
    commitment: str
    seed: str
    opened_at: datetime | None
    spots: int
    passed: int
    failed: int
    rest: int

    @property
    def is_checked(self) -> bool:
        """Whether every drawn application was looked at and found right."""
        return self.opened_at is not None and self.failed == 0 and self.passed == self.spots


def waits_for(unit_id: ColumnElement[Any] | int) -> ColumnElement[bool]:
    """Applications that wait at the unit's own link."""
    return and_(
        Application.state == State.IN_REVIEW,
        Application.awaiting_organisation_id == unit_id,
        AWAITED_LEVEL == UNIT,
    )


def sealable(who: Principal) -> tuple[Sealable, ...]:
    """What the liaison could seal now, by unit and contest."""
    mine = units(who)
    rows = db.session.execute(
        select(
            Application.awaiting_organisation_id.label("unit_id"),
            Application.contest_id,
            Contest.title,
            func.array_agg(Application.event_id.distinct()).label("event_ids"),
            func.count().label("people"),
        )
        .join(Contest, Contest.id == Application.contest_id)
        .where(
            Application.awaiting_organisation_id.in_(list(mine)),
            Application.state == State.IN_REVIEW,
            AWAITED_LEVEL == UNIT,
        )
        .group_by(Application.awaiting_organisation_id, Application.contest_id, Contest.title)
        .order_by(Application.contest_id, Application.awaiting_organisation_id)
    ).all()
    contexts = events.contexts({event_id for row in rows for event_id in row.event_ids})
    return tuple(
        Sealable(row.unit_id, mine[row.unit_id], row.contest_id, row.title, row.people)
        for row in rows
        if any(contexts[event_id].sealed_lists for event_id in row.event_ids)
    )


def lists(who: Principal) -> tuple[ListRow, ...]:
    """The lists this person may see: of their units as a liaison, of units below their nodes as a reviewer."""
    rows = db.session.scalars(
        select(UnitList).where(_visible(who)).order_by(UnitList.id.desc()).limit(SHOWN)
    ).all()
    return _rows(rows)


def one(who: Principal, list_id: int, *, lock: bool = False) -> UnitList:
    """A list this person may see. Raise NotFound for any other id."""
    query = select(UnitList).where(UnitList.id == list_id, _visible(who))
    if lock:
        query = query.with_for_update()
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound
    return found


def row_of(unit_list: UnitList) -> ListRow:
    """A list with its numbers."""
    return _rows([unit_list])[0]


def verdicts(application_ids: Sequence[int]) -> dict[int, str]:
    """What the level above has decided on these applications in their present revision: 'confirm', 'return',
    'refuse'; missing where nobody has."""
    rows = db.session.execute(
        select(ReviewDecision.application_id, ReviewDecision.decision)
        .join(Application, Application.id == ReviewDecision.application_id)
        .where(
            ReviewDecision.application_id == any_(literal(list(application_ids), ARRAY(BigInteger))),
            ReviewDecision.revision == Application.revision,
            ReviewDecision.level != UNIT,
        )
        .order_by(ReviewDecision.step.desc())
    )
    return {row.application_id: row.decision for row in rows}


def _visible(who: Principal) -> ColumnElement[bool]:
    return or_(
        organisations.within(UnitList.unit_id, who.scopes(Permission.REGISTER_WORKERS)),
        organisations.within(UnitList.unit_id, who.scopes(Permission.REVIEW_APPLICATIONS)),
    )


def _rows(found: Sequence[UnitList]) -> tuple[ListRow, ...]:
    names = organisations.names({row.unit_id for row in found})
    titles = {
        row.id: row.title
        for row in db.session.execute(
            select(Contest.id, Contest.title).where(Contest.id.in_({one.contest_id for one in found}))
        )
    }
    sealers = people.names_of_accounts(one.sealed_by_account_id for one in found if one.sealed_by_account_id)
    decided = verdicts([one for row in found for one in row.application_ids])
    made = []
    for row in found:
        spots = row.spot_ids or []
        outcome = [decided.get(one, "") for one in spots]
        made.append(
            ListRow(
                row.id,
                names.get(row.unit_id, ""),
                titles[row.contest_id],
                len(row.application_ids),
                sealers.get(row.sealed_by_account_id or 0, ""),
                row.sealed_at,
                row.digest,
                row.commitment,
                row.seed if row.opened_at else "",
                row.opened_at,
                len(spots),
                outcome.count("confirm"),
                outcome.count("return") + outcome.count("refuse"),
                sum(one not in decided for one in row.application_ids if one not in spots),
            )
        )
    return tuple(made)
