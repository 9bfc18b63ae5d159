"""A small world for the tests: a province with two cities, units, an open event and its people."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.factories import make_account, make_organisation, make_person, make_staff
from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts.models import Account, Person
from webapp.contests.models import Contest, Event
from webapp.contests.service import load_contest
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
    loaded = load_contest(definition(**registration))
    contest = db.session.get_one(Contest, loaded.contest_id)
    events = {row.code: row for row in db.session.scalars(select(Event))}
    for event in events.values():
        event.organiser_id = organiser.id
    db.session.flush()
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
        events["welding"],
        events["electrician"],
        events["safety-quiz"],
    )


def definition(
    opens_in: timedelta = timedelta(days=-3),
    closes_in: timedelta = timedelta(days=3),
    events_per_person: int | None = None,
) -> str:
    """The text of a contest with two competition events and an open track."""
    at = clock.now()
    window = f'["{(at + opens_in).isoformat()}", "{(at + closes_in).isoformat()}"]'
    limit = events_per_person or '"undecided"'
    return f"""
schema = 1
code = "sample-1"
edition = "1"
title = {{zh = "示例省第一届职工技能大赛", en = "1st sample contest"}}
host = {{zh = "示例省总工会", en = "Sample federation"}}
source = "tests"
introduction = {{zh = "示例", en = "Sample"}}

[windows]
registration = {window}
later = "undecided"

[[classes]]
code = "class-1"
title = {{zh = "一类", en = "Class I"}}

[[profiles]]
code = "competition"
track = "competition"
title = {{zh = "竞技赛项", en = "Competition"}}
[profiles.registration]
window = "registration"
review_levels = ["county", "city", "province"]
organiser_confirms = true
needs_unit = true
events_per_person = {limit}
[profiles.learning]
window = "later"
full_points = 100
may_be_provisional = true
[[profiles.learning.activities]]
activity = "quiz"
points = 1
min_time_s = 2
[[profiles.eligibility]]
rule = "in-service"
force = "hard"
value = "2026-04-30"
[[profiles.eligibility]]
rule = "region"
force = "hard"
value = ["sample"]
[[profiles.eligibility]]
rule = "earlier-first-place"
force = "normal"
[[profiles.stages]]
code = "preliminary"
title = {{zh = "初赛", en = "Preliminary"}}
kind = "selection"
window = "later"
quota = "undecided"

[[profiles]]
code = "open"
track = "popularisation"
title = {{zh = "知识普及赛道", en = "Open track"}}
[profiles.registration]
window = "registration"
needs_unit = false
[[profiles.stages]]
code = "open"
title = {{zh = "学习", en = "Learning"}}
kind = "selection"
window = "later"
quota = "undecided"

[[events]]
code = "welding"
title = {{zh = "焊工", en = "Welding"}}
class = "class-1"
profile = "competition"

[[events]]
code = "electrician"
title = {{zh = "电工", en = "Electrician"}}
class = "class-1"
profile = "competition"

[[events]]
code = "safety-quiz"
title = {{zh = "安全知识", en = "Safety quiz"}}
class = "class-1"
profile = "open"
"""
