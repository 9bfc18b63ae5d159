"""What the help desk sees: a person with everything that may hold them up.

No statement here or below reads an answer, a paper or a key."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.accounts.queries import PersonCard, desk
from webapp.accounts.queries.desk import SignInFacts
from webapp.accounts.service.unlocking import LockState, lock_state
from webapp.core.clock import datetime
from webapp.core.errors import NotFound
from webapp.core.words import Message
from webapp.exam.queries.desk import DeskExam, exams_of
from webapp.helpdesk.errors import TwoFactsNeeded
from webapp.helpdesk.models import Ticket
from webapp.helpdesk.queries.scope import is_in_scope
from webapp.helpdesk.queries.tickets import TicketView
from webapp.helpdesk.queries.tickets import views as ticket_views
from webapp.helpdesk.rules.stuck import AccountFacts, ApplicationFacts, ExamFacts, Finding, find_cause
from webapp.organisations import queries as organisations
from webapp.registration.queries import applications
from webapp.registration.queries import desk as participants
from webapp.registration.queries.home import ApplicationView, application_views
from webapp.registration.rules.labels import level_text


@dataclass(frozen=True)
class PersonPage:
    """One person as the help desk sees them."""

    card: PersonCard
    unit: str
    sign_in: SignInFacts | None
    lock: LockState
    applications: tuple[ApplicationView, ...]
    exams: tuple[DeskExam, ...]
    finding: Finding
    tickets: tuple[TicketView, ...]


def find_people(who: Principal, name: str, last4: str, number: str) -> list[PersonCard]:
    """People to whom all given facts fit, within the scope. Raise TwoFactsNeeded for fewer than two:
    with one alone the page would tell who has a record (RELIABILITY row X08)."""
    if sum(map(bool, (name, last4, number))) < 2 or (last4 and len(last4) != 4):
        raise TwoFactsNeeded
    among = participants.ids_of_number(number) if number else None
    found = people.cards(one for one in desk.ids_by_facts(name, last4, among) if is_in_scope(who, one))
    return sorted(found.values(), key=lambda card: (card.pinyin, card.person_id))


def person_in_scope(who: Principal, person_id: int) -> PersonCard:
    """One person's card. Raise NotFound outside the scope as for somebody who does not exist."""
    if not is_in_scope(who, person_id):
        raise NotFound
    return people.card(person_id)


def person_page(who: Principal, person_id: int, now: datetime) -> PersonPage:
    """Everything that may hold a person up. Raise NotFound outside the scope."""
    card = person_in_scope(who, person_id)
    lock = lock_state(card.account_id, now) if card.account_id else LockState(0, 0)
    views = application_views(applications.of_person(person_id), person_id, now)
    exams = tuple(exams_of(person_id))
    return PersonPage(
        card,
        organisations.names([card.unit_id or 0]).get(card.unit_id or 0, ""),
        desk.sign_in_facts(card.account_id) if card.account_id else None,
        lock,
        views,
        exams,
        find_cause(
            AccountFacts(card.account_state, card.has_signed_in, card.must_confirm, lock.locked_min),
            [_application_facts(view) for view in views],
            _exam_facts(exams),
            now,
        ),
        ticket_views(
            select(Ticket).where(Ticket.person_id == person_id).order_by(Ticket.id.desc()).limit(20)
        ),
    )


def _application_facts(view: ApplicationView) -> ApplicationFacts:
    waiting = next((step for step in view.steps if step.outcome == "waiting"), None)
    awaiting: Message | str = ""
    if waiting is not None:
        awaiting = waiting.organisation or Message(level_text(waiting.level))
    return ApplicationFacts(
        view.event_title, view.state.value, awaiting, waiting.at if waiting else None, view.reason
    )


def _exam_facts(exams: Sequence[DeskExam]) -> list[ExamFacts]:
    return [
        ExamFacts(
            exam.event_title,
            exam.state,
            exam.exam_state == "stopped",
            exam.opens_at,
            exam.closes_at,
            exam.deadline_at,
            exam.seen_at,
            bool(exam.device),
        )
        for exam in exams
        if exam.kind == "formal"
        and exam.participation_state == "active"
        and exam.opens_at is not None
        and exam.closes_at is not None
    ]
