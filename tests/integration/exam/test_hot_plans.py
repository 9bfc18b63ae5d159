"""A save, a heartbeat and a start go by the key of their row, whatever statistics a plan was made on."""

import re

import pytest
from flask import Flask

from tests import database
from webapp.exam.service import hot

STATEMENTS = {
    "save of one": hot._SAVE_ONE,
    "save of several": hot._SAVE,
    "heartbeat": hot._HEARTBEAT,
    "start": hot._START,
    "start of a drawn paper": hot._START_DRAWN,
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_no_index_over_many_sheets_fits(app: Flask, worker_id: str, statement: str) -> None:
    """Without the keys, and told to avoid reading the whole table, the planner finds no other index."""
    with database.start_cluster().connect(f"test_{worker_id}") as owner:
        owner.autocommit = False
        owner.execute("ALTER TABLE sheets DROP CONSTRAINT pk_sheets CASCADE")
        owner.execute("DROP INDEX ix_sheets_participation_id")
        owner.execute("SET LOCAL enable_seqscan = off")
        found = owner.execute(f"EXPLAIN (GENERIC_PLAN) {_numbered(statement)}".encode())
        plan = [row[0] for row in found]
        owner.rollback()
    assert any("on sheets" in line for line in plan)
    assert not [line for line in plan if "ix_sheets" in line]


def _numbered(statement: str) -> str:
    """The statement with $1, $2 … in place of its names, as the server keeps it."""
    names: list[str] = []
    types = {"arrival": "timestamptz", "attempt_id": "bigint", "person_id": "bigint", "exam_id": "bigint"}

    def number(match: re.Match[str]) -> str:
        name = match[1]
        if name not in names:
            names.append(name)
        cast = f"::{types[name]}" if name in types else ""
        return f"${names.index(name) + 1}{cast}"

    return re.sub(r"%\((\w+)\)s", number, statement)
