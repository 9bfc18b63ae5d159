"""Row A03: the connection breaks after COMMIT was sent; clients try again; nothing doubles, nothing is lost."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import database
from tests.conftest import make_app
from tests.factories import make_account, sign_in
from tests.integration.exam.cutting_proxy import CuttingProxy
from tests.integration.exam.exams import make_exam, participant
from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.exam import jobs
from webapp.exam.models import AnswerEvent, Attempt, Grade, Sheet
from webapp.supervisor.postgres import PORT

CUTS = 500
PEOPLE = 10


@pytest.fixture
def cut_app(app: Flask, worker_id: str, tmp_path: Path) -> Iterator[tuple[Flask, CuttingProxy]]:
    """A second app on the same database, connected through the cutting proxy."""
    cluster = database.start_cluster()
    with tempfile.TemporaryDirectory(prefix="cut") as folder:
        target = cluster.sockets / f".s.PGSQL.{PORT}"
        with CuttingProxy(Path(folder), target) as proxy:
            url = cluster.database_url(f"test_{worker_id}").replace(str(cluster.sockets), folder)
            through = make_app(url, cluster.redis_url, tmp_path)
            yield through, proxy
            with through.app_context():
                for engine in db.engines.values():
                    engine.dispose()


def test_a03_every_answer_ends_once_in_the_database(
    app: Flask, committed_db: Session, cut_app: tuple[Flask, CuttingProxy]
) -> None:
    through, proxy = cut_app
    exam_id = make_exam()
    statuses: set[int] = set()
    sent = 0
    for _ in range(PEOPLE):
        person = participant(exam_id)
        account = make_account(committed_db.get_one(Person, person.person_id))
        client = through.test_client()
        sign_in(client, account)
        proxy.cut = 2
        while (started := client.post(f"/exams/{exam_id}/start")).status_code != 303:
            statuses.add(started.status_code)
        attempt = int(started.location.rsplit("/", 1)[1])
        lease = committed_db.scalar(select(Sheet.lease).where(Sheet.attempt_id == attempt))
        committed_db.rollback()
        for n in range(CUTS // PEOPLE):
            item = {"slot": n % 20, "seq": n + 1, "answer": ""}
            proxy.cut = 1 if n % 10 else 4  # now and then more often than the server tries by itself
            while True:
                reply = client.post(f"/attempts/{attempt}/answers", json={"lease": lease, "items": [item]})
                statuses.add(reply.status_code)
                if reply.status_code == 200:
                    break
            assert [one["state"] for one in reply.get_json()["items"]] == ["saved"]
            sent += 1
        proxy.cut = 1
        while (handed := client.post(f"/attempts/{attempt}/submit", data={"key": "k"})).status_code != 303:
            statuses.add(handed.status_code)
    proxy.cut = 0
    assert proxy.cuts_done >= CUTS
    assert statuses <= {200, 503}, "no 500 page in the exam"
    jobs.grade_pending(exam_id)
    committed_db.rollback()
    assert committed_db.scalar(select(func.count(Attempt.id))) == PEOPLE
    assert committed_db.scalar(select(func.count(Grade.id))) == PEOPLE
    events = committed_db.scalar(select(func.count()).where(AnswerEvent.outcome == "saved"))
    assert events == sent, "one event a change, however often it was sent"
    per_slot = CUTS // PEOPLE // 20 * 20
    for sheet in committed_db.scalars(select(Sheet)):
        assert sheet.state == "graded"
        assert max(sheet.seqs) == CUTS // PEOPLE
        assert min(sheet.seqs) > per_slot - 20
