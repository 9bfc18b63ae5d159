"""Camera pictures: off by default, only with consent, seen by hosts with a trace, gone after some days."""

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import make_account, make_staff, sign_in
from tests.functional.exam.test_sitting import Sitting
from tests.functional.integrity.test_exam_browser import come
from tests.integration.exam.exams import make_exam
from tests.unit.integrity.test_snapshots import jpeg
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.contests.rules.blueprint import Checks, Snapshots
from webapp.core import clock
from webapp.exam.models import Sheet
from webapp.exam.queries.messages import forget_announcements
from webapp.exam.routes.fragments import forget_fragments
from webapp.integrity.jobs import forget_snapshots
from webapp.integrity.models import Snapshot, SnapshotConsent
from webapp.integrity.service.findings import of_snapshots
from webapp.integrity.service.snapshots import planned_moments
from webapp.media import service as media
from webapp.media.models import StoredFile

NO_CAMERA = "camera=(), microphone=(), geolocation=(), payment=()"
CAMERA = "camera=(self), microphone=(), geolocation=(), payment=()"


def asks(count: int = 1, required: bool = True) -> Checks:
    return Checks(snapshots=Snapshots(count, required, 30))


@pytest.fixture(autouse=True)
def _fresh_caches() -> None:
    forget_fragments()
    forget_announcements()


def begin(client: FlaskClient, session: Session, exam_id: int) -> tuple[str, int]:
    """Somebody agrees and starts, and the first moment has come; address and id of the attempt."""
    start = come(client, session, exam_id)
    assert client.post(f"/exams/{exam_id}/snapshots", data={"answer": "yes"}).status_code == 303
    url = client.post(start).location
    attempt_id = int(url.rsplit("/", 1)[1])
    sheet = session.get_one(Sheet, attempt_id)
    assert sheet.deadline_at is not None
    assert sheet.started_at is not None
    length = int((sheet.deadline_at - sheet.started_at).total_seconds())
    moved = timedelta(seconds=planned_moments(attempt_id, 1, length)[0] + 1)
    values = {"started_at": sheet.started_at - moved, "deadline_at": sheet.deadline_at - moved}
    session.execute(update(Sheet).where(Sheet.attempt_id == attempt_id).values(**values))
    session.commit()
    return url, attempt_id


def send(client: FlaskClient, url: str, content: bytes, number: int = 0) -> TestResponse:
    data = {"number": str(number), "picture": (io.BytesIO(content), "x.jpg")}
    return client.post(f"{url}/snapshots", data=data)


@pytest.mark.parametrize("required", [True, False])
def test_nobody_starts_before_answering_and_refusing_is_possible_where_the_file_says_so(
    client: FlaskClient, session: Session, required: bool
) -> None:
    exam_id = make_exam(checks=asks(required=required))
    start, door = come(client, session, exam_id), f"/exams/{exam_id}/snapshots"
    asked = client.post(start)
    assert asked.status_code == 422
    assert "摄像头" in asked.text
    assert door in client.get(start).text
    assert client.post(door, data={"answer": "perhaps"}).status_code == 422
    refused = client.post(door, data={"answer": "no"})
    assert refused.status_code == (422 if required else 303)
    if required:
        assert client.post(start).status_code == 422
        assert session.scalars(select(SnapshotConsent)).all() == []
        return
    page = client.get(client.post(start).location)
    assert page.headers["Permissions-Policy"] == NO_CAMERA
    assert "exam-camera" not in page.text


