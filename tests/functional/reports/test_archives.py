"""An event becomes one file that agrees with its digests, holds no names unless asked, and is noted each time."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_contest, make_staff, sign_in
from tests.integration.stages.stand import Graded, make_graded
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.reports.formats.archive import verify
from webapp.reports.models import EventArchive
from webapp.stages.rules.digest import canonical, digest

Run = Callable[[], int]
AT_THE_END = {"quota = 100\n": "quota = 30\n", 'stage = "final"': 'stage = "preliminary"'}


@pytest.fixture
def graded(session: Session) -> Graded:
    made = make_graded(changes=AT_THE_END)
    rows = [
        {"entry_id": entry, "rank": rank, "number": number, "promoted": True}
        for rank, (entry, number) in enumerate(zip(made.entries, made.numbers, strict=True), 1)
    ]
    for number, kind, kept in ((89, "frozen", rows), (90, "final", rows), (91, "published", named(rows))):
        told = digest(canonical(kept)) if kind != "final" else "test"
        db.session.add(
            BoardSnapshot(stage_id=made.stage_id, number=number, kind=kind, rows=kept, digest=told)
        )
    db.session.commit()
    return made


def named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with a name, as a posted list has them."""
    return [{**row, "name": "欧阳䶮"} for row in rows]


def made_archive(
    client: FlaskClient, session: Session, run: Run, event_id: int, **asked: str
) -> EventArchive:
    data = {"make-reason": "赛项结束归档", **asked}
    assert client.post(f"/staff/archives/{event_id}/make", data=data).status_code == 303
    run()
    session.expire_all()
    found = session.scalars(
        select(EventArchive).where(EventArchive.event_id == event_id).order_by(EventArchive.id.desc())
    ).first()
    assert found is not None
    assert found.state == "ready"
    return found


def taken(client: FlaskClient, archive_id: int) -> bytes:
    response = client.post(f"/staff/archives/files/{archive_id}/take", data={"take-reason": "交档案室"})
    assert response.status_code == 200
    assert response.mimetype == "application/zip"
    return bytes(response.data)


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode().splitlines()]


def test_a_host_makes_takes_and_checks_an_archive(
    client: FlaskClient, session: Session, graded: Graded, run_jobs: Run, tmp_path: Path
) -> None:
    sign_in(client, make_staff(Role.HOST))
    client.post(f"/staff/awards/{graded.stage_id}/derive", data={"derive-local": ""})
    event = f"/staff/archives/{graded.event_id}"
    assert f'href="{event}"' in client.get("/staff/archives?q=焊工").text
    assert "还没有归档" in client.get(event).text
    assert client.post(f"{event}/make", data={"make-reason": ""}).status_code == 422
    one = made_archive(client, session, run_jobs, graded.event_id)
    page = client.get(event).text
    assert one.manifest_sha256[:32] in page
    assert "至少保存至" in page
    assert client.post(f"/staff/archives/files/{one.id}/take", data={"take-reason": ""}).status_code == 422
    content = taken(client, one.id)
    path = tmp_path / "archive.zip"
    path.write_bytes(content)
    found = verify(path, one.manifest_sha256)
    assert (found.faults, found.content) == ((), one.content_sha256)
    inside = members(content)
    assert len(lines(inside["participants/participants.jsonl"])) == len(graded.numbers)
    assert lines(inside["awards/lines.jsonl"])
    board = json.loads(inside["boards/preliminary-90-final.json"])
    assert [row["number"] for row in board] == list(graded.numbers)
    known = {one["name"]: one.get("published") for one in found.about["members"]}
    assert known["boards/preliminary-89-frozen.json"] == digest(canonical(board))
    assert known["boards/preliminary-91-published.json"] is None
    exam = next(name for name in inside if name.startswith("exams/") and name.endswith("/exam.json"))
    assert json.loads(inside[exam])["secret_digest"]
    assert "secret_cipher" not in inside[exam].decode()
    papers = lines(inside[exam.replace("exam.json", "papers.jsonl")])
    assert {row["number"] for row in papers} == set(graded.numbers)
    assert exam.replace("exam.json", "questions.jsonl") in inside
    assert exam.replace("exam.json", "keys.jsonl") not in inside
    results = json.loads(inside["results/results.json"])
    assert results["events"][0]["code"] == "welding"
    codes = {row["person"] for row in lines(inside["participants/participants.jsonl"])}
    assert {row["person"] for row in lines(inside["awards/lines.jsonl"])} <= codes
    rules = json.loads(inside["MANIFEST.json"])["members"][1]
    assert rules["published"] == rules["sha256"]
    everything = b"".join(inside.values()).decode()
    for name in ("欧阳䶮", "李建国"):
        assert name not in everything
    assert not any(name.startswith("names/") for name in inside)
    noted = select(AuditRow.action).where(AuditRow.action.like("archive.%")).order_by(AuditRow.id)
    kinds = list(session.scalars(noted))
    assert kinds == ["archive.ask", "archive.make", "archive.take"]


