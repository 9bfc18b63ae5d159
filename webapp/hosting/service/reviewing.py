"""Sending an application, the steps of its review, the decision by two people, exceptions, the agreement."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from webapp.access.principal import Principal
from webapp.audit.service import record
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.core.db import db
from webapp.core.words import N_
from webapp.hosting.errors import (
    AgreementNotDue,
    CannotSend,
    NotEditable,
    NothingToExcept,
    NotInReview,
    OwnDecision,
    ReasonNeeded,
    TooMuchSupport,
    WarningsOpen,
)
from webapp.hosting.models import HostingApplication, HostingException, HostingStep
from webapp.hosting.queries import loading
from webapp.hosting.queries.applications import findings, open_warnings, terms_for
from webapp.hosting.queries.loading import DECIDE
from webapp.hosting.rules.checks import refusals
from webapp.hosting.rules.form import read_form
from webapp.hosting.rules.states import EDITABLE, Outcome, State, after
from webapp.hosting.service.drafting import keep_file
from webapp.hosting.service.performing import open_file
from webapp.hosting.service.telling import tell_applicant

MOST_REASON = 1000
RETURNED = N_("Your application for “%(title)s” was returned for correction: %(reason)s")
REFUSED = N_("Your application for “%(title)s” was refused: %(reason)s")
GRANTED = N_("Your application for “%(title)s” was granted: %(reason)s")
SETTLED = N_("The agreement on “%(title)s” is signed.")

_PRESENT = text("SELECT current_version_id FROM contests WHERE id = :contest_id")


@dataclass(frozen=True)
class Said:
    """What somebody records of a step. support: yuan to be granted, where the step decides."""

    outcome: Outcome
    reason: str
    support: int | None = None


def send(application_id: int, who: Principal, now: datetime) -> None:
    """Send an application, or send it again after a return: the review goes on at the step that returned it.

    raise (CannotSend): hard findings. raise (ApplicationMissing, NotEditable)."""
    row = loading.own(application_id, who, lock=True)
    if row.state not in EDITABLE:
        raise NotEditable
    wrong = refusals(findings(row, now))
    if wrong:
        raise CannotSend(count=len(wrong))
    row.state, row.sent_by_account_id, row.sent_at = State.IN_REVIEW, who.account_id, now
    row.contest_version_id = db.session.scalar(_PRESENT, {"contest_id": row.contest_id})
    record("hosting.send", "hosting", row.id, support=row.asked_support, version_id=row.contest_version_id)


def review(application_id: int, said: Said, who: Principal, now: datetime, *, two_person: bool) -> State:
    """Record the step that is due; return the state. A decision waits for a second person where that is set.

    raise (ReasonNeeded, NotInReview, StandsAside, TooMuchSupport, ApplicationMissing). raise (WarningsOpen): it
    would be granted with warnings that nobody excepted."""
    row = _due(application_id, who)
    reason = said.reason.strip()[:MOST_REASON]
    if not reason:
        raise ReasonNeeded
    terms = terms_for(row)
    state = after(row.step, len(terms.steps), said.outcome)
    decides = state is State.WAITING
    if decides and said.outcome is Outcome.GO_ON:
        if said.support is not None and not 0 <= said.support <= row.asked_support:
            raise TooMuchSupport(most=row.asked_support)
        open_ = open_warnings(row, now, _support(row, said))
        if open_:
            raise WarningsOpen(count=len(open_))
    step = HostingStep(
        application_id=row.id,
        step=terms.steps[row.step],
        outcome=said.outcome,
        reason=reason,
        support=_support(row, said) if decides and said.outcome is Outcome.GO_ON else None,
        state="waiting" if decides else "done",
        by_account_id=who.account_id,
        at=now,
    )
    db.session.add(step)
    row.state = state
    if state is State.IN_REVIEW:
        row.step += 1
    record("hosting.review", "hosting", row.id, reason, step=step.step, outcome=said.outcome.value)
    if state is State.RETURNED:
        tell_applicant(row, RETURNED, {"title": row.title, "reason": reason})
    if decides and not two_person:
        db.session.flush()
        _conclude(row, step, now, account_id=None)
    return State(row.state)


def _support(row: HostingApplication, said: Said) -> int:
    return row.asked_support if said.support is None else said.support


def answer(application_id: int, agree: bool, who: Principal, now: datetime) -> State:
    """The second person's word on a decision. Without it the step is due again.

    raise (OwnDecision, NotInReview, StandsAside, ApplicationMissing)."""
    row = loading.at_desk(application_id, who, DECIDE, lock=True)
    loading.keep_away(row, who)
    step = db.session.scalars(
        select(HostingStep).where(HostingStep.application_id == row.id, HostingStep.state == "waiting")
    ).one_or_none()
    if row.state != State.WAITING or step is None:
        raise NotInReview
    if step.by_account_id == who.account_id:
        raise OwnDecision
    if agree:
        _conclude(row, step, now, who.account_id)
    else:
        step.state, step.answered_by_account_id, step.answered_at = "rejected", who.account_id, now
        row.state = State.IN_REVIEW
    record(f"hosting.decision.{'agree' if agree else 'reject'}", "hosting", row.id, step=step.step)
    return State(row.state)


def _conclude(row: HostingApplication, step: HostingStep, now: datetime, account_id: int | None) -> None:
    step.state, step.answered_by_account_id, step.answered_at = "done", account_id, now
    row.decided_at = now
    granted = step.outcome == Outcome.GO_ON
    told = {"title": row.title, "reason": step.reason}
    if not granted:
        row.state = State.REFUSED
        tell_applicant(row, REFUSED, told)
    else:
        row.granted_support = step.support
        row.state = State.GRANTED
        tell_applicant(row, GRANTED, told)
        if not terms_for(row).needs_agreement:
            _settle(row)
    record("hosting.decide", "hosting", row.id, step.reason, granted=granted, support=row.granted_support)


def agree_on(
    application_id: int, signed_on: date, scan: tuple[str, bytes] | None, who: Principal, now: datetime
) -> None:
    """Note that the agreement was signed, with its scan. raise (AgreementNotDue, FileRefused, ApplicationMissing)."""
    row = loading.at_desk(application_id, who, DECIDE, lock=True)
    if row.state != State.GRANTED:
        raise AgreementNotDue
    if scan is not None:
        keep_file(row.id, "agreement", scan[0], scan[1], who.account_id, now)
    row.agreement_on = signed_on
    record("hosting.agreement", "hosting", row.id, signed_on=signed_on.isoformat(), scan=scan is not None)
    _settle(row)
    tell_applicant(row, SETTLED, {"title": row.title})


def _settle(row: HostingApplication) -> None:
    """Everything is decided: who was granted an event of the file organises it from now on; after it the
    performance file is due."""
    row.state = State.SETTLED
    open_file(row)
    if row.offer == "event" and row.event_id is not None:
        known = contests.event_ids(row.contest_id)
        for event_id in (row.event_id, *(known[code] for code in read_form(row.told).more if code in known)):
            contest_service.assign_organiser(event_id, row.organisation_id)


def except_rule(
    application_id: int, rule: str, reason: str, who: Principal, now: datetime, support: int | None = None
) -> None:
    """Except a normal rule for one application. support: yuan that are meant to be granted, else those asked for.

    raise (ReasonNeeded, NothingToExcept, NotInReview, StandsAside)."""
    row = _due(application_id, who)
    reason = reason.strip()[:MOST_REASON]
    if not reason:
        raise ReasonNeeded
    if rule not in {one.code for one in open_warnings(row, now, support)}:
        raise NothingToExcept
    _except(row.contest_id, row.id, rule, reason, who, now)


def except_quota(contest_id: int, rule: str, reason: str, who: Principal, now: datetime) -> None:
    """Except a quota of the programme of a contest. raise (ReasonNeeded, NothingToExcept)."""
    reason = reason.strip()[:MOST_REASON]
    if not reason:
        raise ReasonNeeded
    _except(contest_id, None, rule, reason, who, now)


def _except(
    contest_id: int, application_id: int | None, rule: str, reason: str, who: Principal, now: datetime
) -> None:
    made = db.session.scalar(
        insert(HostingException)
        .values(
            contest_id=contest_id, application_id=application_id, rule=rule, reason=reason,
            by_account_id=who.account_id, at=now,
        )
        .on_conflict_do_nothing()
        .returning(HostingException.id)
    )  # fmt: skip
    if made is None:
        raise NothingToExcept
    target = ("hosting", application_id) if application_id is not None else ("contest", contest_id)
    record("hosting.except", *target, reason, rule=rule)


def _due(application_id: int, who: Principal) -> HostingApplication:
    row = loading.at_desk(application_id, who, DECIDE, lock=True)
    loading.keep_away(row, who)
    if row.state != State.IN_REVIEW:
        raise NotInReview
    return row
