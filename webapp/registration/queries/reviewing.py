"""The queues of reviewers and organisers: who sees which application, and who may decide on it.

A union reviewer sees the applications of the scope's units and those that wait at its nodes; an
organiser sees those of the event. Whatever lies outside answers like something that does not exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    or_,
    select,
)

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.organisations import queries as organisations
from webapp.registration.errors import ApplicationGone
from webapp.registration.models import Application
from webapp.registration.queries import applications, events, overdue
from webapp.registration.queries.scope import at_me, awaiting_me, decidable, visible
from webapp.registration.rules.review import FINAL, State, read_chain

PAGE_SIZE = 50
UNITS_FOUND = 50


@dataclass(frozen=True)
class Filter:
    """What a reviewer looks at.

    whose: 'mine' waits at a node of mine, 'below' also at nodes below, where I may stand in, 'all' is
    everything visible, decided or not.
    unit: a part of the name of the unit, or of what stands above it. waiting_days: at least so long at
    the present link. name: part of the person's name or start of the pinyin. overdue: beyond the file's days."""

    whose: str = "mine"
    state: State | None = State.IN_REVIEW
    event_id: int | None = None
    unit: str = ""
    waiting_days: int = 0
    name: str = ""
    claimed_by_me: bool = False
    overdue: bool = False


@dataclass(frozen=True)
class QueueRow:
    """One application in a queue; people masked. due_at: by the file's days for its level, None: it has none.
    told: the level that it has gone to as well, overdue."""

    application_id: int
    revision: int
    step: int
    person_name: str
    document_mask: str
    unit_path: tuple[str, ...]
    event_id: int
    event_title: dict[str, str]
    contest_title: dict[str, str]
    state: State
    level: str
    awaiting: str
    days_waiting: int
    is_overdue: bool
    due_at: datetime | None
    told: str
    warnings: int
    source: str
    claimed_by: str
    claimed_until: datetime | None
    is_claimed_by_me: bool
    is_own: bool


@dataclass(frozen=True)
class QueuePage:
    """One page of a queue. `total` counts all pages."""

    rows: tuple[QueueRow, ...]
    page: int
    pages: int
    total: int


def load(who: Principal, application_id: int, *, lock: bool = False) -> Application:
    """An application this person may look at. Raise ApplicationGone for any other id."""
    query = select(Application).where(Application.id == application_id, visible(who))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise ApplicationGone
    return found


def may_decide(who: Principal, application_id: int) -> bool:
    """Whether the application waits for a decision this person may make, now."""
    return (
        db.session.scalar(select(Application.id).where(Application.id == application_id, decidable(who)))
        is not None
    )


def page(who: Principal, chosen: Filter, number: int, now: datetime) -> QueuePage:
    """One page of the queue, the longest waiting first. A page beyond the end is the last one."""
    found = filtered_ids(who, chosen, now)
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    ids = db.session.scalars(
        found.order_by(func.coalesce(Application.step_since, Application.created_at), Application.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    return QueuePage(rows(who, ids, now), number, pages, total)


def rows(who: Principal, application_ids: Sequence[int], now: datetime) -> tuple[QueueRow, ...]:
    """Queue rows of these applications, in this order; the caller has checked that they are visible."""
    found = {
        row.id: row
        for row in db.session.scalars(select(Application).where(Application.id.in_(application_ids)))
    }
    chosen = [found[application_id] for application_id in application_ids if application_id in found]
    cards = people.cards(row.person_id for row in chosen)
    paths = organisations.name_paths(
        one for row in chosen for one in (row.unit_id, row.awaiting_organisation_id) if one
    )
    headers = events.contexts({row.event_id for row in chosen})
    told = overdue.told_of(row.id for row in chosen)
    claimers = people.names_of_accounts(
        row.claimed_by_account_id for row in chosen if row.claimed_by_account_id and is_claimed(row, now)
    )
    return tuple(
        _row(
            who, row, cards, paths, headers[row.event_id], claimers,
            overdue.waiting(row, headers[row.event_id], told.get(row.id), now), now,
        )
        for row in chosen
    )  # fmt: skip


def visible_ids(who: Principal, application_ids: Sequence[int]) -> list[int]:
    """Those of the ids that this person may look at, in the order given."""
    found = set(
        db.session.scalars(select(Application.id).where(Application.id.in_(application_ids), visible(who)))
    )
    return [application_id for application_id in application_ids if application_id in found]


def counts(who: Principal, now: datetime) -> dict[str, int]:
    """How many wait for my decision, how many at nodes below mine; of all these, how many I have
    claimed, how many wait over a week, and how many are overdue by the file's days."""
    # Each row is looked at once: as filters of the counts the conditions would be asked again for every count.
    seen = (
        select(
            at_me(who).label("at_mine"),
            and_(Application.claimed_by_account_id == who.account_id, Application.claimed_until > now).label(
                "claimed"
            ),
            (Application.step_since < now - timedelta(days=7)).label("is_old"),
            overdue.is_escalated().label("is_overdue"),
        )
        .where(decidable(who))
        .cte("seen")
        .prefix_with("MATERIALIZED")
    )
    row = db.session.execute(
        select(
            func.count().filter(seen.c.at_mine).label("mine"),
            func.count().filter(~seen.c.at_mine).label("below"),
            func.count().filter(seen.c.claimed).label("claimed"),
            func.count().filter(seen.c.is_old, seen.c.at_mine).label("old"),
            func.count().filter(seen.c.is_overdue).label("overdue"),
        )
    ).one()
    return {
        "mine": row.mine, "below": row.below, "claimed": row.claimed, "old": row.old,
        "overdue": row.overdue,
    }  # fmt: skip


