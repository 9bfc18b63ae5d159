"""A contest with two labour competitions for the tests: one with a rule for reports, one that is undecided."""

from dataclasses import dataclass
from datetime import timedelta

from tests.factories import make_organisation, make_staff
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.contests.models import Contest
from webapp.contests.service import load_contest
from webapp.core import clock
from webapp.core.db import db
from webapp.organisations.models import Organisation

CODE = "sample-labour"
TEXT = """
schema = 1
code = "sample-labour"
edition = "1"
title = {zh = "示例省劳动竞赛", en = "Sample labour competitions"}
host = {zh = "示例省总工会", en = "Sample federation"}
source = "tests"
introduction = {zh = "示例", en = "Sample"}

[windows]
registration = ["2026-01-01", "2026-01-31"]
mobilise = ["MOBILISE", "ADVANCE"]
advance = ["ADVANCE", "SUMMARISE"]
summarise = ["SUMMARISE", "END"]

[[classes]]
code = "class-1"
title = {zh = "一类", en = "Class I"}

[[profiles]]
code = "competition"
track = "competition"
title = {zh = "竞技赛项", en = "Competition"}
[profiles.registration]
window = "registration"
review_levels = ["county"]
organiser_confirms = true
needs_unit = true
events_per_person = "undecided"
[[profiles.stages]]
code = "final"
title = {zh = "决赛", en = "Final"}
kind = "selection"
window = "summarise"
quota = "undecided"

[[events]]
code = "welding"
title = {zh = "焊工", en = "Welder"}
profile = "competition"
class = "class-1"

[[campaigns]]
code = "new-energy"
title = {zh = "新能源基地建设劳动竞赛", en = "New-energy base"}
level = "provincial"
phases = {mobilise = "mobilise", advance = "advance", summarise = "summarise"}
report = {every = "phase", fields = ["progress", "firms", "workers"], due_days = 5}

[[campaigns]]
code = "open-rules"
title = {zh = "规则未定的劳动竞赛", en = "Undecided"}
level = "city"
phases = {mobilise = "mobilise", advance = "advance", summarise = "summarise"}
report = {every = "undecided", fields = ["progress"]}
"""


@dataclass
class Stand:
    """The phase mobilise ended four days ago: its report is due tomorrow. leader: of the city's union."""

    contest: Contest
    city: Organisation
    other_city: Organisation
    firm: Organisation
    other_firm: Organisation
    host: Account
    second: Account
    leader: Account
    liaison: Account
    other_liaison: Account


def make_stand() -> Stand:
    """The contest, two cities with a firm each, and everybody who has to do with it."""
    contest = load_campaigns()
    province = make_organisation("示例省总工会", level="province")
    city = make_organisation("示例市总工会", province, level="city", code="city-union")
    other_city = make_organisation("邻市总工会", province, level="city")
    firm = make_organisation(
        "示例风电公司", city, kind="unit", level="unit", region="示例市", industry="新能源"
    )
    other = make_organisation(
        "邻市机械厂", other_city, kind="unit", level="unit", region="邻市", industry="机械"
    )
    return Stand(
        contest, city, other_city, firm, other,
        make_staff(Role.HOST, contest, "韩亦舟"),
        make_staff(Role.HOST, contest, "罗成"),
        make_staff(Role.UNION_REVIEWER, city, "沈牵头"),
        make_staff(Role.UNIT_LIAISON, firm, "周联络"),
        make_staff(Role.UNIT_LIAISON, other, "吴联络"),
    )  # fmt: skip


def load_campaigns() -> Contest:
    """The contest with its labour competitions, whose phases stand around today."""
    at = clock.now()
    days = {"MOBILISE": -34, "ADVANCE": -4, "SUMMARISE": 60, "END": 90}
    text = TEXT
    for name, ahead in days.items():
        text = text.replace(f'"{name}"', f'"{(at + timedelta(days=ahead)).isoformat()}"')
    return db.session.get_one(Contest, load_contest(text).contest_id)
