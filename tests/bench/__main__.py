"""`make bench`: saves, heartbeats, quiz answers, starts, grading and the top-100 fragment over HTTP, each
against a bare handler in the same run. Machines drift, so only ratios mean something; three interleaved
rounds, medians."""

import json
import os
import statistics
import sys
import time

import psycopg
from psycopg.sql import SQL, Identifier, Literal
from redis import Redis

from tests.bench.load import Outcome, request, run
from tests.bench.quizzes import quiz_posts
from tests.bench.watching import beat_posts, open_players
from tests.bench.world import BROWSER, EVENT, Sitter, World, world
from webapp.contests import service as contests
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.exam.service import grading, hot, submitting

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "400"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
LANES = 32
ROUNDS = 3
STEPS = 60
GOALS = {"save": 0.5, "heartbeat": 0.5, "quiz": 0.05, "start": 0.35, "grade": 0.1, "top": 0.6}


def main() -> int:
    """Run everything, print a table, exit 1 when an answer was wrong (never for a slow machine)."""
    with world(PEOPLE) as here:
        _bare_tables(here)
        print(
            f"{PEOPLE} people, {LANES} connections, {ROUNDS} rounds of {SECONDS:g} s, medians; ratio = ours / bare\n"
        )
        starts = _starts(here)
        leases = _leases(here)
        saves = _saves(here, leases)
        heartbeats = _heartbeats(here)
        answers = _quiz_answers(here)
        grade = _grading(here, leases)
        top = _top(here)
    wrong = _report(
        {"start": starts, "save": saves, "heartbeat": heartbeats, "quiz": answers, "grade": grade, "top": top}
    )
    return 1 if wrong else 0


def _bare_tables(here: World) -> None:
    with psycopg.connect(
        here.database.replace("postgresql+psycopg://", "postgresql://"), autocommit=True
    ) as raw:
        raw.execute("CREATE TABLE bare_saves (id int PRIMARY KEY, answer text, seq int NOT NULL DEFAULT 0)")
        raw.execute("CREATE TABLE bare_starts (id bigint GENERATED ALWAYS AS IDENTITY, paper int[])")


def _browser_headers(sitter: Sitter, json_body: bool = False) -> list[tuple[str, str]]:
    kind = "application/json" if json_body else "application/x-www-form-urlencoded"
    return [
        ("User-Agent", BROWSER),
        ("Cookie", sitter.cookie),
        ("X-CSRFToken", sitter.csrf),
        ("Content-Type", kind),
        ("Accept", "application/json, text/html"),
    ]


def _starts(here: World) -> tuple[list[Outcome], list[Outcome]]:
    """Everybody starts once: pre-drawn papers, one guarded update each; bare: INSERT and ready bytes."""
    share = len(here.sitters) // ROUNDS
    ours, bare = [], []
    for number in range(ROUNDS):
        part = here.sitters[number * share : (number + 1) * share]
        posts = [
            request("POST", f"/exams/{here.exam_id}/start", b"confirm=1", _browser_headers(sitter))
            for sitter in part
        ]
        lanes = [posts[lane::LANES] for lane in range(LANES) if posts[lane::LANES]]
        ours.append(run(here.app_port, lanes, 60, once=True, expect=303))
        plain = [[request("POST", "/start", b"confirm=1")] * len(lane) for lane in lanes]
        bare.append(run(here.bare_port, plain, 60, once=True))
    return ours, bare


def _leases(here: World) -> dict[int, str]:
    """Take every paper over, so that the generator holds the leases."""
    found = {}
    for sitter in here.sitters:
        row = db.session.execute(
            db.text("SELECT lease, state FROM sheets WHERE attempt_id = :id"), {"id": sitter.attempt_id}
        ).one()
        if row.state == "open":
            found[sitter.attempt_id] = row.lease
        else:
            found[sitter.attempt_id] = hot.start(
                sitter.attempt_id, sitter.person_id, "bench", clock.now()
            ).lease
    db.session.rollback()
    return found


def _saves(here: World, leases: dict[int, str]) -> tuple[list[Outcome], list[Outcome]]:
    """Every connection saves answers of its own people, one after the other as a browser does; enough that
    none is sent twice. bare: one UPSERT, one commit."""
    ours, bare = [], []
    for number in range(ROUNDS):
        lanes: list[list[bytes]] = [[] for _ in range(LANES)]
        for place, sitter in enumerate(here.sitters):
            for step in range(STEPS):
                items = [{"slot": step, "seq": 1 + number, "answer": "A", "flag": False}]
                body = json.dumps({"lease": leases[sitter.attempt_id], "items": items}).encode()
                lanes[place % LANES].append(
                    request(
                        "POST",
                        f"/attempts/{sitter.attempt_id}/answers",
                        body,
                        _browser_headers(sitter, json_body=True),
                    )
                )
        ours.append(run(here.app_port, lanes, SECONDS))
        plain = [[request("POST", "/save", b'{"slot":1,"seq":1,"answer":"A"}')] for _ in range(LANES)]
        bare.append(run(here.bare_port, plain, SECONDS))
    return ours, bare


def _quiz_answers(here: World) -> tuple[list[Outcome], list[Outcome]]:
    """Everybody answers two questions of a quiz a round: marked, credited under the caps, the verdict rendered;
    bare: one UPSERT, one commit."""
    posts = quiz_posts(here, a_person=2 * ROUNDS)
    share = len(posts) // ROUNDS
    ours, bare = [], []
    for number in range(ROUNDS):
        part = posts[number * share : (number + 1) * share]
        lanes = [part[lane::LANES] for lane in range(LANES) if part[lane::LANES]]
        ours.append(run(here.app_port, lanes, 60, once=True))
        plain = [[request("POST", "/save", b'{"slot":1,"seq":1,"answer":"A"}')] * len(lane) for lane in lanes]
        bare.append(run(here.bare_port, plain, 60, once=True))
    return ours, bare


