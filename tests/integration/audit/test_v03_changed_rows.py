"""V03: whoever owns the database and changes the trail is found out, and the first bad row is named."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from tests import database
from tests.integration.audit.test_sealing import age, write_rows
from webapp.audit import queries
from webapp.audit.cli import audit
from webapp.audit.jobs import anchor_head, seal_settled
from webapp.audit.rules import read_anchor
from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.registry import periodic

SEALS, ROWS_A_SEAL, TRIALS = 4, 6, 12


@pytest.fixture
def owner(session: Session) -> Iterator[psycopg.Connection]:
    """The owner of the database, on a trail of some seals that is put back by `restore`."""
    for _ in range(SEALS):
        write_rows(session, ROWS_A_SEAL)
        assert seal_settled() == ROWS_A_SEAL
    path = queries.anchors_path()
    path.unlink(missing_ok=True)
    name = session.connection().engine.url.database
    assert name is not None
    with database.start_cluster().connect(name) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("CREATE TEMP TABLE kept_rows AS TABLE audit_rows")
        connection.execute("CREATE TEMP TABLE kept_seals AS TABLE audit_seals")
        yield connection
    path.unlink(missing_ok=True)


def restore(owner: psycopg.Connection) -> None:
    for table, kept in (("audit_rows", "kept_rows"), ("audit_seals", "kept_seals")):
        owner.execute(f"DELETE FROM {table}".encode())
        owner.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {kept}".encode())


def ids(owner: psycopg.Connection) -> list[int]:
    return [row[0] for row in owner.execute("SELECT id FROM audit_rows ORDER BY id").fetchall()]


def edit(owner: psycopg.Connection, chance: random.Random) -> int:
    victim = chance.choice(ids(owner))
    change = chance.choice(
        [
            "why = why || '.'",
            "actor_name = 'someone else'",
            "at = at + interval '1 second'",
            "action = 'ticket.close'",
            "target_id = target_id || '0'",
            """facts = '{"extra_s": 600}'""",
            "request_id = 'x'",
            "actor_account_id = 7",
        ]
    )
    owner.execute(f"UPDATE audit_rows SET {change} WHERE id = {victim}".encode())
    return victim


def delete(owner: psycopg.Connection, chance: random.Random) -> int:
    first, second = sorted(chance.sample(ids(owner), 2))
    owner.execute("DELETE FROM audit_rows WHERE id IN (%s, %s)", [first, second])
    return first


def insert(owner: psycopg.Connection, chance: random.Random) -> int:
    """A row between two others: those behind it move up by one, as if it had always been there."""
    place = chance.choice(ids(owner))
    owner.execute("UPDATE audit_rows SET id = -id - 1 WHERE id >= %s", [place])
    owner.execute("UPDATE audit_rows SET id = -id WHERE id < 0")
    lay_in(owner, place)
    return place


def lay_in(owner: psycopg.Connection, row_id: int) -> None:
    owner.execute(
        "INSERT INTO audit_rows (id, at, actor_name, action, target_kind, target_id, why, facts)"
        " OVERRIDING SYSTEM VALUE VALUES (%s, now(), 'x', 'exam.extend', 'exam', '1', 'x', '{}')",
        [row_id],
    )


def insert_in_front(owner: psycopg.Connection, chance: random.Random) -> int:
    place = ids(owner)[0] - chance.randint(1, 9)
    lay_in(owner, place)
    return place


def reorder(owner: psycopg.Connection, chance: random.Random) -> int:
    first, second = sorted(chance.sample(ids(owner), 2))
    owner.execute("UPDATE audit_rows SET id = -1 WHERE id = %s", [first])
    owner.execute("UPDATE audit_rows SET id = %s WHERE id = %s", [first, second])
    owner.execute("UPDATE audit_rows SET id = %s WHERE id = -1", [second])
    return first


def truncate(owner: psycopg.Connection, chance: random.Random) -> int:
    first = ids(owner)[0]
    owner.execute("TRUNCATE audit_rows")
    return first


@pytest.mark.parametrize("change", [edit, delete, insert, insert_in_front, reorder, truncate])
def test_v03_the_first_bad_row_is_named_every_time(
    session: Session, owner: psycopg.Connection, change: Callable[[psycopg.Connection, random.Random], int]
) -> None:
    chance = random.Random(change.__name__)
    for _ in range(TRIALS):
        bad = change(owner, chance)
        session.rollback()
        assert queries.verify().bad_row_id == bad
        session.rollback()
        restore(owner)
        assert queries.verify().is_sound
        session.rollback()


def test_v03_a_cut_tail_is_found_by_the_anchored_head(session: Session, owner: psycopg.Connection) -> None:
    """Rows and seals go together, so the chain itself looks sound: only the anchor tells."""
    assert anchor_head() is True
    assert anchor_head() is False, "the same head is not written twice"
    anchors = queries.read_anchors(queries.anchors_path())
    assert [anchor.last_row_id for anchor in anchors] == [ids(owner)[-1]]
    for left in range(SEALS):
        kept = ids(owner)[: left * ROWS_A_SEAL]
        gone = ids(owner)[left * ROWS_A_SEAL]
        owner.execute("DELETE FROM audit_rows WHERE id >= %s", [gone])
        owner.execute("DELETE FROM audit_seals WHERE last_row_id >= %s", [gone])
        session.rollback()
        assert queries.verify().is_sound, "without the anchor nothing shows"
        found = queries.verify(anchors)
        assert found.broken_anchor == anchors[0]
        assert found.bad_row_id == (kept[-1] + 1 if kept else 1)
        restore(owner)
    session.rollback()
    assert queries.verify(anchors).is_sound


def test_v03_a_chain_written_anew_is_found_by_the_anchored_head(
    session: Session, owner: psycopg.Connection
) -> None:
    """Whoever owns the database can compute a new chain over changed rows; the head outside differs."""
    anchor_head()
    anchors = queries.read_anchors(queries.anchors_path())
    victim = edit(owner, random.Random(1))
    owner.execute("DELETE FROM audit_seals")
    session.rollback()
    assert seal_settled() == SEALS * ROWS_A_SEAL
    session.rollback()
    assert queries.verify().is_sound
    found = queries.verify(anchors)
    assert found.broken_anchor == anchors[0]
    assert found.bad_row_id is not None
    assert found.bad_row_id <= victim


def test_v03_changed_digests_in_a_seal_are_found(session: Session, owner: psycopg.Connection) -> None:
    """A row and its digest changed together do not fit the digest of the seal."""
    seal, first, second = owner.execute(
        "SELECT id, first_row_id, lead(first_row_id) OVER (ORDER BY id) FROM audit_seals ORDER BY id"
    ).fetchall()[1]
    owner.execute(
        "UPDATE audit_seals SET leaves = set_byte(leaves, 0, get_byte(leaves, 0) # 1) WHERE id = %s", [seal]
    )
    session.rollback()
    assert queries.verify().bad_row_id == first
    restore(owner)
    owner.execute("DELETE FROM audit_seals WHERE id = %s", [seal])
    session.rollback()
    assert queries.verify().bad_row_id == first, "rows that no seal covers any more"
    assert second > first


def test_v03_the_command_says_it_and_ends_with_1(
    app: Flask, session: Session, owner: psycopg.Connection, tmp_path: Path
) -> None:
    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(audit, words, obj=lambda: app)
        return result.exit_code, result.output

    code, text = run("anchor")
    assert code == 0
    kept = read_anchor(text)
    assert kept.last_row_id == ids(owner)[-1]
    assert run("verify")[0] == 0
    elsewhere = tmp_path / "witness.jsonl"
    elsewhere.write_text(text)
    assert app.test_client().get("/audit/anchors.jsonl").text == text
    bad = edit(owner, random.Random(3))
    assert run("verify", "--anchors", str(elsewhere)) == (1, f"BROKEN: the first bad row is {bad}\n")
    restore(owner)
    owner.execute("TRUNCATE audit_rows, audit_seals")
    code, text = run("verify", "--anchors", str(elsewhere))
    assert (code, "cut off" in text) == (1, True)
    elsewhere.write_text("no anchor\n")
    assert run("verify", "--anchors", str(elsewhere))[0] == 1


def test_v03_a_head_is_anchored_at_least_daily() -> None:
    assert {name: every for name, every, _function in periodic()}["audit.anchor"] <= 86_400


def test_v03_a_row_of_a_long_transaction_is_not_left_behind_the_seal(app: Flask, session: Session) -> None:
    """A row gets its number first and is committed last: sealing waits, or the chain would break by itself."""
    written, go_on = Event(), Event()

    def slow() -> None:
        with app.app_context(), transaction():
            record("ticket.open", "ticket", "slow", actor="test")
            db.session.flush()
            written.set()
            go_on.wait(20)

    thread = Thread(target=slow)
    thread.start()
    assert written.wait(20)
    write_rows(session, 2, age_s=0)
    age(session, 10)
    session.rollback()
    assert seal_settled() == 0, "an older row is still on its way"
    go_on.set()
    thread.join()
    age(session, 10)
    session.rollback()
    assert seal_settled() == 3
    assert queries.verify().is_sound
