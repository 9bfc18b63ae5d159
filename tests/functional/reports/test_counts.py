"""The numbers of reports equal those counted row by row, add up along the tree, and never rise on the way."""

import random
from collections import Counter
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_person, make_staff, sign_in
from tests.functional.reports.crowd import Crowd, Sets, apply, below, counted, homes, make_crowd
from webapp.access.permissions import Role
from webapp.core import clock
from webapp.core.clock import SHANGHAI
from webapp.core.transaction import transaction
from webapp.registration.models import Application, ReviewDecision
from webapp.reports.queries import cells
from webapp.reports.queries.backlog import backlog
from webapp.reports.queries.cells import Cell, Source
from webapp.reports.queries.outline import outline
from webapp.reports.service import computing

AGAINST = {
    "sent": "registered", "level:unit": "sent", "level:county": "level:unit", "level:city": "level:county",
    "level:industry": "level:city", "level:province": "level:industry", "level:organiser": "level:province",
    "confirmed": "level:organiser", "learning-begun": "sent", "learning-finished": "learning-begun",
    "exam-started": "confirmed", "submitted": "exam-started", "ranked": "confirmed",
    "ranked:preliminary": "ranked", "place:semi-final": "ranked:preliminary",
    "ranked:semi-final": "place:semi-final", "place:final": "ranked:semi-final", "ranked:final": "place:final",
    "awarded": "confirmed", "certified": "confirmed",
}  # fmt: skip
"""What each step of this contest is measured against, written down once more."""

VIEWS = ("", "/places", "/events", "/industries", "/review", "/learning")


def upward(found: Sets) -> Sets:
    """Whoever is in a step is in the one before it."""
    for step, before in reversed(AGAINST.items()):
        found[before] = found[before] | found[step]
    return found


Places = dict[tuple[str, int], Cell]


def by_place(source: Source, slice_: str, places: list[int]) -> Places:
    return {(one.key, one.place): one for one in cells.read(source, slice_, None, places)}


def check(session: Session, crowd: Crowd, source: Source) -> None:
    pairs, units = counted(session)
    found, home = upward(pairs), homes(session)
    every = [(0, None), *((one.id, below(session, one.id)) for one in crowd.tree.values())]
    ids = [place for place, _inside in every]
    of_contest, of_event = by_place(source, "contest", ids), by_place(source, "event", ids)
    for place, inside in every:
        here = of_contest.get((str(crowd.contest.id), place))
        people = {step: {person for person, _event in some} for step, some in found.items()}
        for step in ("registered", *AGAINST):
            wanted = {one for one in people[step] if inside is None or home[one] in inside}
            assert (here.people(step) if here else 0) == len(wanted), (step, place)
        for event in crowd.events:
            here = of_event.get((str(event.id), place))
            for step in ("registered", *AGAINST):
                among = {one for one in found[step] if one[1] == event.id}
                chosen = {one for one in among if inside is None or units[one] in inside}
                assert (here.people(step) if here else 0) == len(chosen), (step, place, event.code)
    whole = of_contest[str(crowd.contest.id), 0]
    for step, before in AGAINST.items():
        assert whole.people(step) <= whole.people(before)
    assert whole.people("certified") > 0
    assert whole.people("awarded") > 0
    assert whole.people("ranked:final") > 0
    firms = {
        one
        for one in home.values()
        if one in {unit.id for unit in crowd.tree.values() if unit.kind == "unit"}
    }
    assert whole.units == len(firms)
    assert whole.events == len(crowd.events)


def test_numbers_are_those_counted_row_by_row(session: Session) -> None:
    crowd = make_crowd(session)
    check(session, crowd, cells.sources([outline(crowd.contest.id)])[0])


def test_kept_numbers_are_those_counted_now(
    session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = make_crowd(session)
    monkeypatch.setattr(cells, "LIVE_MOST", 10)
    one = outline(crowd.contest.id)
    assert not cells.sources([one])[0].is_ready
    with transaction():
        computing.ask_count(crowd.contest.id, None, clock.now())
    run_jobs()
    source = cells.sources([one])[0]
    assert source.report_id is not None
    check(session, crowd, source)
    side = cells.side_by_side([source], 0)[crowd.contest.id]
    monkeypatch.undo()
    live = cells.sources([one])[0]
    assert live.is_live
    now = cells.side_by_side([live], 0)[crowd.contest.id]
    for step in ("registered", "confirmed", "learning-finished", "ranked", "certified"):
        assert side.people(step) == now.people(step)
    assert (side.units, side.events, side.amounts) == (now.units, now.events, now.amounts)
    by_unit = {one.key: one.people() for one in cells.of_units(source, "contest", str(crowd.contest.id), 0)}
    assert by_unit == {
        one.key: one.people() for one in cells.of_units(live, "contest", str(crowd.contest.id), 0)
    }


def test_views_ask_as_often_for_many_people_as_for_few(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    crowd = make_crowd(session, people=4)
    sign_in(client, make_staff(Role.HOST))
    views = ["", *(f"/{crowd.contest.id}{view}" for view in VIEWS)]
    few = asked(client, views, count_queries)
    _more(session, crowd, 3)
    assert asked(client, views, count_queries) == few
    assert max(few.values()) < 25


def asked(client: FlaskClient, views: list[str], count_queries: list[str]) -> dict[str, int]:
    """How many statements each view takes, the second time."""
    made = {}
    for view in views:
        client.get(f"/staff/reports{view}")
        count_queries.clear()
        assert client.get(f"/staff/reports{view}").status_code == 200
        made[view] = len(count_queries)
    return made


def _more(session: Session, crowd: Crowd, seed: int) -> None:
    chance = random.Random(seed)
    units = [one for one in crowd.tree.values() if one.kind == "unit"]
    for number in range(10):
        unit = chance.choice(units)
        person = make_person(unit=unit)
        apply(session, crowd, chance, person.id, chance.choice(crowd.events), unit, number)
    session.commit()


def test_the_backlog_is_that_counted_row_by_row(session: Session) -> None:
    crowd = make_crowd(session)
    ids = [event.id for event in crowd.events]
    waiting = [
        (one.chain[one.step]["level"], (clock.now() - one.step_since).days)
        for one in session.scalars(select(Application).where(Application.state == "in_review"))
        if one.step_since
    ]
    found = backlog(ids, 0, clock.now())
    assert found.waiting == len(waiting) > 0
    assert {one.key: one.waiting for one in found.by_level} == Counter(level for level, _age in waiting)
    assert {one.key: one.oldest for one in found.by_level} == {
        level: max(age for one, age in waiting if one == level) for level, _age in waiting
    }
    for one in found.by_level:
        ages = [age for level, age in waiting if level == one.key]
        bounds = ((0, 1), (2, 3), (4, 7), (8, 10**6))
        assert one.ages == tuple(sum(low <= age <= high for age in ages) for low, high in bounds)
    assert [(one.key, one.waiting) for one in found.by_node] == [(str(crowd.tree["city"].id), len(waiting))]
    assert backlog(ids, crowd.tree["city"].id, clock.now()).waiting == len(waiting)
    assert backlog(ids, crowd.tree["other"].id, clock.now()).waiting == 0
    made = session.scalars(select(ReviewDecision)).all()
    per_day = Counter(one.at.astimezone(SHANGHAI).date() for one in made)
    assert {one.day: one.handled for one in found.days if one.handled} == per_day
    assert found.handled_by_node == {
        0: (len(made), len({(one.reviewer_account_id, one.at.astimezone(SHANGHAI).date()) for one in made}))
    }
