"""B01: ten thousand random events with readers, Redis wiped again and again: every rank equals SQL,
and nobody ever sees an empty or half board."""

import random
import threading
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.integration.leaderboard.boards import (
    Board,
    Contestant,
    combine,
    grade,
    learn,
    make_board,
    time_used_s,
)
from webapp.core.db import db
from webapp.core.redis import redis_client
from webapp.leaderboard import jobs
from webapp.leaderboard.queries.order import Slice, group_at, near, part, sql_group_at, sql_near, sql_part
from webapp.leaderboard.rules.rank import last_key, ranks

PEOPLE = 120
EVENTS = 10_000
BATCH = 100
FULL = 300

pytestmark = pytest.mark.slow


class Truth:
    """What the events add up to, in plain fractions."""

    def __init__(self, board: Board) -> None:
        self.theory = {one: Decimal(0) for one in board.people}
        self.points = {one: Decimal(0) for one in board.people}
        self.used = {one: time_used_s(n) for n, one in enumerate(board.people)}

    def place(self, one: Contestant) -> tuple[Decimal, Decimal, int]:
        learned = Fraction(min(self.points[one], Decimal(FULL))) * 100 / FULL
        learning = Decimal(int(learned * 20_000 + 1) // 2).scaleb(-4)
        combined = (learning * 30 + self.theory[one] * 70) / 100
        rounded = combined.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return -rounded, -self.theory[one], self.used[one]

    def order(self) -> list[tuple[int, int]]:
        """(rank, entry id) in order."""
        everybody = sorted(self.theory, key=lambda one: (*self.place(one), last_key("jilin-5", one.number)))
        better = {place: at for at, place in reversed(list(enumerate(map(self.place, everybody))))}
        return [(better[self.place(one)] + 1, one.entry_id) for one in everybody]


def in_thread(app: Flask, work: Callable[[], None], faults: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            with app.app_context():
                work()
        except BaseException as fault:
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def check_whole(seen: Slice, size: int) -> None:
    assert seen.total == PEOPLE, "a half board"
    assert len(seen.entries) == min(size, PEOPLE - seen.first + 1)
    keys = [(entry.key, entry.entry_id) for entry in seen.entries]
    assert keys == sorted(keys)
    assert len({entry.entry_id for entry in seen.entries}) == len(keys)


def shown(seen: Slice) -> list[tuple[int, int]]:
    numbers = ranks([entry.tie_key for entry in seen.entries], "shared", seen.first, seen.better)
    return [(rank, entry.entry_id) for rank, entry in zip(numbers, seen.entries, strict=True)]


def test_every_rank_equals_sql_and_no_board_is_ever_half(app: Flask, session: Session) -> None:
    board = make_board(people=PEOPLE)
    grade([(one, 0) for one in board.people])
    combine(board)
    truth, chance = Truth(board), random.Random(653)
    over, faults, reads = threading.Event(), list[BaseException](), list[int]()

    def read() -> None:
        own = random.Random(threading.get_ident())
        while not over.is_set():
            check_whole(part(board.stage_id, 1, 100), 100)
            first = own.randint(1, PEOPLE)
            check_whole(part(board.stage_id, first, 20), 20)
            seen = near(board.stage_id, own.choice(board.people).entry_id)
            assert 3 <= len(seen.entries) <= 5
            assert seen.total == PEOPLE
            reads.append(1)
            db.session.rollback()

    def wipe() -> None:
        while not over.wait(0.15):
            redis_client().flushdb()
            if chance.random() < 0.5:
                jobs.rebuild_standings(board.stage_id, is_full=0)

    def happen(seed: int, people: tuple[Contestant, ...]) -> None:
        own = random.Random(seed)
        for _ in range(EVENTS // BATCH // 2):
            half = own.sample(people, BATCH // 2)
            scores = {
                one: Decimal(own.choice((0, 599_999, 600_000, own.randint(0, 10**6)))).scaleb(-4)
                for one in half
            }
            points = {one: Decimal(own.choice((1, 5, 10))) for one in own.sample(people, BATCH // 2)}
            grade(list(scores.items()))
            learn(board, list(points.items()))
            truth.theory.update(scores)
            for one, amount in points.items():
                truth.points[one] += amount
            combine(board, list(scores.keys() | points.keys()))

    middle = PEOPLE // 2
    readers = [in_thread(app, read, faults) for _ in range(2)]
    wiper = in_thread(app, wipe, faults)
    writers = [
        in_thread(app, lambda: happen(1, board.people[:middle]), faults),
        in_thread(app, lambda: happen(2, board.people[middle:]), faults),
    ]
    for thread in writers:
        thread.join()
    over.set()
    for thread in (*readers, wiper):
        thread.join()
    assert faults == []
    assert len(reads) > 20
    jobs.rebuild_standings(board.stage_id)
    assert part(board.stage_id, 1, 1).version > 0, "the comparison must read Redis"
    assert shown(part(board.stage_id, 1, PEOPLE)) == truth.order()
    assert shown(sql_part(board.stage_id, 1, PEOPLE)) == truth.order()
    for position, one in enumerate(board.people, 1):
        by_redis, by_sql = near(board.stage_id, one.entry_id), sql_near(board.stage_id, one.entry_id)
        assert (by_redis.entries, by_redis.first, by_redis.better) == (
            by_sql.entries,
            by_sql.first,
            by_sql.better,
        )
        assert group_at(board.stage_id, position) == sql_group_at(board.stage_id, position)
    assert session.execute(text("SELECT count(*) FROM component_scores")).scalar_one() > EVENTS / 4


def test_every_position_reads_the_same_both_ways(session: Session) -> None:
    board = make_board(people=30)
    grade([(one, 60 + n // 7) for n, one in enumerate(board.people)])
    combine(board)
    for first in range(1, 34):
        for size in (1, 5, 40):
            by_redis, by_sql = part(board.stage_id, first, size), sql_part(board.stage_id, first, size)
            assert (by_redis.entries, by_redis.total, by_redis.better) == (
                by_sql.entries,
                by_sql.total,
                by_sql.better,
            )
    assert near(board.stage_id, 10**12).entries == () == sql_near(board.stage_id, 10**12).entries
