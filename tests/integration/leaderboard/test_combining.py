"""A result becomes a standing: written once, exact, with its derivation, and shown to Redis."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.integration.leaderboard.boards import Board, combine, grade, learn, make_board
from webapp.core.redis import redis_client
from webapp.leaderboard import jobs
from webapp.leaderboard.models import ComponentScore, Standing
from webapp.leaderboard.queries.order import keys_of, member_of, part, sql_part
from webapp.leaderboard.queries.parity import gauges
from webapp.leaderboard.rules.combine import Derivation
from webapp.leaderboard.service import publishing
from webapp.leaderboard.service.combining import combine_scores


def versions(session: Session) -> list[tuple[str, int, str]]:
    rows = session.query(ComponentScore).order_by(ComponentScore.component, ComponentScore.version)
    return [(row.component, row.version, str(row.score)) for row in rows]


def test_a_result_becomes_a_standing_with_every_step(session: Session) -> None:
    board = make_board(people=1)
    grade([(board.people[0], "81.5")])
    learn(board, [(board.people[0], "120"), (board.people[0], "80")])
    assert combine(board) == 1
    standing = session.query(Standing).one()
    assert standing.combined == Decimal("77.05")  # 66.6667 x 30 % + 81.5 x 70 % = 77.05001
    derivation = Derivation.from_json(standing.derivation)
    assert derivation.total == Decimal("77.05001")
    assert [term.component for term in derivation.terms] == ["learning", "theory"]
    assert standing.derivation["sources"]["learning"] == {
        "points": "200.00",
        "full": 300,
        "ledger_position": standing.derivation["sources"]["learning"]["ledger_position"],
    }
    assert versions(session) == [("learning", 1, "66.6667"), ("theory", 1, "81.5000")]


def test_combining_again_changes_nothing(session: Session) -> None:
    board = make_board(people=2)
    grade([(one, 60) for one in board.people])
    assert combine(board) == 2
    before = versions(session), [row.revision for row in session.query(Standing)]
    assert combine(board) == 0
    assert (versions(session), [row.revision for row in session.query(Standing)]) == before


def test_a_new_grade_is_a_new_version_and_moves_only_its_entry(session: Session) -> None:
    board = make_board(people=3)
    grade([(one, 60 + n) for n, one in enumerate(board.people)])
    combine(board)
    version = part(board.stage_id, 1, 9).version
    grade([(board.people[0], 99)])
    assert combine(board) == 1
    assert ("theory", 2, "99.0000") in versions(session)
    seen = part(board.stage_id, 1, 9)
    assert seen.entries[0].entry_id == board.people[0].entry_id
    assert seen.version > version
    assert seen.total == 3


def test_who_has_no_paper_or_left_is_not_ranked(session: Session) -> None:
    board = make_board(people=3)
    grade([(one, 60) for one in board.people])
    combine(board)
    void, left, stays = board.people
    session.execute(text("UPDATE sheets SET state = 'void' WHERE attempt_id = :id"), {"id": void.attempt_id})
    session.execute(
        text("UPDATE participations SET state = 'withdrawn' WHERE id = :id"), {"id": left.participation_id}
    )
    session.commit()
    assert combine(board) == 2
    for seen in (part(board.stage_id, 1, 9), sql_part(board.stage_id, 1, 9)):
        assert [entry.entry_id for entry in seen.entries] == [stays.entry_id]


def test_a_lost_wake_up_is_found(session: Session, run_jobs: Any) -> None:
    board = make_board(people=2)
    grade([(one, 70) for one in board.people])
    jobs.drive_combining()
    assert run_jobs() >= 1
    assert part(board.stage_id, 1, 9).total == 2
    jobs.drive_combining()
    assert run_jobs() == 0


def lose_a_place(board: Board) -> None:
    redis_client().zremrangebyrank(keys_of(board.stage_id).order, 0, 0)


def forget_a_member(board: Board) -> None:
    redis_client().hdel(keys_of(board.stage_id).members, str(board.people[0].entry_id))


def add_a_stranger(board: Board) -> None:
    redis_client().zadd(keys_of(board.stage_id).order, {member_of(bytes(40), 987_654): 0})


def place_one_twice(board: Board) -> None:
    redis_client().zadd(keys_of(board.stage_id).order, {member_of(bytes(40), board.people[1].entry_id): 0})


def misplace_one(board: Board) -> None:
    keys, entry = keys_of(board.stage_id), board.people[2].entry_id
    redis_client().zrem(keys.order, redis_client().hget(keys.members, str(entry)) or b"")
    redis_client().zadd(keys.order, {member_of(bytes(40), entry): 0})
    redis_client().hset(keys.members, str(entry), member_of(bytes(40), entry))


@pytest.mark.parametrize(
    "damage", [lose_a_place, forget_a_member, add_a_stranger, place_one_twice, misplace_one]
)
def test_a_damaged_board_is_counted_and_mended(session: Session, damage: Callable[[Board], None]) -> None:
    board = make_board(people=4)
    grade([(one, 50 + n) for n, one in enumerate(board.people)])
    combine(board)
    session.execute(text("UPDATE standings SET updated_at = now() - interval '1 hour'"))
    session.commit()
    version = part(board.stage_id, 1, 9).version
    assert jobs.rebuild_standings(board.stage_id) == 0
    assert part(board.stage_id, 1, 9).version == version, "a sound board is left alone"
    damage(board)
    assert jobs.rebuild_standings(board.stage_id, is_full=0) == 1
    assert dict(gauges())["jiangsai_board_mismatches"] == 1
    assert part(board.stage_id, 1, 9).entries == sql_part(board.stage_id, 1, 9).entries
    assert jobs.rebuild_standings(board.stage_id, is_full=0) == 0


def test_what_is_on_its_way_is_no_fault(session: Session) -> None:
    board = make_board(people=4)
    grade([(one, 50 + n) for n, one in enumerate(board.people)])
    combine(board)
    grade([(board.people[0], 99)])
    combine_scores(board.stage_id, [board.people[0].participation_id])
    session.commit()  # and not yet published
    assert jobs.rebuild_standings(board.stage_id, is_full=0) == 0
    assert dict(gauges())["jiangsai_board_mismatches"] == 0


def test_rebuild_equals_rebuild(session: Session) -> None:
    board = make_board(people=6)
    grade([(one, 50 + n % 2) for n, one in enumerate(board.people)])
    combine(board)
    once = part(board.stage_id, 1, 9)
    publishing.rebuild(board.stage_id)
    session.commit()
    again = part(board.stage_id, 1, 9)
    assert (again.entries, again.total, again.better) == (once.entries, once.total, once.better)
    assert again.version > once.version


def test_an_emptied_redis_is_read_from_sql(session: Session) -> None:
    board = make_board(people=3)
    grade([(one, 50 + n) for n, one in enumerate(board.people)])
    combine(board)
    before = part(board.stage_id, 1, 9)
    redis_client().flushdb()
    wiped = part(board.stage_id, 1, 9)
    assert wiped.version == 0
    assert wiped.entries == before.entries
    grade([(board.people[0], 90)])
    combine(board)  # publishing finds no board and builds all of it, not a board of one
    built = part(board.stage_id, 1, 9)
    assert built.version > 0
    assert built.total == 3


def test_a_reversal_takes_points_back(session: Session) -> None:
    board = make_board(people=1)
    grade([(board.people[0], 80)])
    learn(board, [(board.people[0], 90)])
    combine(board)
    learn(board, [(board.people[0], -30)])
    assert combine(board) == 1
    assert session.query(Standing).one().combined == Decimal("62.00")  # 20 x 30 % + 80 x 70 %


def test_results_of_two_jobs_at_once_are_both_counted(app: Flask, session: Session) -> None:
    board = make_board(people=20)
    grade([(one, 50) for one in board.people])

    def run() -> None:
        with app.app_context():
            combine(board)

    combine(board)
    for round_ in range(5):
        grade([(one, 50 + round_) for one in board.people])
        first = threading.Thread(target=run)
        first.start()
        learn(board, [(one, 30) for one in board.people])
        second = threading.Thread(target=run)
        second.start()
        first.join()
        second.join()
    points = [row.derivation["sources"]["learning"]["points"] for row in session.query(Standing)]
    assert set(points) == {"150.00"}
    assert {str(row.combined) for row in session.query(Standing)} == {"52.80"}
    assert part(board.stage_id, 1, 99).entries == sql_part(board.stage_id, 1, 99).entries


def test_without_redis_results_are_kept_and_shown_later(
    app: Flask, session: Session, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = make_board(people=2)
    grade([(one, 50 + n) for n, one in enumerate(board.people)])
    nowhere = Redis.from_url("unix:///nowhere.sock", retry=Retry(NoBackoff(), 0))
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "redis", nowhere)
        assert combine(board) == 2
        assert part(board.stage_id, 1, 9).total == 2
    nowhere.close()
    assert not redis_client().exists(keys_of(board.stage_id).meta)
    assert run_jobs() == 1
    assert part(board.stage_id, 1, 9).version > 0
