"""X04: canaries in keys and explanations stay where they are until the last extra time of the exam is over."""

import itertools
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_staff, sign_in
from tests.functional.routes import Route, routes
from tests.functional.test_traces import everything_cached, everything_in
from tests.functional.world import World, make_world
from tests.integration.exam.exams import make_bank_version, make_exam, participant
from webapp.access.permissions import ROLE_PERMISSIONS, Role
from webapp.accounts.models import Account, Person
from webapp.banks.models import Bank, BankVersion, QuestionKeyRow
from webapp.core import clock
from webapp.core.db import KEYS_SCHEMA, Base, db, keys_engine
from webapp.exam import jobs
from webapp.exam.models import Exam, Sheet

KEY, WHY, RULE = "CANARYKEY", "CANARYWHY", "CANARYRULE"
CANARIES = tuple(word.encode() for word in (KEY, WHY, RULE))


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """All that is logged while the test runs, at every level."""
    path = tmp_path / "all.log"
    handler = logging.FileHandler(path)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield path
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


def plant(version: BankVersion) -> None:
    """Put a canary into every key, rule and explanation, and seal the bank."""
    db.session.execute(update(Bank).where(Bank.id == version.bank_id).values(is_sealed=True))
    db.session.commit()
    number = itertools.count()
    with keys_engine().begin() as connection:
        for row in connection.execute(select(QuestionKeyRow.__table__)).all():
            n, answer = next(number), row.answer
            connection.execute(
                update(QuestionKeyRow)
                .where(QuestionKeyRow.question_version_id == row.question_version_id)
                .values(
                    answer=[[f"{KEY}{n}"]] if isinstance(answer, list) else answer,
                    rules={"note": f"{RULE}{n}"},
                    explanation=f"因为 {WHY}{n}",
                )
            )


def hits(what: str, content: bytes) -> list[str]:
    return [f"{what}: {canary.decode()}" for canary in CANARIES if canary in content]


def crawl(
    app: Flask, account: Account | None, world: World, own: dict[str, Any], wanted: Callable[[Route], bool]
) -> list[str]:
    """The pages, fragments and files one person gets on the wanted routes, with ids that exist."""
    found: list[str] = []
    who = app.test_client()
    for route in routes(app):
        if "GET" not in route.methods or not wanted(route):
            continue
        values = world.values(route.endpoint, route.names)
        paths = {route.path(values), route.path({**values, **own})}
        for path, headers in itertools.product(sorted(paths), ({}, {"HX-Request": "true"})):
            if account is not None and who.get_cookie("jiangsai") is None:
                sign_in(who, account)
            answer = who.get(path, headers=headers, buffered=True)
            found += hits(f"GET {path}", answer.data + str(answer.headers).encode())
            answer.close()
    return found


def _needs_one_of(permissions: frozenset[str], route: Route) -> bool:
    return not permissions.isdisjoint(route.permissions)


def finish(client: FlaskClient, exam_id: int, session: Session) -> int:
    """Sit the exam through the pages and hand it in; the attempt's id."""
    url = client.post(f"/exams/{exam_id}/start").location
    attempt_id = int(url.rsplit("/", 1)[1])
    client.get(url)
    lease = session.get_one(Sheet, attempt_id).lease
    items = [{"slot": slot, "seq": 1, "answer": "A"} for slot in range(20)]
    assert client.post(f"{url}/answers", json={"lease": lease, "items": items}).status_code == 200
    assert client.post(f"{url}/submit", data={"key": f"k{attempt_id}"}).status_code == 303
    return attempt_id


def test_x04_no_canary_leaves_before_the_release(
    app: Flask, client: FlaskClient, session: Session, written: Path
) -> None:
    """Every role crawls every route of the live map while the exam runs and after it was graded."""
    world = make_world(session, client)
    version = session.get_one(BankVersion, session.get_one(Exam, int(world.ids["exam_id"])).bank_version_id)
    plant(version)
    done, running = app.test_client(), app.test_client()
    exam_id = make_exam(bank_version=version, key_release="after_close")
    people = [make_account(session.get_one(Person, participant(exam_id).person_id)) for _ in range(2)]
    sign_in(done, people[0])
    sign_in(running, people[1])
    finished = finish(done, exam_id, session)
    running.post(f"/exams/{exam_id}/start")
    session.commit()
    jobs.grade_pending(exam_id)
    assert session.scalar(text("SELECT count(*) FROM grades")) > 0, "the grader has read the keys"
    own: dict[str, Any] = {"attempt_id": finished, "exam_id": exam_id}
    found = crawl(app, people[0], world, own, lambda route: not route.permissions)
    found += crawl(app, people[1], world, own, lambda route: route.endpoint.startswith("exam."))
    found += crawl(app, None, world, own, lambda route: route.is_public)
    for role in Role:
        # What needs other permissions is refused (X01) and so shows nothing.
        may = frozenset(permission.value for permission in ROLE_PERMISSIONS[role])
        found += crawl(app, make_staff(role), world, own, partial(_needs_one_of, may))
    assert found == []
    assert hits("Redis and jobs", everything_cached(app)) == []
    assert hits("log", written.read_bytes()) == []
    assert hits("files", everything_in(app.extensions["settings"].var)) == []
    assert hits("tables of pages", readable_by_pages()) == []


