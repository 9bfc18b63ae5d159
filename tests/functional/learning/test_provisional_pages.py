"""While the review is pending every page of learning says so; afterwards none does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_participation
from tests.functional.learning.lessons import EVENT, Class, Wall, make_class, moved_clock
from tests.functional.learning.quiz_site import make_site
from tests.functional.learning.test_drill import at_drill
from tests.integration.learning.stand import DAY
from tests.unit.courses.texts import ORDER
from webapp.accounts.models import Person
from webapp.contests.models import Event

SAID = "仍在审核中"


@pytest.fixture
def wall() -> Iterator[Wall]:
    with moved_clock(DAY) as wall:
        yield wall


@pytest.fixture
def room(wall: Wall, session: Session, client: FlaskClient, tmp_path: Path) -> Class:
    return make_class(session, client, tmp_path)


def be(session: Session, state: str) -> None:
    session.execute(text("UPDATE participations SET state = :state"), {"state": state})
    session.commit()


def test_lessons_and_points_say_that_the_review_is_pending(
    client: FlaskClient, session: Session, room: Class
) -> None:
    pages = [
        EVENT,
        f"{EVENT}/points",
        f"{EVENT}/derivation",
        "/learning/wrong-answers",
        room.path("watch", "see"),
        room.path("watch", "see") + "/text",
        room.path("read", "read"),
    ]
    be(session, "provisional")
    for address in pages:
        assert SAID in client.get(address).text, address
    another = session.scalars(
        select(Event).where(Event.code != "welding", Event.track == "competition")
    ).first()
    make_participation(another, session.get_one(Person, room.learner.person_id))
    session.commit()
    cards = client.get("/learning").text
    assert cards.count("报名审核中") == 1, "one of the two events is in review"
    be(session, "active")
    for address in pages:
        assert SAID not in client.get(address).text, address


def test_rounds_of_a_quiz_say_it(client: FlaskClient, session: Session) -> None:
    site = make_site(client, session)
    be(session, "provisional")
    assert SAID in client.get(site.address).text
    address = site.start()
    assert SAID in client.get(address).text
    assert SAID in client.get(f"{address}/wait").text
    assert SAID in client.get(site.play()).text
    be(session, "active")
    assert SAID not in client.get(site.start()).text


def test_a_drill_says_it(client: FlaskClient, session: Session, tmp_path: Path) -> None:
    _learner, address = at_drill(session, client, tmp_path, ORDER)
    be(session, "provisional")
    assert SAID in client.get(address).text
