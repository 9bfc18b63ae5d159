"""A drill through the pages, without a script."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.integration.courses.sample import make_folder
from tests.integration.learning.stand import DEFINITION, make_learner
from tests.unit.courses.texts import HAZARDS, ORDER, SETTINGS
from webapp.accounts.models import Person
from webapp.contests import service as contest_service
from webapp.contests.rules.reanchor import Anchor, reanchor
from webapp.core import clock
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.courses import queries, service
from webapp.learning.models import DrillRun
from webapp.learning.queries.points import balances
from webapp.learning.service.learners import Learner


def open_learning(session: Session) -> Learner:
    """A learner of `welding` whose learning is open today."""
    text = DEFINITION.read_text(encoding="utf-8")
    today = clock.now().astimezone(clock.SHANGHAI).date()
    learner = make_learner("welding")
    contest_service.load_contest(reanchor(text, {"welding": Anchor.LEARNING}, today), because="test")
    session.commit()
    return learner


def at_drill(session: Session, client: FlaskClient, folder: Path, drill: str) -> tuple[Learner, str]:
    learner = open_learning(session)
    account = make_account(session.scalars(select(Person).where(Person.id == learner.person_id)).one())
    session.commit()
    with keys_scope(), transaction():
        service.import_shipped(make_folder(folder, drill=drill), None)
    lesson = queries.courses_of_event(learner.event_id)[0].lessons[-1]
    sign_in(client, account)
    return learner, f"/learning/jilin-5/welding/drill/{lesson.lesson_id}"


def begin(session: Session, client: FlaskClient, address: str) -> str:
    """Begin, and let it have begun a minute ago."""
    assert client.post(f"{address}/begin").status_code == 303
    session.execute(update(DrillRun).values(started_at=clock.now() - clock.MAX_OFFSET * 120))
    session.commit()
    return client.get(address).get_data(as_text=True)


def step(client: FlaskClient, address: str, **fields: str) -> str:
    page = client.get(address).get_data(as_text=True)
    run = re.search(r'name="run" value="(\d+)"', page)
    number = re.search(r'name="number" value="(\d+)"', page)
    assert run
    assert number
    answer = client.post(f"{address}/step", data={"run": run[1], "number": number[1], **fields})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client.get(address).get_data(as_text=True)


def points_of(learner: Learner) -> int:
    found = balances(learner.contest_id, [learner.participation_id]).get(learner.participation_id)
    return int(found.points) if found else 0


def test_steps_in_order_earn_the_points_of_the_score(
    session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    learner, address = at_drill(session, client, tmp_path, ORDER)
    page = begin(session, client, address)
    assert "CANARY-REASON" not in page
    assert "CANARY-REASON" not in step(client, address, key="stop")
    page = step(client, address, key="lock")
    assert "CANARY-REASON" in page
    assert points_of(learner) == 20
    assert "20" in page


@pytest.mark.parametrize(
    ("drill", "steps"),
    [
        (HAZARDS, [{"key": "exit"}, {"key": "floor"}, {"finish": "1"}]),
        (SETTINGS, [{"key": "rate", "value": "110"}, {"key": "depth", "value": "5.5"}]),
    ],
)
def test_other_kinds_earn_too(
    session: Session, client: FlaskClient, tmp_path: Path, drill: str, steps: list[dict[str, str]]
) -> None:
    learner, address = at_drill(session, client, tmp_path, drill)
    begin(session, client, address)
    for fields in steps:
        step(client, address, **fields)
    assert points_of(learner) == 20


def test_a_fast_run_earns_nothing(session: Session, client: FlaskClient, tmp_path: Path) -> None:
    learner, address = at_drill(session, client, tmp_path, ORDER)
    client.post(f"{address}/begin")
    for key in ("stop", "lock"):
        step(client, address, key=key)
    assert points_of(learner) == 0
    assert session.scalars(select(DrillRun.is_fast)).all() == [True]


def test_a_better_run_brings_the_difference(session: Session, client: FlaskClient, tmp_path: Path) -> None:
    learner, address = at_drill(session, client, tmp_path, ORDER)
    earned = []
    for steps in (["lock", "stop", "lock"], ["stop", "lock"], ["stop", "lock"]):
        begin(session, client, address)
        for key in steps:
            step(client, address, key=key)
        earned.append(points_of(learner))
    assert earned == [15, 20, 20]


def test_a_step_sent_twice_is_judged_once_and_strange_steps_are_refused(
    session: Session, client: FlaskClient, tmp_path: Path
) -> None:
    _, address = at_drill(session, client, tmp_path, ORDER)
    begin(session, client, address)
    run_id = session.scalars(select(DrillRun.id)).one()
    post = {"run": str(run_id), "number": "1", "key": "stop"}
    codes = [client.post(f"{address}/step", data=post).status_code for _ in range(2)]
    assert codes == [303, 303]
    refused = {
        "another step under the same number": {**post, "key": "lock"},
        "a number left out": {**post, "number": "4"},
        "a key nobody offered": {**post, "number": "2", "key": "nonsense"},
        "a run of nobody": {**post, "run": "999999", "number": "1"},
        "no number": {**post, "number": "one"},
    }
    found = {name: client.post(f"{address}/step", data=data).status_code for name, data in refused.items()}
    assert list(found.values()) == [409, 409, 422, 404, 422]


def test_a_foreign_run_does_not_exist(session: Session, client: FlaskClient, tmp_path: Path) -> None:
    _, address = at_drill(session, client, tmp_path, ORDER)
    begin(session, client, address)
    run_id = session.scalars(select(DrillRun.id)).one()
    other = make_learner("welding")
    account = make_account(session.scalars(select(Person).where(Person.id == other.person_id)).one())
    session.commit()
    sign_in(client, account)
    post = {"run": str(run_id), "number": "1", "key": "stop"}
    assert client.post(f"{address}/step", data=post).status_code == 404
