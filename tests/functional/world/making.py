"""The world itself, put together from its areas."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_contest, make_event, make_person, sign_in
from tests.functional.integrity.stand import of_evidence
from tests.functional.world.archives import archive_of
from tests.functional.world.banks import of_bank
from tests.functional.world.campaigns import of_campaigns
from tests.functional.world.exams import of_halls, of_marking, ruling_of, session_of
from tests.functional.world.hosting import of_hosting
from tests.functional.world.judging import of_practical
from tests.functional.world.learning import of_course_area, of_drill, of_learning
from tests.functional.world.people import objects_of, of_entry
from tests.functional.world.stages import certificate_of, of_awards, of_list
from tests.integration.exam.exams import make_bank_version, make_exam, sit
from tests.integration.registration.stand import Stand, make_stand
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.contests.models import Contest, Stage
from webapp.exam.models import (
    Attempt,
)
from webapp.exam.routes.pulse import channel_of


@dataclass
class World:
    """alice has an application, a running attempt, a change, a claim, a ticket and notices. bob has nothing;
    elsewhere holds every role in another contest and another city; everywhere holds every role over all."""

    stand: Stand
    alice: Account
    bob: Account
    elsewhere: Account
    everywhere: Account
    lease: str
    ids: dict[str, int | str]

    def value(self, endpoint: str, name: str) -> int | str:
        """The id in this parameter of this endpoint that belongs to alice's world."""
        package = endpoint.split(".", maxsplit=1)[0]
        keys = (f"{endpoint}.{name}", f"{package}.{name}", name)
        return next(self.ids[key] for key in keys if key in self.ids)

    def values(self, endpoint: str, names: Iterable[str]) -> dict[str, int | str]:
        """All parameters of an endpoint. A KeyError names a parameter nobody has thought of yet."""
        return {name: self.value(endpoint, name) for name in names}


def make_world(session: Session, client: FlaskClient) -> World:
    """The world; alice applies through the pages, the rest is laid into the tables."""
    stand = make_stand()
    alice = stand.worker("陆晓晴")
    session.commit()
    sign_in(client, alice)
    applied = client.post(f"/register/{stand.event.id}", data={"occupation": "worker", "consent": "y"})
    assert applied.status_code == 303, applied.text
    person = session.get_one(Person, alice.person_id)
    stage = session.scalars(select(Stage).where(Stage.event_id == stand.second_event.id)).one()
    bank = make_bank_version()
    exam_id = make_exam(stage, bank)
    sat, graded = sit(exam_id, person=person), sit(exam_id)
    ids = (
        objects_of(session, stand, alice, exam_id)
        | of_bank(session, stand, bank)
        | of_drill(session, sat.participation_id)
        | of_learning(session, sat.participation_id, bank)
        | of_course_area(session, stand)
        | {
            "attempt_id": sat.attempt_id,
            "channel": channel_of(exam_id),
            "exam.version_id": session.get_one(Attempt, sat.attempt_id).paper[0],
            "ruling_id": ruling_of(session, exam_id, session.get_one(Attempt, sat.attempt_id).paper[0]),
            "participation_id": sat.participation_id,
            "stage_code": stage.code,
            "stage": stage.code,
        }
        | certificate_of(session, stage, sat)
    )
    ids |= of_halls(session, exam_id, sat.participation_id, int(ids["action_id"]))
    ids |= of_list(session, stage, alice) | session_of(session, exam_id)
    of_awards(session, stage, sat)
    ids |= archive_of(session, int(ids["event_id"]))
    ids |= of_evidence(session, sat) | of_entry(session, alice)
    elsewhere, everywhere = make_account(), make_account()
    other_event = make_event(make_contest())
    other_contest = session.get_one(Contest, other_event.contest_id)
    for role in Role:
        grant(everywhere, role)
        for scope in (stand.other_city, other_event, other_contest):
            grant(elsewhere, role, scope)
    bob = make_account(make_person(unit=stand.other_firm))
    session.commit()
    ids |= of_marking(session, sat, everywhere, graded)
    ids |= of_practical(session, alice, everywhere)
    ids |= of_campaigns(session, stand)
    ids |= of_hosting(session, stand.county_firm, alice)
    return World(stand, alice, bob, elsewhere, everywhere, sat.lease, ids)