def event_choices(who: Principal) -> list[events.EventHeader]:
    """The events that have applications this person may look at."""
    ids = db.session.scalars(select(Application.event_id).where(visible(who)).distinct()).all()
    return sorted(events.headers(ids).values(), key=lambda event: (event.contest_id, event.position))


def next_id(who: Principal, now: datetime, after_id: int | None = None) -> int | None:
    """The application to decide next: claimed by me first, then what waits longest and is free."""
    query = (
        select(Application.id)
        .where(decidable(who), unclaimed_by_others(who, now))
        .order_by(
            (Application.claimed_by_account_id == who.account_id).desc().nulls_last(),
            at_me(who).desc(),
            Application.step_since,
            Application.id,
        )
        .limit(1)
    )
    if after_id is not None:
        query = query.where(Application.id != after_id)
    return db.session.scalar(query)


def unclaimed_by_others(who: Principal, now: datetime) -> ColumnElement[bool]:
    """Free, expired, or claimed by the one who asks."""
    return or_(
        Application.claimed_by_account_id.is_(None),
        Application.claimed_by_account_id == who.account_id,
        Application.claimed_until.is_(None),
        Application.claimed_until <= now,
    )


def is_claimed(application: Application, now: datetime) -> bool:
    """Whether somebody looks at it at this moment."""
    return (
        application.claimed_by_account_id is not None
        and application.claimed_until is not None
        and application.claimed_until > now
    )


def competing_event_ids(person_id: int) -> Select[int]:
    """Events in which this person has an application of their own that lives."""
    return select(Application.event_id).where(
        Application.person_id == person_id, Application.state.not_in(FINAL)
    )


def filtered_ids(who: Principal, chosen: Filter, now: datetime) -> Select[int]:
    """Ids of what the filter shows, as a sub-select."""
    shown = {"mine": awaiting_me, "below": decidable}.get(chosen.whose, visible)
    query = select(Application.id).where(shown(who))
    if chosen.state is not None and chosen.whose == "all":
        query = query.where(Application.state == chosen.state)
    if chosen.event_id is not None:
        query = query.where(Application.event_id == chosen.event_id)
    if chosen.unit:
        found = organisations.search(chosen.unit, kinds=("unit", "union"), limit=UNITS_FOUND)
        query = query.where(
            Application.unit_id.in_(organisations.below(view.organisation_id for view in found))
        )
    if chosen.waiting_days > 0:
        query = query.where(Application.step_since <= now - timedelta(days=chosen.waiting_days))
    if chosen.name:
        query = query.where(Application.person_id.in_(people.ids_named(chosen.name)))
    if chosen.overdue:
        query = query.where(overdue.is_escalated())
    if chosen.claimed_by_me:
        query = query.where(
            Application.claimed_by_account_id == who.account_id, Application.claimed_until > now
        )
    return query


def _row(
    who: Principal,
    row: Application,
    cards: dict[int, people.PersonCard],
    paths: dict[int, tuple[str, ...]],
    context: events.EventContext,
    claimers: dict[int, str],
    rule: overdue.Waiting | None,
    now: datetime,
) -> QueueRow:
    card, event = cards[row.person_id], context.header
    chain = read_chain(row.chain)
    link = chain[row.step] if row.state == State.IN_REVIEW and row.step < len(chain) else None
    claimed = is_claimed(row, now)
    waiting = row.state == State.IN_REVIEW and row.step_since is not None
    return QueueRow(
        application_id=row.id,
        revision=row.revision,
        step=row.step,
        person_name=card.name,
        document_mask=card.document_mask,
        unit_path=paths.get(row.unit_id or 0, ()),
        event_id=row.event_id,
        event_title=event.title,
        contest_title=event.contest_title,
        state=State(row.state),
        level=link.level if link else "",
        awaiting=applications.organisation_name(link, paths) if link else "",
        days_waiting=(now - row.step_since).days if waiting and row.step_since else 0,
        is_overdue=waiting
        and (
            (event.review_ends_at is not None and now >= event.review_ends_at)
            or (rule is not None and rule.is_overdue)
        ),
        due_at=rule.due_at if rule else None,
        told=rule.to.level if rule and rule.to else "",
        warnings=applications.open_warnings(row),
        source=row.source,
        claimed_by=claimers.get(row.claimed_by_account_id or 0, "") if claimed else "",
        claimed_until=row.claimed_until if claimed else None,
        is_claimed_by_me=claimed and row.claimed_by_account_id == who.account_id,
        is_own=row.person_id == who.person_id,
    )