def readable_by_pages() -> bytes:
    """All that the role of the pages can read in the database."""
    kept: list[str] = []
    for table in Base.metadata.tables.values():
        if table.schema != KEYS_SCHEMA:
            kept += db.session.scalars(text(f'SELECT t::text FROM "{table.name}" t')).all()
    db.session.rollback()
    return "\n".join(kept).encode()


def test_x04_the_role_of_the_pages_reads_no_table_of_keys(session: Session) -> None:
    """The row asks it of the exam role: pages, hot statements and exams run under the same role."""
    tables = [table for table in Base.metadata.tables.values() if table.schema == KEYS_SCHEMA]
    assert {table.name for table in tables} >= {"question_keys", "staged_uploads"}
    assert session.scalar(text("SELECT current_user")) == "jiangsai_pages"
    for table in tables:
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(select(func.count()).select_from(table))
        session.rollback()
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(delete(table))
        session.rollback()
    granted = session.execute(
        text(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
            " WHERE table_schema = 'keys' AND grantee IN ('jiangsai_pages', 'PUBLIC')"
        )
    ).all()
    assert granted == []


def test_x04_keys_come_out_after_the_last_extra_time_and_only_then(
    app: Flask, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One contestant has ten minutes more than the window: nobody reads a key before these and the grace end."""
    version = make_bank_version()
    plant(version)
    closes = clock.now() + timedelta(hours=2)
    exam_id = make_exam(bank_version=version, closes_at=closes, key_release="after_close")
    done, late, host = app.test_client(), app.test_client(), app.test_client()
    for who in (done, late):
        sign_in(who, make_account(session.get_one(Person, participant(exam_id).person_id)))
    staff = make_staff(Role.HOST)
    sign_in(host, staff)
    finished = finish(done, exam_id, session)
    still = int(late.post(f"/exams/{exam_id}/start").location.rsplit("/", 1)[1])
    session.execute(
        update(Sheet).where(Sheet.attempt_id == still).values(deadline_at=closes + timedelta(minutes=10))
    )
    session.commit()
    jobs.grade_pending(exam_id)
    page = f"/attempts/{finished}/result"
    end = closes + timedelta(minutes=10)
    grace = timedelta(seconds=session.get_one(Exam, exam_id).grace_s)
    for at, is_open in (
        (closes - timedelta(seconds=1), False),
        (closes + grace + timedelta(seconds=1), False),
        (end - timedelta(seconds=1), False),
        (end + grace - timedelta(seconds=1), False),
        (end + grace + timedelta(seconds=1), False),  # the sweeper has not closed the late attempt yet
    ):
        assert told(monkeypatch, done, page, at) is is_open, at
    session.execute(
        update(Sheet).where(Sheet.attempt_id == still).values(state="submitted", submitted_at=end)
    )
    session.commit()
    assert told(monkeypatch, done, page, end + grace - timedelta(seconds=1)) is False
    assert told(monkeypatch, done, page, end + grace) is True


def told(monkeypatch: pytest.MonkeyPatch, client: FlaskClient, page: str, at: Any) -> bool:
    """Whether the result page shows explanations at this time."""
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: at)
        patched.setattr(clock, "arrival", lambda: at)
        answer = client.get(page)
    assert answer.status_code == 200, answer.status_code
    return WHY in answer.text


def test_x04_never_means_never(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    version = make_bank_version()
    plant(version)
    exam_id = make_exam(bank_version=version, key_release="never")
    client = app.test_client()
    account = make_account(session.get_one(Person, participant(exam_id).person_id))
    grant(account, Role.HOST)
    sign_in(client, account)
    finished = finish(client, exam_id, session)
    jobs.grade_pending(exam_id)
    later = clock.now() + timedelta(days=3)
    assert told(monkeypatch, client, f"/attempts/{finished}/result", later) is False
