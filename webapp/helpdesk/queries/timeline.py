"""Everything that happened to one contestant of one exam, from all packages, in order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.accounts.queries import PersonCard, desk
from webapp.audit.queries import AuditView, of_targets
from webapp.core.db import db
from webapp.core.words import N_, Message
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries import control
from webapp.exam.queries import timeline as exam
from webapp.exam.queries.control import ExamHead
from webapp.exam.queries.timeline import Sitter
from webapp.exam.rules.timeline import Kind, Moment, TimeLine, merged
from webapp.helpdesk.models import Ticket, TicketMessage
from webapp.helpdesk.queries.scope import LOOKING, may_follow
from webapp.registration.queries import applications
from webapp.registration.rules.labels import LEVEL_TEXTS


@dataclass(frozen=True)
class PersonLine:
    """One contestant in one exam, with all that happened."""

    head: ExamHead
    card: PersonCard
    sitter: Sitter
    participation_id: int
    attempt_ids: tuple[int, ...]
    line: TimeLine


_DECISIONS = {
    "confirm": N_("Registration confirmed (%(level)s)"),
    "return": N_("Registration returned (%(level)s)"),
    "refuse": N_("Registration refused (%(level)s)"),
}
_DONE = {
    "person.view": (Kind.HELP, N_("Looked at by the help desk")),
    "person.time-line": (Kind.HELP, N_("Time line taken away as a file")),
    "code.issue": (Kind.HELP, N_("One-time code issued")),
    "account.unlock": (Kind.HELP, N_("Signing in unlocked")),
    "attempt.void": (Kind.PAPER, N_("Paper declared void")),
    "attempt.mark-again": (Kind.MARKS, N_("Marked again by the hosts")),
}
_TOLD_ELSEWHERE = frozenset(
    {
        "attempt.take-over",
        "attempt.free-lease",
        "attempt.submit",
        "attempt.close-at-deadline",
        "attempt.quarantine",
        "person.sign-up",
    }
)
"""The exam's own records tell of these already."""


def person_line(
    who: Principal, exam_id: int, participation_id: int, kind: str = "", by: Sequence[Permission] = LOOKING
) -> PersonLine:
    """The time line of one contestant. by: the permissions that count. Raise ExamNotFound outside the scope,
    and alike when it is not of this exam."""
    head = control.head(exam_id)
    sitter = exam.sitter(exam_id, participation_id)
    if sitter is None or not may_follow(who, sitter.person_id, head.contest_id, head.event_id, by):
        raise ExamNotFound
    card = people.card(sitter.person_id)
    attempts = exam.attempts_of(exam_id, participation_id)
    parts = (
        _registration(sitter.person_id, head.event_id),
        _account(card.account_id),
        exam.moments(exam_id, participation_id),
        _tickets(sitter.person_id),
        _staff(card, attempts),
    )
    return PersonLine(head, card, sitter, participation_id, tuple(attempts), merged(parts, kind))


def of_level(level: str) -> Message:
    """The name of a level of the review, to be said in the reader's language."""
    return Message(LEVEL_TEXTS.get(level, level))


def _registration(person_id: int, event_id: int) -> Iterator[Moment]:
    mine = [one for one in applications.of_person(person_id) if one.event_id == event_id]
    decisions = applications.decisions_of([one.id for one in mine])
    for application in mine:
        if application.submitted_at:
            yield Moment(application.submitted_at, Kind.REGISTRATION, Message(N_("Registration sent")))
        for decision in decisions.get(application.id, []):
            text = Message(_DECISIONS[decision.decision], {"level": of_level(decision.level)})
            yield Moment(decision.at, Kind.REGISTRATION, text, words=decision.reason)


def _account(account_id: int | None) -> Iterator[Moment]:
    for at in desk.sign_ins(account_id) if account_id else ():
        yield Moment(at, Kind.ACCOUNT, Message(N_("Signed in on a device")))


_SAID = {
    "said": N_("Ticket %(n)s: answered"),
    "claimed": N_("Ticket %(n)s: somebody works on it"),
    "closed": N_("Ticket %(n)s: closed"),
    "reopened": N_("Ticket %(n)s: opened again"),
}


def _tickets(person_id: int) -> Iterator[Moment]:
    rows = db.session.scalars(
        select(Ticket).where(Ticket.person_id == person_id).order_by(Ticket.id).limit(100)
    ).all()
    for row in rows:
        yield Moment(
            row.opened_at, Kind.TICKET, Message(N_("Ticket %(n)s opened"), {"n": row.id}), words=row.subject
        )
    said = db.session.execute(
        select(TicketMessage.ticket_id, TicketMessage.at, TicketMessage.kind, TicketMessage.by_account_id)
        .where(TicketMessage.ticket_id.in_([row.id for row in rows]), TicketMessage.from_person.is_(False))
        .order_by(TicketMessage.id)
    ).all()
    names = people.names_of_accounts(row.by_account_id for row in said if row.by_account_id)
    for one in said:
        text = Message(_SAID[one.kind], {"n": one.ticket_id})
        yield Moment(one.at, Kind.TICKET, text, who=names.get(one.by_account_id or 0, ""))


def _staff(card: PersonCard, attempts: list[int]) -> Iterator[Moment]:
    targets = [("person", str(card.person_id)), *(("attempt", str(one)) for one in attempts)]
    if card.account_id:
        targets.append(("account", str(card.account_id)))
    for row in of_targets(targets):
        if row.action not in _TOLD_ELSEWHERE:
            yield _done(row)


def _done(row: AuditView) -> Moment:
    kind, text = _DONE.get(row.action, (Kind.HELP, ""))
    said = Message(text) if text else Message(N_("Noted: %(action)s"), {"action": row.action})
    return Moment(row.at, kind, said, row.actor, row.why)
