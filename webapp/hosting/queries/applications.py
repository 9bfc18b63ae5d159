"""One application as its pages show it, and what the checks need to know of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from webapp.accounts.queries.people import names_of_accounts
from webapp.contests import queries as contests
from webapp.contests.rules.schema import Contest, Window
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.hosting.models import (
    HostingApplication,
    HostingException,
    HostingFile,
    HostingPartner,
    HostingPayment,
    HostingStep,
)
from webapp.hosting.queries.bars import in_force
from webapp.hosting.rules.checks import Context, Finding, check
from webapp.hosting.rules.form import Form, read_form
from webapp.hosting.rules.states import DECIDED, LIVE, State
from webapp.hosting.rules.terms import Terms, terms_of
from webapp.organisations import queries as organisations


@dataclass(frozen=True)
class Record:
    """One step of the review. by, answered_by: names."""

    step: str
    outcome: str
    reason: str
    support: int | None
    state: str
    by: str
    by_account_id: int
    at: datetime
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Excepted:
    """A normal rule that somebody excepted."""

    rule: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Partner:
    organisation_id: int
    name: str
    state: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True)
class Attached:
    file_id: int
    kind: str
    name: str
    size_bytes: int
    arrived_at: datetime


@dataclass(frozen=True)
class Paid:
    half: str
    amount: int
    paid_on: date
    by: str


@dataclass(frozen=True)
class View:
    """Everything of one application that its pages show."""

    application_id: int
    contest_id: int
    contest_code: str
    contest_title: dict[str, str]
    organisation_id: int
    organisation: str
    offer: str
    title: dict[str, str]
    stage_title: dict[str, str]
    state: State
    step: int
    terms: Terms
    told: dict[str, dict[str, object]]
    form: Form
    partners: tuple[Partner, ...]
    files: tuple[Attached, ...]
    records: tuple[Record, ...]
    exceptions: tuple[Excepted, ...]
    payments: tuple[Paid, ...]
    asked_support: int
    granted_support: int | None
    sent_at: datetime | None
    decided_at: datetime | None
    agreement_on: date | None
    event_code: str
    more: tuple[dict[str, str], ...]

    @property
    def step_code(self) -> str:
        """The step that is due; '' when none is."""
        return self.terms.steps[self.step] if self.state is State.IN_REVIEW else ""

    @property
    def waiting(self) -> Record | None:
        """The decision that waits for a second person."""
        return next((one for one in self.records if one.state == "waiting"), None)


def rules_of(row: HostingApplication) -> Contest:
    """The rules under which it was sent; of a draft those in force."""
    if row.contest_version_id is not None and row.state not in {State.DRAFT, State.RETURNED}:
        return contests.rules_of_version(row.contest_version_id)
    return contests.rules_of(row.contest_id)


def terms_for(row: HostingApplication) -> Terms:
    """raise (LookupError): the contest takes no applications any more."""
    found = terms_of(rules_of(row))
    if found is None:
        raise LookupError(row.contest_id)
    return found


def view(row: HostingApplication) -> View:
    """A fixed number of statements."""
    rules, terms = rules_of(row), terms_for(row)
    steps = _of(HostingStep, row.id, HostingStep.id)
    exceptions = _of(HostingException, row.id, HostingException.id)
    payments = _of(HostingPayment, row.id, HostingPayment.half)
    partners = _of(HostingPartner, row.id, HostingPartner.organisation_id)
    people = names_of_accounts(
        one
        for rows, columns in (
            (steps, ("by_account_id", "answered_by_account_id")),
            (exceptions, ("by_account_id",)),
            (payments, ("by_account_id",)),
            (partners, ("answered_by_account_id",)),
        )
        for entry in rows
        for column in columns
        if (one := getattr(entry, column))
    )
    names = organisations.names({row.organisation_id, *(one.organisation_id for one in partners)})
    event = next((one for one in rules.events if one.code == row.event_code), None)
    offer = terms.stage(row.stage_code)
    title = event.title if event is not None else None
    return View(
        application_id=row.id,
        contest_id=row.contest_id,
        contest_code=rules.code,
        contest_title={"zh": rules.title.zh, "en": rules.title.en},
        organisation_id=row.organisation_id,
        organisation=names.get(row.organisation_id, ""),
        offer=row.offer,
        title={"zh": title.zh, "en": title.en} if title and row.offer != "trade" else {"zh": row.title},
        stage_title={"zh": offer.title.zh, "en": offer.title.en} if offer is not None else {},
        state=State(row.state),
        step=row.step,
        terms=terms,
        told=row.told,
        form=read_form(row.told),
        partners=tuple(_partner(one, names, people) for one in partners),
        files=files_of(row.id),
        records=tuple(_record(one, people) for one in steps),
        exceptions=tuple(
            Excepted(one.rule, one.reason, people.get(one.by_account_id, ""), one.at) for one in exceptions
        ),
        payments=tuple(
            Paid(one.half, one.amount, one.paid_on, people.get(one.by_account_id, "")) for one in payments
        ),
        asked_support=row.asked_support,
        granted_support=row.granted_support,
        sent_at=row.sent_at,
        decided_at=row.decided_at,
        agreement_on=row.agreement_on,
        event_code=row.event_code,
        more=tuple(title for code, title in further_events(row).items() if code in _more(row)),
    )


def _partner(one: HostingPartner, names: Mapping[int, str], people: Mapping[int, str]) -> Partner:
    return Partner(
        one.organisation_id,
        names.get(one.organisation_id, ""),
        one.state,
        people.get(one.answered_by_account_id or 0, ""),
        one.answered_at,
    )


def _record(one: HostingStep, people: Mapping[int, str]) -> Record:
    return Record(
        step=one.step,
        outcome=one.outcome,
        reason=one.reason,
        support=one.support,
        state=one.state,
        by=people.get(one.by_account_id, ""),
        by_account_id=one.by_account_id,
        at=one.at,
        answered_by=people.get(one.answered_by_account_id or 0, ""),
        answered_at=one.answered_at,
    )


def files_of(application_id: int) -> tuple[Attached, ...]:
    """The files that were not taken off, in the order in which they came."""
    rows = db.session.scalars(
        select(HostingFile)
        .where(HostingFile.application_id == application_id, HostingFile.removed_at.is_(None))
        .order_by(HostingFile.id)
    )
    return tuple(Attached(row.id, row.kind, row.name, row.size_bytes, row.arrived_at) for row in rows)


def findings(row: HostingApplication, now: datetime, granted: int | None = None) -> tuple[Finding, ...]:
    """What the checks find in an application as it is written now. granted: yuan that are about to be granted."""
    context = replace(context_of(row, now), granted=granted)
    return check(read_form(row.told), terms_for(row), context)


def open_warnings(row: HostingApplication, now: datetime, granted: int | None = None) -> tuple[Finding, ...]:
    """Normal rules that do not hold and that nobody has excepted yet."""
    known = excepted_rules(row.id)
    return tuple(one for one in findings(row, now, granted) if not one.is_hard and one.code not in known)


def excepted_rules(application_id: int) -> frozenset[str]:
    query = select(HostingException.rule).where(HostingException.application_id == application_id)
    return frozenset(db.session.scalars(query))


def further_events(row: HostingApplication) -> dict[str, dict[str, str]]:
    """code -> title of the other events of the contest that may be applied for together: those with the same stage where
    a stage is applied for, every other one where an event is. A trade is applied for by itself."""
    rules = rules_of(row)
    if row.offer == "trade":
        return {}
    having = {
        profile.code
        for profile in rules.profiles
        if profile.track != "popularisation"
        and (row.offer == "event" or any(stage.code == row.stage_code for stage in profile.stages))
    }
    return {
        event.code: {"zh": event.title.zh, "en": event.title.en}
        for event in rules.events
        if event.profile in having and event.code != row.event_code
    }


def _more(row: HostingApplication) -> tuple[str, ...]:
    return read_form(row.told).more


def context_of(row: HostingApplication, now: datetime) -> Context:
    """What the checks cannot read in the form."""
    lead = organisations.by_id(row.organisation_id)
    trades, leading = _own_trades(row)
    today = now.astimezone(SHANGHAI).date()
    barred = in_force([row.organisation_id, *_partner_ids(row.id)], rules_of(row).host.zh, today)
    return Context(
        offer=row.offer,
        at=now,
        today=today,
        stage=row.stage_code,
        kind=lead.kind if lead is not None else "",
        level=lead.level if lead is not None else "",
        own_trades=trades,
        own_certificates=leading,
        stage_window=_stage_window(row, row.event_code),
        more_windows=tuple(window for code in _more(row) if (window := _stage_window(row, code)) is not None),
        open_partners=_open_partners(row.id),
        taken_by=_taken_by(row),
        same_trade_of=_same_trade_of(row),
        barred_until=barred[0] if barred is not None else None,
        barred_why=barred[1] if barred is not None else "",
    )


def _own_trades(row: HostingApplication) -> tuple[int, int]:
    """(other live trades of the same applicant in this contest, those that lead to a certificate)."""
    found = db.session.execute(
        select(func.count(), func.count().filter(HostingApplication.leads)).where(
            HostingApplication.contest_id == row.contest_id,
            HostingApplication.organisation_id == row.organisation_id,
            HostingApplication.offer == "trade",
            HostingApplication.state.in_(LIVE),
            HostingApplication.id != row.id,
        )
    ).one()
    return int(found[0]), int(found[1])


def _stage_window(row: HostingApplication, event_code: str) -> Window | None:
    rules = rules_of(row)
    event = next((one for one in rules.events if one.code == event_code), None)
    if event is None or not row.stage_code:
        return None
    stages = {stage.code: stage for stage in rules.profile_of(event).stages}
    return rules.window(event, stages[row.stage_code].window) if row.stage_code in stages else None


def _partner_ids(application_id: int) -> list[int]:
    query = select(HostingPartner.organisation_id).where(HostingPartner.application_id == application_id)
    return list(db.session.scalars(query))


def _open_partners(application_id: int) -> tuple[str, ...]:
    ids = list(
        db.session.scalars(
            select(HostingPartner.organisation_id).where(
                HostingPartner.application_id == application_id, HostingPartner.state != "agreed"
            )
        )
    )
    return tuple(sorted(organisations.names(ids).values()))


def _taken_by(row: HostingApplication) -> str:
    """Who was granted the same event, or the same stage of it or of one of the further events."""
    if row.offer == "trade":
        return ""
    codes = [row.event_code, *_more(row)]
    also = func.jsonb_exists_any(HostingApplication.told["what"]["more"], codes)
    return _name_of_another(
        row, DECIDED, HostingApplication.event_code.in_(codes) | func.coalesce(also, False)
    )


def _same_trade_of(row: HostingApplication) -> str:
    title = read_form(row.told).title.strip()
    if row.offer != "trade" or not title:
        return ""
    return _name_of_another(row, LIVE, func.lower(HostingApplication.title) == title.lower())


def _name_of_another(row: HostingApplication, states: Collection[State], same: ColumnElement[bool]) -> str:
    organisation_id = db.session.scalar(
        select(HostingApplication.organisation_id)
        .where(
            HostingApplication.contest_id == row.contest_id,
            HostingApplication.offer == row.offer,
            HostingApplication.stage_code == row.stage_code,
            HostingApplication.state.in_(states),
            HostingApplication.id != row.id,
            same,
        )
        .order_by(HostingApplication.id)
        .limit(1)
    )
    return organisations.names([organisation_id]).get(organisation_id, "") if organisation_id else ""


def _of(model: Any, application_id: int, order: Any) -> list[Any]:
    """The rows of a table that belong to an application, in order."""
    rows = select(model).where(model.application_id == application_id).order_by(order)
    return list(db.session.scalars(rows))


def programme_exceptions(contest_id: int) -> tuple[Excepted, ...]:
    """Quotas of the programme that somebody excepted."""
    rows = db.session.scalars(
        select(HostingException)
        .where(HostingException.contest_id == contest_id, HostingException.application_id.is_(None))
        .order_by(HostingException.id)
    ).all()
    people = names_of_accounts(row.by_account_id for row in rows)
    return tuple(Excepted(row.rule, row.reason, people.get(row.by_account_id, ""), row.at) for row in rows)