def test_a_picture_is_kept_encrypted_and_hosts_look_at_it_with_a_trace(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam(checks=asks())
    url, attempt_id = begin(client, session, exam_id)
    page = client.get(url)
    assert page.headers["Permissions-Policy"] == CAMERA
    assert re.search(r'data-number="0" data-in="0"', page.text)
    assert send(client, url, b"no picture").status_code == 422
    assert send(client, url, jpeg(300, 200) + b"x" * 60_000).status_code == 422
    assert send(client, url, jpeg(300, 200), number=7).get_json()["number"] == 0
    assert session.scalars(select(Snapshot)).all() == []
    assert send(client, url, jpeg(300, 200)).get_json() == {"number": -1, "in_s": 0}
    assert send(client, url, jpeg(300, 200)).status_code == 200
    row = session.scalars(select(Snapshot)).one()
    assert row.file_id is not None
    assert not media.read(row.file_id).startswith(b"\xff\xd8"), "the store holds no readable picture"
    place = f"/staff/exams/{exam_id}/evidence/{attempt_id}"
    assert client.get(f"{place}/snapshots/{row.id}").status_code in {403, 404}
    sign_in(client, make_staff(Role.HOST))
    assert f"{place}/snapshots/{row.id}" in client.get(place).text
    seen = client.get(f"{place}/snapshots/{row.id}")
    assert (seen.status_code, seen.mimetype, seen.data[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert seen.headers["Cache-Control"] == "no-store"
    session.rollback()
    looks = session.scalars(select(AuditRow).where(AuditRow.action == "snapshot.view")).all()
    assert len(looks) == 1


def test_a_broken_camera_is_noted_and_saving_goes_on(client: FlaskClient, session: Session) -> None:
    url, attempt_id = begin(client, session, make_exam(checks=asks()))
    assert client.post(f"{url}/snapshots", data={"number": "0"}).get_json() == {"number": -1, "in_s": 0}
    row = session.scalars(select(Snapshot)).one()
    assert (row.failure, row.file_id) == ("no-camera", None)
    item = {"slot": 0, "seq": 1, "answer": "A", "flag": False}
    lease = session.get_one(Sheet, attempt_id).lease
    assert client.post(f"{url}/answers", json={"lease": lease, "items": [item]}).status_code == 200
    sign_in(client, make_account())
    assert send(client, url, jpeg(30, 20)).status_code == 404


def test_pictures_are_deleted_when_their_days_are_over(client: FlaskClient, session: Session) -> None:
    url, _attempt = begin(client, session, make_exam(checks=asks()))
    send(client, url, jpeg(300, 200))
    row = session.scalars(select(Snapshot)).one()
    assert row.keep_until - row.at == timedelta(days=30)
    assert row.file_id is not None
    file_id, place = row.file_id, media.place_of(row.file_id)
    session.rollback()
    assert forget_snapshots() == 0
    session.execute(update(Snapshot).values(keep_until=clock.now() - timedelta(seconds=1)))
    session.commit()
    assert (forget_snapshots(), forget_snapshots()) == (1, 0)
    session.rollback()
    assert not place.exists()
    assert session.get(StoredFile, file_id) is None
    assert session.scalars(select(Snapshot)).one().file_id is None, "that one was taken stays known"


def test_off_by_default_means_no_question_no_camera_and_no_statement(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    sitting = Sitting(client, session, make_exam())
    count_queries.clear()
    page = client.get(sitting.url)
    assert page.headers["Permissions-Policy"] == NO_CAMERA
    assert "camera" not in page.text
    assert not [one for one in count_queries if "snapshot" in one]
    assert client.get(f"/exams/{sitting.exam_id}/snapshots").status_code == 404
    assert send(client, sitting.url, jpeg(30, 20)).status_code == 422


def test_pictures_that_did_not_come_are_evidence_of_little_weight(
    client: FlaskClient, session: Session
) -> None:
    exam_id = make_exam(checks=asks())
    url, attempt_id = begin(client, session, exam_id)
    client.post(f"{url}/snapshots", data={"number": "0"})
    sheet = session.get_one(Sheet, attempt_id)
    assert sheet.deadline_at is not None
    late = sheet.deadline_at + timedelta(hours=1)
    session.execute(update(Sheet).values(state="submitted", submitted_at=late))
    session.execute(update(Sheet).values(state="graded"))
    session.commit()
    found = list(of_snapshots(exam_id))
    assert [(one.attempt_id, one.kind) for one in found] == [(attempt_id, "snapshots")]
    assert found[0].facts == {"got": 0, "due": 1, "failed": 1}
    assert found[0].weight < 0.5
