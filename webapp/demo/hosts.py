"""The demo's applications to host later stages: one in review, one granted, one draft, by the services of the site."""

from datetime import date, datetime, timedelta
from typing import Any

from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.contests import queries as contests
from webapp.core.clock import SHANGHAI
from webapp.demo import rules
from webapp.demo.crowd import staff
from webapp.demo.posting import demo_host
from webapp.hosting.queries.lists import sent
from webapp.hosting.rules.states import Outcome
from webapp.hosting.service import drafting, reviewing
from webapp.hosting.service.drafting import Wanted
from webapp.hosting.service.reviewing import Said
from webapp.organisations import queries as organisations

PARTS = {
    "conditions": "室内赛场两千平方米，可容纳一百个工位（演示）。",
    "equipment": "设备与大赛技术文件一致，备用设备两套（演示）。",
    "service": "安排食宿和接送，设医疗点（演示）。",
    "emergency": "停电、火情、伤病三项预案，各有负责人（演示）。",
}


def add_applications(now: datetime) -> int:
    """Add them once; return how many were added."""
    who = staff(Role.ORGANISER)
    judge = demo_host()
    deciding = Principal(
        judge.account_id, judge.person_id, judge.name, "demo", (Grant(Role.HOST, ScopeKind.EVERYTHING),)
    )
    if sent(deciding):
        return 0
    today = now.astimezone(SHANGHAI).date()
    first = _apply(
        "demo-city",
        Wanted("stage", "welding", "semi-final"),
        "city-union",
        today + timedelta(days=70),
        who,
        now,
    )
    second = _apply(
        "demo-organiser",
        Wanted("stage", "cnc-lathe", "final"),
        "school",
        today + timedelta(days=170),
        who,
        now,
    )
    _apply("demo-organiser", Wanted("stage", "electrician", "final"), "", None, who, now)
    for application_id in (first, second):
        reviewing.send(application_id, who, now)
        said = Said(Outcome.GO_ON, "场地、设备符合要求（演示）。")
        reviewing.review(application_id, said, deciding, now, two_person=False)
    reviewing.review(second, Said(Outcome.GO_ON, "组委会同意承办（演示）。"), deciding, now, two_person=False)
    return 3


def _apply(
    code: str, wanted: Wanted, applies_as: str, first_day: date | None, who: Principal, now: datetime
) -> int:
    """An application of one organisation; without a day it stays a draft whose plan is not written."""
    organisation = organisations.by_codes([code])[code]
    row = drafting.begin(contests.contest_id(rules.CONTEST), organisation.id, wanted, who, now)
    if first_day is not None:
        plan: dict[str, Any] = {
            "first_day": first_day.isoformat(),
            "last_day": (first_day + timedelta(days=2)).isoformat(),
            "venue": "松江市体育中心（演示）",
            "contestants": 100,
            "parts": PARTS,
        }
        drafting.save_section(row.id, "what", {"applies_as": applies_as}, who)
        drafting.save_section(row.id, "plan", plan, who)
    return row.id
