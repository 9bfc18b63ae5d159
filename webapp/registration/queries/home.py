"""My contests: everything that concerns one person, in a fixed number of statements."""

from dataclasses import dataclass

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.core.clock import datetime
from webapp.core.words import Message
from webapp.organisations import queries as organisations
from webapp.registration.models import Application, Participation, ReviewDecision
from webapp.registration.queries import applications, events, overdue, winners
from webapp.registration.queries.applications import StepView
from webapp.registration.queries.events import EventContext, StageDate
from webapp.registration.queries.overdue import Waiting
from webapp.registration.rules.eligibility import Reason, Track, is_open, may_apply
from webapp.registration.rules.review import FINAL, Action, State, is_allowed


@dataclass(frozen=True)
class ApplicationView:
    """One application as its owner sees it. `reason`: what the last reviewer wrote, if it stopped there.

    waiting: by when the present link should decide, where the file says so; told_name: of the organisation that an
    overdue one has gone to as well."""

    application_id: int
    event_id: int
    event_title: dict[str, str]
    contest_title: dict[str, str]
    contest_code: str
    event_code: str
    is_open_track: bool
    state: State
    revision: int
    source: str
    submitted_at: datetime | None
    steps: tuple[StepView, ...]
    reason: str
    warnings: tuple[Message, ...]
    number: str
    can_withdraw: bool
    can_switch: bool
    can_correct: bool
    can_learn: bool
    is_provisional: bool
    has_kept_points: bool
    window_closes_at: datetime | None
    waiting: Waiting | None
    told_name: str

    @property
    def needs_me(self) -> bool:
        return self.state in {State.RETURNED, State.INVITED}


@dataclass(frozen=True)
class NextDate:
    """A stage that opens or closes next, of an event the person takes part in."""

    event_title: dict[str, str]
    stage_title: dict[str, str]
    opens: bool
    at: datetime


@dataclass(frozen=True)
class Home:
    """attention: what waits for the person; current: all that lives; past: refused and withdrawn."""

    attention: tuple[ApplicationView, ...]
    current: tuple[ApplicationView, ...]
    past: tuple[ApplicationView, ...]
    dates: tuple[NextDate, ...]


@dataclass(frozen=True)
class SwitchChoice:
    """An event of the same contest that the person could switch to."""

    event_id: int
    title: dict[str, str]


def home(who: Principal, now: datetime) -> Home:
    """The person's page."""
    rows = applications.of_person(who.person_id)
    views = application_views(rows, who.person_id, now)
    current = tuple(view for view in views if view.state not in FINAL)
    return Home(
        tuple(view for view in current if view.needs_me),
        current,
        tuple(view for view in views if view.state in FINAL),
        _next_dates(current, now),
    )


def one(who: Principal, application_id: int, now: datetime) -> ApplicationView:
    """One application of the person who asks. Raise ApplicationGone."""
    return application_views([applications.own(who, application_id)], who.person_id, now)[0]


def application_views(rows: list[Application], person_id: int, now: datetime) -> tuple[ApplicationView, ...]:
    """Applications of one person, in the order given."""
    contexts = events.contexts(row.event_id for row in rows)
    decisions = applications.decisions_of([row.id for row in rows])
    names = organisations.name_paths(
        link["organisation_id"] for row in rows for link in row.chain if link["organisation_id"]
    )
    held = applications.numbers_of(person_id)
    told = overdue.told_of(row.id for row in rows)
    return tuple(
        _view(
            row,
            contexts[row.event_id],
            decisions.get(row.id, []),
            names,
            held.get(row.event_id),
            overdue.waiting(row, contexts[row.event_id], told.get(row.id), now),
            now,
        )
        for row in rows
    )


def switch_choices(who: Principal, application: Application, now: datetime) -> list[SwitchChoice]:
    """The events of the same contest that the person may enter in place of this one."""
    contexts = events.contexts(events.ids_of_contest(application.contest_id))
    card = people.card(who.person_id)
    asked = any(event.rules.asks_earlier_wins for event in contexts.values())
    wins = winners.wins_of(who.person_id, application.contest_id) if asked else ()
    facts = applications.place_of(card.unit_id).facts(applications.answers_of(application), card, wins)
    trades = {event_id: event.rules.trade for event_id, event in contexts.items()}
    held = [
        holding
        for holding in applications.holdings(who.person_id, application.contest_id, trades)
        if holding.event_id != application.event_id
    ]
    track = contexts[application.event_id].rules.track
    return [
        SwitchChoice(event.event_id, event.title)
        for event in contexts.values()
        if event.event_id != application.event_id
        and event.rules.track is track
        and not _hard(may_apply(facts, event.rules, now, held))
    ]


def _hard(reasons: tuple[Reason, ...]) -> bool:
    return any(reason.is_hard for reason in reasons)


def _view(
    row: Application,
    event: EventContext,
    decisions: list[ReviewDecision],
    names: dict[int, tuple[str, ...]],
    held: Participation | None,
    waiting: Waiting | None,
    now: datetime,
) -> ApplicationView:
    state = State(row.state)
    header = event.header
    window = is_open(event.rules, now)
    stopped = state in {State.RETURNED, State.REFUSED} and bool(decisions)
    review_is_on = event.review_ends_at is None or now < event.review_ends_at
    return ApplicationView(
        application_id=row.id,
        event_id=row.event_id,
        event_title=header.title,
        contest_title=header.contest_title,
        contest_code=header.contest_code,
        event_code=header.code,
        is_open_track=header.track is Track.POPULARISATION,
        state=state,
        revision=row.revision,
        source=row.source,
        submitted_at=row.submitted_at,
        steps=applications.steps(row, decisions, names),
        reason=decisions[-1].reason if stopped else "",
        warnings=applications.warnings_of(row),
        number=held.number if held is not None and state is State.CONFIRMED else "",
        can_withdraw=is_allowed(state, Action.WITHDRAW) and (window or state is State.INVITED),
        can_switch=window and is_allowed(state, Action.WITHDRAW) and header.track is Track.COMPETITION,
        can_correct=is_allowed(state, Action.RESUBMIT) and review_is_on,
        can_learn=held is not None and event.has_learning,
        is_provisional=held is not None and held.state == "provisional",
        has_kept_points=event.may_learn_early and state in {State.REFUSED, State.WITHDRAWN},
        window_closes_at=event.rules.closes_at,
        waiting=waiting,
        told_name=applications.organisation_name(waiting.to, names) if waiting and waiting.to else "",
    )


def _next_dates(views: tuple[ApplicationView, ...], now: datetime) -> tuple[NextDate, ...]:
    titles = {view.event_id: view.event_title for view in views}
    found = []
    for stage in events.stage_dates(titles):
        date = _next(stage, titles[stage.event_id], now)
        if date is not None:
            found.append(date)
    return tuple(sorted(found, key=lambda date: date.at)[:6])


def _next(stage: StageDate, title: dict[str, str], now: datetime) -> NextDate | None:
    if stage.opens_at is not None and now < stage.opens_at:
        return NextDate(title, stage.title, True, stage.opens_at)
    if stage.closes_at is not None and now < stage.closes_at:
        return NextDate(title, stage.title, False, stage.closes_at)
    return None
