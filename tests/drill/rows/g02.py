"""G02: Redis emptied again and again during saves, grading and a live board."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from redis import Redis
from sqlalchemy import text

from tests.drill import people, sizes
from tests.drill.browsers import ask, sign_in, start_and_submit
from tests.drill.figures import Figure, at_most, exactly
from tests.drill.oracle import verdict_figures
from tests.drill.savers import Savers
from tests.drill.site import Site, running_site, seconds_until
from webapp.accounts.rules.lockout import LOCK_AFTER
from webapp.contests import service as contests
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.leaderboard.queries.order import keys_of, member_of
from webapp.operations.database_tools import connect

ROW = "G02"
FLUSHES = 12
PAUSE_S = 3.0
GRADED_S = 120.0
BOARD_S = 120.0

_WAITING = text("SELECT count(*) FROM sheets WHERE state = 'submitted'")
_ORDER = text(
    "SELECT entry_id, sort_key FROM standings WHERE stage_id = :stage_id ORDER BY sort_key, entry_id"
)


def run() -> Iterator[Figure]:
    """FLUSHALL every few seconds while people save, hand in, and a board is read."""
    with running_site() as site, site.app().app_context(), tempfile.TemporaryDirectory() as name:
        app = site.app()
        exam = people.open_an_exam()
        saving = people.sitters(app, exam, sizes.SAVERS // 2)
        ending = people.sitters(app, exam, 10 * FLUSHES, start=False)
        [rival, *others] = people.with_passwords(4)
        with transaction():
            contests.mark_rechecked(exam.stage_id, clock.now())
        _lock_out(site, rival)
        load = Savers(site.port, saving, Path(name), sizes.PACE_S)
        redis = Redis.from_url(site.environ["REDIS_URL"])
        faults = 0
        for round_ in range(FLUSHES):
            redis.flushall()
            for sitter in ending[round_ * 10 : round_ * 10 + 10]:
                faults += not start_and_submit(site.port, exam.exam_id, sitter)
            ask(site.port, "GET", f"/boards/jilin-5/{people.EVENT}/preliminary/rows", {"HX-Request": "true"})
            time.sleep(PAUSE_S / 2)
        redis.flushall()
        still_locked = not sign_in(site.port, *rival)
        signed_in = sum(_is_signed_in(site, dict(sitter.headers)) for sitter in saving[:50])
        others_in = sum(sign_in(site.port, *other) for other in others)
        graded_s = seconds_until(lambda: _count() == 0, GRADED_S + 10)
        journal = load.stop()
        board_s = seconds_until(lambda: _board_is_right(redis, exam.stage_id), BOARD_S + 10)
        done = f"{FLUSHES + 1} FLUSHALL, {len(saving)} savers, {len(ending)} papers handed in"
        yield at_most(ROW, f"{done}: all graded after", graded_s, GRADED_S, "s")
        yield exactly(ROW, "starts and submits that failed", faults)
        yield at_most(ROW, "the board is in SQL's order after", board_s, BOARD_S, "s")
        yield exactly(ROW, "of 50 signed-in people still signed in", signed_in, min(50, len(saving)))
        yield exactly(ROW, "a locked account let in after Redis was emptied", int(not still_locked))
        yield exactly(ROW, "other people could sign in", others_in, len(others))
        yield from verdict_figures(ROW, journal, exam.exam_id)


def _lock_out(site: Site, login: tuple[str, str]) -> None:
    """As many wrong passwords as lock an account; the pauses between them are shortened in the database."""
    with connect(site.environ["DATABASE_URL"], autocommit=True) as owner:
        for _ in range(LOCK_AFTER):
            owner.execute("UPDATE sign_in_failures SET at = at - interval '40 s'")
            sign_in(site.port, login[0], "wrong")


def _is_signed_in(site: Site, headers: dict[str, str]) -> bool:
    return ask(site.port, "GET", "/exams", headers | {"Accept": "text/html"}).status == 200


def _count() -> int:
    found = int(db.session.scalar(_WAITING) or 0)
    db.session.rollback()
    return found


def _board_is_right(redis: Redis, stage_id: int) -> bool:
    """Whether the board in Redis has everybody in the order of the database."""
    rows = db.session.execute(_ORDER, {"stage_id": stage_id}).all()
    db.session.rollback()
    wanted = [member_of(bytes(row.sort_key), row.entry_id) for row in rows]
    return len(wanted) > 10 and redis.zrange(keys_of(stage_id).order, 0, -1) == wanted
