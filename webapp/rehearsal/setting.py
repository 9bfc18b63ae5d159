"""What stands before the first registration: unions, units, staff, banks, courses, and the decided definition."""

from dataclasses import dataclass
from datetime import timedelta

from webapp.access.permissions import Grant, Role, ScopeKind
from webapp.access.principal import Principal
from webapp.accounts.rules.documents import Document, DocumentKind
from webapp.accounts.service import passwords, people
from webapp.banks import service as banks
from webapp.contests import service as contest_service
from webapp.contests.queries import contest_by_code, stages_of_event
from webapp.contests.rules.schema import Contest
from webapp.core.clock import datetime
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.courses import service as courses
from webapp.demo.rules import PASSWORD, born_of, document_number, name_of, phone_of
from webapp.demo.service import RENDERED, bank_folders
from webapp.organisations import service as organisations
from webapp.rehearsal.people import shares
from webapp.rehearsal.play import EventPlay, Play
from webapp.stages.rules.minimum import FINAL_MINIMUM, MIN_CONTESTANTS

BEFORE = timedelta(days=14)
"""So long before the first registration everything is prepared."""
FIRST_SERIAL = 1000
"""Serials below are staff."""
A_UNIT = 9
"""So many contestants a unit sends on average (42,650 from 4,716 enterprises)."""
A_COUNTY = 80
CITIES = 9
STAFF = (
    Role.ADMINISTRATOR,
    Role.HOST,
    Role.QUESTION_SETTER,
    Role.QUESTION_REVIEWER,
    Role.ORGANISER,
    Role.JUDGE,
    Role.CHIEF_JUDGE,
    Role.UNION_REVIEWER,
    Role.SUPERVISOR,
)
EACH = {Role.JUDGE: 5}
"""How many hold a role; else two."""
STAFF_REGION = "990100"


@dataclass
class Serials:
    """Serials of staff, one after the other."""

    used: int = 0

    def next(self) -> int:
        self.used += 1
        return self.used


def prepare(play: Play, text: str, name: str, now: datetime) -> None:
    """Make the tree, the staff, the banks and courses, and load the definition; fill `play` with them."""
    serials = Serials()
    password = passwords.hash_password(PASSWORD)
    with transaction():
        play.staff = {
            role: tuple(
                _staff(serials, password, role, ScopeKind.EVERYTHING, 0, now)
                for _ in range(EACH.get(role, 2))
            )
            for role in STAFF
        }
    top = _tree(play, serials, password, now)
    for folder in bank_folders():
        with keys_scope(), transaction():
            banks.import_shipped(
                folder, play.who(Role.QUESTION_SETTER).account_id, play.who(Role.QUESTION_REVIEWER).account_id
            )
    with transaction():
        loaded = contest_service.load_contest(
            text, name, play.who(Role.ADMINISTRATOR).account_id, because="rehearsal", now=now
        )
    play.contest_id = loaded.contest_id
    _organisers(play, serials, password, now)
    with transaction():
        play.liaisons = {top: _staff(serials, password, Role.UNIT_LIAISON, ScopeKind.ORGANISATION, top, now)}
    for folder in sorted(path.parent for path in RENDERED.glob("*/course.toml")):
        with keys_scope(), transaction():
            courses.import_shipped(folder, play.who(Role.ORGANISER).account_id)


