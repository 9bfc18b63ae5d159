"""The way through an event's courses, and the panel of points."""

from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.integration.courses.sample import make_folder
from tests.integration.learning.stand import DAY, make_learner
from webapp.accounts.models import Person
from webapp.contests.rules.schema import ActivityKind
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.courses import service
from webapp.learning.queries.points import entries
from webapp.learning.service.ledger import credit

EVENT = "/learning/jilin-5/welding"


def signed_in_learner(session: Session, client: FlaskClient, folder: Path) -> None:
    learner = make_learner("welding")
    person = session.scalars(select(Person).where(Person.id == learner.person_id)).one()
    account = make_account(person)
    session.commit()
    with keys_scope(), transaction():
        service.import_shipped(make_folder(folder), None)
    sign_in(client, account)


def test_a_learner_finds_courses_points_and_the_exam(
    session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    signed_in_learner(session, client, tmp_path)
    panel = client.get(f"{EVENT}/points-panel").get_data(as_text=True)
    assert 'data-points="0"' in panel
    assert "<html" not in panel


def test_who_does_not_take_part_finds_nothing(session: Session, client: FlaskClient, tmp_path: Path) -> None:
    signed_in_learner(session, client, tmp_path)
    sign_in(client, make_account())
    session.commit()
    assert client.get(EVENT).status_code == 404
    assert client.get(f"{EVENT}/points-panel").status_code == 404


def test_without_an_event_the_page_says_what_to_do(session: Session, client: FlaskClient) -> None:
    sign_in(client, make_account())
    session.commit()
    page = client.get("/learning").get_data(as_text=True)
    assert "/contests" in page


def test_the_derivation_shows_every_entry_and_cap_up_to_a_position(
    session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    learner = make_learner("welding")
    for lesson in ("1", "2"):
        credit(learner, ActivityKind.VIDEO, "lesson", lesson, now=DAY)
    first, _ = entries(learner.contest_id, learner.participation_id)
    account = make_account(session.scalars(select(Person).where(Person.id == learner.person_id)).one())
    session.commit()
    sign_in(client, account)
    page = client.get(f"{EVENT}/derivation?position={first.entry_id}").get_data(as_text=True)
    assert "min(10, 300) ÷ 300 × 100 = 3.3333" in page
    assert "各类活动合计：每天最多 60 分" in page
    assert "每天最多 30 分" in page
    whole = client.get(f"{EVENT}/derivation").get_data(as_text=True)
    assert "min(20, 300) ÷ 300 × 100 = 6.6667" in whole