def test_the_same_state_gives_the_same_bytes_and_names_only_when_asked(
    client: FlaskClient, session: Session, graded: Graded, run_jobs: Run
) -> None:
    sign_in(client, make_staff(Role.HOST))
    first = made_archive(client, session, run_jobs, graded.event_id)
    one = members(taken(client, first.id))
    second = made_archive(client, session, run_jobs, graded.event_id)
    two = members(taken(client, second.id))
    assert {name for name in one if one[name] != two[name]} <= {"MANIFEST.json"}
    assert first.content_sha256 == second.content_sha256
    whole = {"make-with_names": "y", "make-with_keys": "y"}
    third = made_archive(client, session, run_jobs, graded.event_id, **whole)
    inside = members(taken(client, third.id))
    assert "欧阳䶮" in inside["names/people.jsonl"].decode()
    posted = inside["names/board-preliminary-91-published.json"]
    said = json.loads(inside["MANIFEST.json"])["members"]
    assert hashlib.sha256(posted).hexdigest() in [one.get("published") for one in said]
    keys = next(name for name in inside if name.endswith("/keys.jsonl"))
    assert lines(inside[keys])[0]["answer"] is not None
    leaves = [row["leaf"] for row in lines(inside["audit/rows.jsonl"])]
    full = inside["names/audit.jsonl"].decode().splitlines()
    assert [hashlib.sha256(line.encode()).hexdigest() for line in full] == leaves
    assert leaves


def test_who_may_not_see_names_gets_no_archive_with_names(
    client: FlaskClient, session: Session, graded: Graded, run_jobs: Run
) -> None:
    sign_in(client, make_staff(Role.HOST))
    one = made_archive(client, session, run_jobs, graded.event_id)
    sign_in(client, make_staff(Role.SUPERVISOR))
    event = f"/staff/archives/{graded.event_id}"
    page = client.get(event)
    assert one.manifest_sha256[:32] in page.text
    assert "/take" not in page.text
    assert client.post(f"{event}/make", data={"make-reason": "看看"}).status_code == 403
    assert (
        client.post(f"/staff/archives/files/{one.id}/take", data={"take-reason": "看看"}).status_code == 403
    )
    sign_in(client, make_staff(Role.HOST, make_contest()))
    assert client.get(event).status_code == 404
    assert client.post(f"{event}/make", data={"make-reason": "看看"}).status_code == 404
    assert (
        client.post(f"/staff/archives/files/{one.id}/take", data={"take-reason": "看看"}).status_code == 404
    )


def test_a_running_exam_keeps_its_questions(
    client: FlaskClient, session: Session, graded: Graded, run_jobs: Run
) -> None:
    from sqlalchemy import text

    session.execute(text("UPDATE exams SET closes_at = clock_timestamp() + interval '1 hour'"))
    session.commit()
    sign_in(client, make_staff(Role.HOST))
    one = made_archive(client, session, run_jobs, graded.event_id, **{"make-with_keys": "y"})
    inside = members(taken(client, one.id))
    assert not any(name.endswith(("questions.jsonl", "keys.jsonl")) for name in inside)
    assert "考试尚未结束" in client.get(f"/staff/archives/{graded.event_id}").text
