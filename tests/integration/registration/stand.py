"""A small world for the tests: a province with two cities, units, an open event and its people."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.factories import make_account, make_contest, make_event, make_organisation, make_person, make_staff
from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts.models import Account, Person
from webapp.contests.models import Contest, Event
from webapp.core import clock
from webapp.core.db import db
from webapp.organisations import queries as organisations
from webapp.organisations.models import Organisation


@dataclass
class Stand:
    """county_firm has every level above it, city_firm no county: its chain is one link shorter."""

    province: Organisation
    city: Organisation
    county: Organisation
    other_city: Organisation
    county_firm: Organisation
    city_firm: Organisation
    other_firm: Organisation
    organiser: Organisation
    contest: Contest
    event: Event
    second_event: Event
    open_event: Event

    def worker(self, name: str = "", unit: Organisation | None = None) -> Account:
        return make_account(make_person(name, unit=unit or self.county_firm))

    def reviewer(self, scope: Organisation, name: str = "") -> Account:
        return make_staff(Role.UNION_REVIEWER, scope, name)


def principal_of(account: Account) -> Principal:
    """The principal that signing in with this account gives."""
    person = db.session.get_one(Person, account.person_id)
    grants = tuple(
        Grant(Role(row.role), ScopeKind(row.scope_kind), row.scope_id)
        for row in organisations.active_grants(account.person_id)
    )
    return Principal(account.id, account.person_id, person.name, f"token-{account.id}", grants)


def make_stand(**registration: Any) -> Stand:
    """The world, with an open registration window and the chain county, city, province."""
    province = make_organisation("示例省总工会", level="province", code="sample")
    city = make_organisation("示例市总工会", province, level="city")
    county = make_organisation("示例县总工会", city, level="county")
    other_city = make_organisation("邻市总工会", province, level="city")
    county_firm = make_organisation("示例机械厂", county, kind="unit", level="unit")
    city_firm = make_organisation("示例电力公司", city, kind="unit", level="unit")
    other_firm = make_organisation("邻市化工厂", other_city, kind="unit", level="unit")
    organiser = make_organisation("示例职业技术学院", province, kind="organiser", level="organiser")
    contest = make_contest(definition=definition(**registration))
    event = make_event(contest, code="welding", organiser_id=organiser.id)
    second = make_event(contest, code="electrician", organiser_id=organiser.id)
    open_event = make_event(contest, code="safety-quiz", track="popularisation", organiser_id=organiser.id)
    return Stand(
        province,
        city,
        county,
        other_city,
        county_firm,
        city_firm,
        other_firm,
        organiser,
        contest,
        event,
        second,
        open_event,
    )


def definition(
    opens_in: timedelta = timedelta(days=-3),
    closes_in: timedelta = timedelta(days=3),
    events_per_person: int | None = None,
) -> str:
    """The text of a contest with two competition events and an open track."""
    at = clock.now()
    limit = f"events_per_person = {events_per_person}" if events_per_person else ""
    return f"""
[registration]
opens_at = {(at + opens_in).isoformat()}
closes_at = {(at + closes_in).isoformat()}
chain = ["county", "city", "province"]
regions = ["sample"]
{limit}
[events.safety-quiz]
chain = []
regions = []
"""
