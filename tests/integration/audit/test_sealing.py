"""The audit trail is chained by the clock process, and a changed row breaks the chain."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import database
from webapp.audit.jobs import seal_settled
from webapp.audit.models import AuditRow, AuditSeal
from webapp.audit.queries import verify
from webapp.audit.service import record
from webapp.core import clock
from webapp.registry import periodic


def write_rows(session: Session, count: int, age_s: int = 10) -> None:
    for n in range(count):
        record("ticket.open", "ticket", n, actor="test")
    session.flush()
    session.commit()
    age(session, age_s)


def age(session: Session, seconds: int) -> None:
    """Let rows that wait for a seal look older than they are, as the owner: pages may not change them."""
    name = session.connection().engine.url.database
    assert name is not None
    with database.start_cluster().connect(name) as connection:
        connection.execute(
            "SET session_replication_role = replica;"
            f"UPDATE audit_rows SET at = at - interval '{seconds} seconds'"
            " WHERE id > (SELECT coalesce(max(last_row_id), 0) FROM audit_seals)".encode()
        )
    session.expire_all()


def test_settled_rows_are_sealed_and_the_chain_holds(session: Session) -> None:
    write_rows(session, 3)
    assert seal_settled() == 3
    write_rows(session, 2, age_s=0)
    assert seal_settled() == 0, "rows younger than the delay wait for the next seal"
    assert session.scalar(select(func.count()).select_from(AuditSeal)) == 1
    assert verify().is_sound


def test_a_changed_row_breaks_the_seal_over_it(session: Session) -> None:
    write_rows(session, 2)
    seal_settled()
    name = session.connection().engine.url.database
    assert name is not None
    with database.start_cluster().connect(name) as connection:
        connection.execute(
            b"SET session_replication_role = replica; UPDATE audit_rows SET why = 'something else'"
        )
    session.expire_all()
    assert not verify().is_sound


def test_pages_cannot_change_the_trail(session: Session) -> None:
    write_rows(session, 1)
    with pytest.raises(DBAPIError):
        session.execute(update(AuditRow).values(why="something else"))
    session.rollback()


def test_sealing_and_relaying_run_by_the_clock(app: Flask) -> None:
    names = {name: every for name, every, _function in periodic()}
    assert names["audit.seal"] <= 1
    assert names["outbox.relay"] <= 2


def test_the_relay_sends_what_the_fast_path_left(app: Flask, session: Session) -> None:
    from webapp.core.outbox import OutboxRow, relay
    from webapp.core.queue import Job

    old = clock.now() - timedelta(seconds=30)
    session.add(OutboxRow(job=Job.GRADE_PENDING.value, args={"exam_id": 1}, created_at=old))
    session.commit()
    assert relay() == 1
    assert relay() == 0
    assert app.extensions["jobs_inline"] == [(Job.GRADE_PENDING, {"exam_id": 1})]
    assert session.scalar(text("SELECT count(*) FROM outbox WHERE sent_at IS NULL")) == 0
