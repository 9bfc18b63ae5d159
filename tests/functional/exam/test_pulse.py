"""The pulse of an exam: no session, one statement for everybody, and it moves for the concerned."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_staff
from tests.functional.exam.test_sitting import Sitting, body
from tests.integration.exam.exams import make_exam
from webapp.access.permissions import Role
from webapp.core.transaction import transaction
from webapp.exam.queries.pulse import forget_pulse
from webapp.exam.service import control
from webapp.exam.service.control import Who


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget_pulse()


def _pulse_of(sitting: Sitting) -> dict[str, Any]:
    page = sitting.client.get(sitting.url).text
    found = re.search(r'data-page="([^"]*)"', page)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1].replace("&#34;", '"').replace("&amp;", "&"))["pulse"]
    return data


def _ours(client: FlaskClient, pulse: dict[str, Any]) -> list[str]:
    forget_pulse()
    answer = client.get(pulse["url"])
    assert answer.status_code == 200
    return [body(answer).get(name, "") for name in pulse["marks"]]


def test_a11_a_grant_moves_the_pulse_of_the_concerned_and_the_heartbeat_brings_it(
    client: FlaskClient, session: Session
) -> None:
    sitting = Sitting(client, session, make_exam(), hall="A")
    host_id = make_staff(Role.HOST).id
    session.commit()
    pulse, nobody = _pulse_of(sitting), client.application.test_client()
    before = _ours(nobody, pulse)
    for who, place in ((Who(hall="B"), None), (Who(), 0), (Who(hall="A"), 1), (Who(sitting.attempt_id), 2)):
        with transaction():
            control.ask_extend(sitting.exam_id, who, 5, "停电", host_id, two_person=False)
        after = _ours(nobody, pulse)
        moved = [at for at in range(len(before)) if before[at] != after[at]]
        assert moved == ([] if place is None else [place])
        before = after
    reply = body(client.post(f"{sitting.url}/heartbeat", json={"lease": sitting.lease, "items": []}))
    assert reply["remaining_s"] > 3600 + 14 * 60


def test_the_pulse_needs_no_session_and_one_statement_for_everybody(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    sitting = Sitting(client, session, make_exam())
    pulse, nobody = _pulse_of(sitting), client.application.test_client()
    forget_pulse()
    count_queries.clear()
    answers = [nobody.get(pulse["url"]) for _ in range(20)]
    assert len(count_queries) <= 20 // 4
    assert "Set-Cookie" not in answers[0].headers
    assert len({answer.data for answer in answers}) == 1
    assert len(answers[0].data) < 100


def test_a_forged_channel_is_not_found(client: FlaskClient, session: Session) -> None:
    pulse = _pulse_of(Sitting(client, session, make_exam()))
    assert client.application.test_client().get(pulse["url"] + "x").status_code == 404