def events_of(play: Play, now: datetime, most: int | None = None) -> list[EventPlay]:
    """The events that are played, with their people. most: so many at most, chosen evenly; None: as many as there
    are people for."""
    views = [view for view in contest_by_code(play.contest.code, now).events if view.registration is not None]
    if most is None:
        most = max(1, play.contestants // least(play.contest))
    if most < len(views):
        views = [views[at * len(views) // most] for at in range(most)]
    if not views:
        return []
    weights = [play.chance("size", view.code).lognormvariate(0.0, 0.5) for view in views]
    sizes = shares(play.contestants, weights, least(play.contest))
    first, found = FIRST_SERIAL, []
    for view, size in zip(views, sizes, strict=True):
        stages = tuple(stages_of_event(view.event_id))
        found.append(EventPlay(view.event_id, view.code, view.rules, view.profile, size, first, stages))
        first += size
    return found


def least(contest: Contest) -> int:
    """The fewest people of an event: what its last stage needs, and what its first without exception, with some to spare."""
    needed = [
        int(limit.value)
        for limit in contest.limits
        if limit.value
        and (limit.code == FINAL_MINIMUM or (limit.code, limit.force) == (MIN_CONTESTANTS, "hard"))
    ]
    return max([8, *(number + number // 3 for number in needed)])


def _staff(
    serials: Serials,
    password: str,
    role: Role,
    kind: ScopeKind,
    scope: int,
    now: datetime,
    unit: int | None = None,
) -> Principal:
    """Somebody with a role, as a signed-in person."""
    serial = serials.next()
    born = born_of(serial)
    document = Document(DocumentKind.RESIDENT_ID, document_number(serial, born, STAFF_REGION), born, "")
    new = people.NewPerson(name_of(serial), document, phone_of(serial), unit)
    account = people.sign_up(new, password, privacy=True, publication=True, now=now)
    db.session.flush()
    organisations.grant_role(account.person_id, role, kind, scope, actor="rehearsal")
    return Principal(account.id, account.person_id, name_of(serial), "rehearsal", (Grant(role, kind, scope),))


def _tree(play: Play, serials: Serials, password: str, now: datetime) -> int:
    """A province with cities, their counties, industries, and units below all of them; a reviewer for each union.

    Return the province."""
    count = max(6, play.contestants // A_UNIT)
    counties = max(2, min(CITIES * 7, count // A_COUNTY + 2))
    reviewers: dict[int, Principal] = {}
    with transaction():
        province = _union("rehearsal-province", "演练省总工会", "province", None)
        cities = [
            _union(f"rehearsal-city-{at}", f"演练第{at + 1}市总工会", "city", province)
            for at in range(min(CITIES, counties))
        ]
        below = [
            _union(f"rehearsal-county-{at}", f"演练第{at + 1}县总工会", "county", cities[at % len(cities)])
            for at in range(counties)
        ]
        industries = [
            _union(f"rehearsal-industry-{at}", f"演练第{at + 1}产业工会", "industry", province)
            for at in range(3)
        ]
        for node in (*below, *cities, *industries, province):
            reviewers[node] = _staff(
                serials, password, Role.UNION_REVIEWER, ScopeKind.ORGANISATION, node, now
            )
    parents = [*below, *below, *below, *cities, *industries]
    units: list[int] = []
    for start in range(0, count, 200):
        with transaction():
            units += [
                organisations.add_organisation(
                    name=f"演练第{at + 1}单位",
                    kind="unit",
                    level="unit",
                    code=f"rehearsal-unit-{at}",
                    parent_id=parents[at % len(parents)],
                ).id
                for at in range(start, min(count, start + 200))
            ]
    play.units, play.reviewers = tuple(units), reviewers
    return province


def _union(code: str, name: str, level: str, parent: int | None) -> int:
    return organisations.add_organisation(
        name=name, kind="union", level=level, code=code, parent_id=parent
    ).id


def _organisers(play: Play, serials: Serials, password: str, now: datetime) -> None:
    """An institution for each event of the competition track, with somebody who confirms."""
    views = [view for view in contest_by_code(play.contest.code, now).events if view.track == "competition"]
    made = dict(play.reviewers)
    with transaction():
        for at, view in enumerate(views):
            node = organisations.add_organisation(
                name=f"演练第{at + 1}承办单位",
                kind="organiser",
                level="organiser",
                code=f"rehearsal-organiser-{at}",
            ).id
            made[node] = _staff(serials, password, Role.ORGANISER, ScopeKind.ORGANISATION, node, now)
            contest_service.assign_organiser(view.event_id, node)
    play.reviewers = made
