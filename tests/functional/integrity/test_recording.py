"""What the exam page reports, from the browser's beacon to the table, and what contestants are told."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.functional.exam.test_sitting import Sitting
from tests.integration.exam.exams import make_exam, participant
from webapp.accounts.models import Person
from webapp.contests.models import Event
from webapp.exam.models import Exam
from webapp.exam.queries.messages import forget_announcements
from webapp.exam.routes.fragments import forget_fragments
from webapp.integrity.models import ExamSighting, ExamSite, FocusEvent
from webapp.integrity.routes.blueprint import watermark_key
from webapp.integrity.rules.focus import MOST_IN_ATTEMPT, MOST_IN_REQUEST
from webapp.integrity.rules.watermark import code_of


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_fragments()
    forget_announcements()


def beacon(*happenings: tuple[str, int], **changes: Any) -> dict[str, Any]:
    kinds, times = [kind for kind, _ in happenings], [str(ms) for _, ms in happenings]
    return {"kind": kinds, "ms": times, "page": "abc123", "device": "phone"} | changes


def test_a_beacon_is_stored_with_the_servers_time_and_a_scrambled_address(
    client: FlaskClient, session: Session
) -> None:
    sitting = Sitting(client, session, make_exam())
    sent = client.post(f"{sitting.url}/focus", data=beacon(("opened", 5), ("hidden", 900)))
    assert (sent.status_code, sent.data) == (204, b"")
    rows = session.scalars(select(FocusEvent).order_by(FocusEvent.id)).all()
    assert [(row.kind, row.ms, row.attempt_id) for row in rows] == [
        ("opened", 5, sitting.attempt_id),
        ("hidden", 900, sitting.attempt_id),
    ]
    seen = session.scalars(select(ExamSighting)).one()
    assert seen.prefix == "127.0.0.0/24"
    assert b"127.0.0.1" not in seen.address_hash
    assert len(seen.address_hash) == len(seen.device_hash) == 32
    client.post(f"{sitting.url}/focus", data=beacon(("opened", 5)))
    assert len(session.scalars(select(ExamSighting)).all()) == 1, "the same place is noted once"


def test_an_address_of_a_named_site_is_marked_as_such(client: FlaskClient, session: Session) -> None:
    exam_id = make_exam()
    event = session.get_one(Event, session.get_one(Exam, exam_id).event_id)
    site = ExamSite(contest_id=event.contest_id, network="127.0.0.0/16", label="第一考场")
    session.add(site)
    session.commit()
    sitting = Sitting(client, session, exam_id)
    client.post(f"{sitting.url}/focus", data=beacon(("opened", 5)))
    assert session.scalars(select(ExamSighting)).one().site_id == site.id


def test_a_foreign_or_odd_beacon_stores_nothing(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    assert client.post(f"{sitting.url}/focus", data=beacon(("cheated", 5))).status_code == 400
    assert client.post(f"{sitting.url}/focus", data=beacon()).status_code == 400
    sign_in(client, make_account())
    assert client.post(f"{sitting.url}/focus", data=beacon(("opened", 5))).status_code == 404
    assert session.scalars(select(FocusEvent)).all() == []


def test_one_attempt_cannot_fill_the_table(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    full = beacon(*[("blur", n) for n in range(MOST_IN_REQUEST)])
    for _round in range(MOST_IN_ATTEMPT // MOST_IN_REQUEST + 2):
        assert client.post(f"{sitting.url}/focus", data=full).status_code == 204
    assert len(session.scalars(select(FocusEvent)).all()) == MOST_IN_ATTEMPT


def test_the_exam_page_bears_the_code_of_its_attempt(client: FlaskClient, session: Session) -> None:
    sitting = Sitting(client, session, make_exam())
    page = client.get(sitting.url).text
    code = code_of(watermark_key(), sitting.attempt_id)
    assert code in page
    assert page.index('aria-hidden="true"') < page.index(code)
    assert " style=" not in page


@pytest.mark.parametrize(
    ("language", "words"), [("zh_CN", "考试期间会记录什么"), ("en", "What is recorded while you write")]
)
def test_contestants_are_told_before_the_exam(
    client: FlaskClient, session: Session, language: str, words: str
) -> None:
    exam_id = make_exam()
    person = participant(exam_id)
    sign_in(client, make_account(session.get_one(Person, person.person_id)))
    client.set_cookie("language", language)
    page = client.get(f"/exams/{exam_id}/start").text
    assert words in page
    assert "90" in page