def _heartbeats(here: World) -> tuple[list[Outcome], list[Outcome]]:
    """Every connection plays the videos of its people, beat after beat; bare: one UPSERT, one commit."""
    ours, bare = [], []
    players = open_players(here)
    for number in range(ROUNDS):
        posts = beat_posts(here, players, number)
        lanes = [posts[lane::LANES] for lane in range(LANES)]
        ours.append(run(here.app_port, lanes, SECONDS))
        plain = [[request("POST", "/save", b'{"spans":[[0,15]],"at":15}')] for _ in range(LANES)]
        bare.append(run(here.bare_port, plain, SECONDS))
    return ours, bare


def _grading(here: World, leases: dict[int, str]) -> tuple[list[Outcome], list[Outcome]]:
    """Papers graded per second by the job's own code, a third of all in each round; bare: the chunk job below."""
    share = len(here.sitters) // ROUNDS
    ours, bare = [], []
    for number in range(ROUNDS):
        part = here.sitters[number * share : (number + 1) * share]
        for sitter in part:
            with transaction():
                submitting.submit(sitter.attempt_id, sitter.person_id, leases[sitter.attempt_id], clock.now())
        started, graded, after = time.monotonic(), 0, 0
        while True:
            with transaction():
                batch = grading.grade_batch(here.exam_id, after)
            if batch.is_empty:
                break
            graded, after = graded + batch.graded, batch.last
        ours.append(Outcome(graded, time.monotonic() - started, len(part) - graded))
        bare.append(_bare_grading(here, f"bare_sheets_{number}", [sitter.attempt_id for sitter in part]))
    return ours, bare


def _bare_grading(here: World, table: str, attempt_ids: list[int]) -> Outcome:
    """The bare chunk job: select sheets in chunks of 500, compare every answer with its key, update the
    chunk by unnest, put the totals on a sorted set."""
    keys = dict.fromkeys(range(100000), "A")
    board = Redis.from_url(here.redis)
    with psycopg.connect(here.database.replace("postgresql+psycopg://", "postgresql://")) as raw:
        raw.execute(
            SQL(
                "CREATE TABLE {} AS SELECT s.attempt_id, a.paper, s.answers, 0::numeric AS mark"
                " FROM sheets s JOIN attempts a ON a.id = s.attempt_id WHERE s.attempt_id = ANY({})"
            ).format(Identifier(table), Literal(attempt_ids))
        )
        raw.execute(SQL("CREATE UNIQUE INDEX ON {} (attempt_id)").format(Identifier(table)))
        raw.commit()
        started, last, done = time.monotonic(), 0, 0
        while True:
            rows = raw.execute(
                SQL(
                    "SELECT attempt_id, paper, answers FROM {} WHERE attempt_id > %s ORDER BY attempt_id LIMIT 500"
                ).format(Identifier(table)),
                (last,),
            ).fetchall()
            if not rows:
                break
            marks = [
                (
                    attempt_id,
                    sum(
                        keys[version_id] == answer for version_id, answer in zip(paper, answers, strict=True)
                    ),
                )
                for attempt_id, paper, answers in rows
            ]
            raw.execute(
                SQL(
                    "UPDATE {} b SET mark = n.mark FROM unnest(%s::int[], %s::numeric[]) AS n(id, mark)"
                    " WHERE b.attempt_id = n.id"
                ).format(Identifier(table)),
                ([row[0] for row in marks], [row[1] for row in marks]),
            )
            raw.commit()
            pipeline = board.pipeline()
            for attempt_id, total in marks:
                pipeline.zadd("bare", {str(attempt_id): total})
            pipeline.execute()
            last, done = rows[-1][0], done + len(rows)
        return Outcome(done, time.monotonic() - started, 0)


def _top(here: World) -> tuple[list[Outcome], list[Outcome]]:
    """The public fragment of the first hundred, as pollers ask for it; bare: constant bytes."""
    with transaction():
        contests.mark_rechecked(here.stage_id, clock.now())
    path = f"/boards/jilin-5/{EVENT}/preliminary/rows"
    ours, bare = [], []
    for _ in range(ROUNDS):
        get = request("GET", path, headers=[("HX-Request", "true"), ("Accept", "text/html")])
        ours.append(run(here.app_port, [[get]] * LANES, SECONDS))
        bare.append(run(here.bare_port, [[request("GET", "/top")]] * LANES, SECONDS))
    return ours, bare


def _report(found: dict[str, tuple[list[Outcome], list[Outcome]]]) -> int:
    wrong = 0
    print(f"{'':10}{'ours/s':>10}{'bare/s':>10}{'ratio':>8}{'goal':>7}")
    for name, (ours, bare) in found.items():
        ratio = statistics.median(a.rate / b.rate for a, b in zip(ours, bare, strict=True) if b.rate)
        ours_rate = statistics.median(item.rate for item in ours)
        bare_rate = statistics.median(item.rate for item in bare)
        failures = sum(item.wrong for item in (*ours, *bare))
        wrong += failures
        note = (
            f"  {failures} wrong: {next(item.sample for item in (*ours, *bare) if item.sample)}"
            if failures
            else ""
        )
        print(f"{name:10}{ours_rate:10.0f}{bare_rate:10.0f}{ratio:8.2f}{GOALS[name]:7.2f}{note}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
