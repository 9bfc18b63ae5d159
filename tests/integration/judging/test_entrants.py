"""Who takes a practical test: once places are given only those who hold one; of a team its leader."""

from sqlalchemy.orm import Session

from tests.integration.judging.stand import make_workshop
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.judging.queries.entrants import entries_of_stage, people_of_stage
from webapp.judging.queries.own import stages_of
from webapp.stages.models import StageAdmission, TeamMember


def test_only_those_with_a_place_compete_once_places_are_given(session: Session) -> None:
    shop = make_workshop(4)
    entries = [shop.entry_of(one) for one in shop.people]
    assert entries_of_stage(shop.stage_id) == entries
    for place, state in enumerate(("confirmed", "admitted", "declined")):
        session.add(
            StageAdmission(
                stage_id=shop.stage_id,
                entry_id=entries[place],
                origin="promotion",
                state=state,
                position=place + 1,
                created_at=clock.now(),
            )
        )
    session.commit()
    assert entries_of_stage(shop.stage_id) == entries[:2]
    takes = [bool(stages_of(one.person_id)) for one in shop.people]
    assert takes == [True, True, False, False]


def test_of_a_team_only_the_leader_gets_a_number(session: Session) -> None:
    shop = make_workshop(3)
    leader, member, alone = shop.people
    for one in (leader, member):
        session.add(
            TeamMember(
                participation_id=one.id,
                entry_id=shop.entry_of(leader),
                is_leader=one is leader,
                joined_at=clock.now(),
            )
        )
    session.commit()
    assert entries_of_stage(shop.stage_id) == [shop.entry_of(leader), shop.entry_of(alone)]
    # Everybody of the team reads the same test, with the leader's name, and is told of the work.
    name = session.get_one(Person, leader.person_id).name
    own = [stages_of(one.person_id) for one in (leader, member, alone)]
    assert [(one.entry_id, one.leader) for (one,) in own] == [
        (shop.entry_of(leader), name), (shop.entry_of(leader), name), (shop.entry_of(alone), ""),
    ]  # fmt: skip
    assert set(people_of_stage(shop.stage_id)) == {one.person_id for one in shop.people}
