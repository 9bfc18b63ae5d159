"""What the help desk does for people. Everything is audited; whoever calls has checked the scope."""

from webapp.access.principal import Principal
from webapp.accounts.queries import PersonCard
from webapp.audit.service import record
from webapp.core.clock import datetime
from webapp.exam.errors import AttemptNotFound
from webapp.exam.queries.desk import person_of_attempt
from webapp.exam.service import leases
from webapp.helpdesk import queries


def find(who: Principal, name: str, last4: str, number: str) -> list[PersonCard]:
    """As `queries.find_people`; who was found is noted, what was typed is not."""
    found = queries.find_people(who, name, last4, number)
    record("person.find", "help-desk", who.account_id, found=[card.person_id for card in found])
    return found


def look_at(who: Principal, person_id: int, now: datetime) -> queries.PersonPage:
    """The page of a person; that it was looked at is noted."""
    page = queries.person_page(who, person_id, now)
    record("person.view", "person", person_id)
    return page


def free_lease(who: Principal, person_id: int, attempt_id: int, why: str, *, now: datetime) -> None:
    """End the lease of this person's running attempt. Raise AttemptNotFound for anybody else's."""
    if person_of_attempt(attempt_id) != person_id:
        raise AttemptNotFound
    leases.free_lease(attempt_id, who.account_id, why, now)
