"""What waits for a member of staff, asked from the packages that know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from webapp.access.permissions import Permission
from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.core.clock import datetime
from webapp.core.words import N_, Message
from webapp.exam.queries import control as exams
from webapp.helpdesk import queries as helpdesk
from webapp.registration.queries import reviewing
from webapp.stages.queries import lists
from webapp.stages.queries.due import due_of
from webapp.stages.queries.holding import held_stages
from webapp.stages.queries.submissions import returned_count
from webapp.stages.rules.due import Due


@dataclass(frozen=True)
class Waiting:
    """How many things wait behind a menu entry, and what they are."""

    count: int
    words: Message


def waiting(who: Principal, now: datetime) -> dict[str, Waiting]:
    """By endpoint of the menu entry: what waits there. Entries with nothing to count are left out."""
    counts: dict[str, Waiting] = {}
    for endpoint, (permissions, count) in _COUNTERS.items():
        if any(who.holds(permission) for permission in permissions):
            found = count(who, now)
            counts |= {endpoint: found} if found is not None else {}
    return counts


def _reviews(who: Principal, now: datetime) -> Waiting:
    found = reviewing.counts(who, now)
    return Waiting(
        found["mine"],
        Message(N_("registrations wait for you, %(old)s of them longer than a week"), {"old": found["old"]}),
    )


def _people(who: Principal, now: datetime) -> Waiting:
    found = people.counts(who.scopes(Permission.REVIEW_PEOPLE))
    return Waiting(
        found.changes + found.claims,
        Message(
            N_("wait for a decision: %(changes)s changes of data, %(claims)s claims"),
            {"changes": found.changes, "claims": found.claims},
        ),
    )


def _tickets(who: Principal, now: datetime) -> Waiting:
    return Waiting(helpdesk.open_count(who), Message(N_("tickets are open")))


def _exams(who: Principal, now: datetime) -> Waiting:
    mine = [
        head
        for head in exams.heads()
        if who.allows(Permission.WATCH_EXAMS, contest_id=head.contest_id, event_id=head.event_id)
    ]
    running = [head for head in mine if head.opens_at <= now < head.closes_at]
    asked = sum(action.state == "waiting" for head in running for action in exams.actions(head.exam_id))
    return Waiting(
        len(running),
        Message(N_("exams are open, %(asked)s requests wait for a second person"), {"asked": asked}),
    )


def _lists(who: Principal, now: datetime) -> Waiting | None:
    due = list(due_of(lists.heads(who), now).values())
    held = due.count(Due.GATHER)
    if not who.holds(Permission.PUBLISH_RESULTS) or held == len(due):
        return _held(held)
    words = Message(N_("stages where something is due; %(held)s of them cannot begin"), {"held": held})
    return Waiting(len(due), words if held else Message(N_("stages whose list has come to its next step")))


def _rules(who: Principal, now: datetime) -> Waiting | None:
    held = held_stages(None, now).values()
    return _held(sum(who.allows(Permission.MANAGE_CONTESTS, contest_id=one) for one in held))


def _held(count: int) -> Waiting | None:
    words = Message(N_("events cannot begin: fewer contestants than a hard rule asks for"))
    return Waiting(count, words) if count else None


def _returned(who: Principal, now: datetime) -> Waiting | None:
    count = returned_count(who)
    return Waiting(count, Message(N_("lists were returned by the host"))) if count else None


_COUNTERS: Mapping[str, tuple[tuple[Permission, ...], Callable[[Principal, datetime], Waiting | None]]] = {
    "review.queue": ((Permission.REVIEW_APPLICATIONS, Permission.CONFIRM_FOR_EVENT), _reviews),
    "accounts.people": ((Permission.REVIEW_PEOPLE,), _people),
    "helpdesk.find": ((Permission.HELP_PEOPLE,), _tickets),
    "contests.administration": ((Permission.MANAGE_CONTESTS,), _rules),
    "stages.stage_list": ((Permission.SEE_FULL_BOARDS,), _lists),
    "exam.control_list": ((Permission.WATCH_EXAMS,), _exams),
    "stages.own_selections": ((Permission.NOMINATE_PEOPLE,), _returned),
}
