"""Teams: the leader is ranked for all, members are not ranked alone, and nothing changes after the freeze."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.stages.pages import page, post
from tests.integration.stages.stand import SMALL, Graded, make_graded
from webapp.access.permissions import Role
from webapp.leaderboard.models import Standing
from webapp.registration.models import Entry
from webapp.stages.queries.admissions import entries_of
from webapp.stages.queries.teams import members_of

TEAM = {**SMALL, 'code = "welding"\n': 'code = "welding"\nteam = true\n'}


def standing(session: Session, graded: Graded) -> set[int]:
    session.expire_all()
    return set(session.scalars(select(Standing.entry_id).where(Standing.stage_id == graded.stage_id)))


def test_a_team_stands_by_its_leader_until_it_is_dissolved(
    client: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    graded = make_graded(changes=TEAM)
    teams = f"/staff/stages/{graded.stage_id}/teams"
    entries, numbers = graded.entries, graded.numbers
    sign_in(client, make_staff(Role.HOST, name="韩亦舟"))
    assert "还没有团队" in page(client, teams)
    assert teams in page(client, f"/staff/stages/{graded.stage_id}")
    post(client, teams, 303, leader=numbers[1], members=f"{numbers[3]}、{numbers[4]}")
    run_jobs()
    assert session.get_one(Entry, entries[1]).kind == "team"
    assert standing(session, graded) == {entries[at] for at in (0, 1, 2, 5)}
    assert entries_of(graded.stage_id) == sorted(entries[at] for at in (0, 1, 2, 5))
    assert members_of([entries[1]]) == {entries[1]: [graded.sats[at].participation_id for at in (1, 3, 4)]}
    assert numbers[4] in page(client, teams)

    # Nobody is in two teams; a number of nobody is named; the leader is no member.
    assert numbers[3] in post(client, teams, 422, leader=numbers[0], members=numbers[3])
    assert "X999" in post(client, teams, 422, leader=numbers[0], members="X999")
    post(client, teams, 422, leader=numbers[0], members=numbers[0])

    post(client, f"{teams}/dissolve", 303, entry=entries[1])
    run_jobs()
    assert standing(session, graded) == set(entries)
    assert client.post(f"{teams}/dissolve", data={"entry": entries[1]}).status_code == 404

    post(client, f"/staff/stages/{graded.stage_id}/freeze")
    frozen = client.post(teams, data={"leader": numbers[0], "members": numbers[1]})
    assert frozen.status_code == 409


def test_there_are_no_teams_in_an_event_of_single_people(client: FlaskClient, session: Session) -> None:
    graded = make_graded()
    sign_in(client, make_staff(Role.HOST, name="韩亦舟"))
    address = f"/staff/stages/{graded.stage_id}/teams"
    assert address not in page(client, f"/staff/stages/{graded.stage_id}")
    data = {"leader": graded.numbers[0], "members": graded.numbers[1]}
    assert client.post(address, data=data).status_code == 409
