"""G03: Redis goes away under load and comes back: the exam goes on, the backlog clears by itself."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from tests.drill import people, sizes
from tests.drill.browsers import sign_in, start_and_submit
from tests.drill.figures import Figure, at_most, exactly
from tests.drill.oracle import verdict_figures
from tests.drill.savers import Savers
from tests.drill.site import running_site, seconds_until
from webapp.core.db import db
from webapp.supervisor.valkey import Valkey

ROW = "G03"
DOWN_S = 600.0
CLEARED_S = 300.0


def run() -> Iterator[Figure]:
    """Redis down for ten minutes (divided), with people who save, start, submit and sign in meanwhile."""
    with tempfile.TemporaryDirectory(prefix="jsd") as name:
        folder = Path(name)
        valkey = Valkey(folder / "valkey", folder, output=subprocess.DEVNULL)
        valkey.start()
        try:
            with running_site({"REDIS_URL": f"{valkey.url}?db=0"}) as site, site.app().app_context():
                app = site.app()
                exam = people.open_an_exam()
                saving = people.sitters(app, exam, sizes.SAVERS // 2)
                starting = people.sitters(app, exam, 60, start=False)
                logins = people.with_passwords(20)
                load = Savers(site.port, saving, folder, sizes.PACE_S)
                time.sleep(sizes.PACE_S)
                valkey.stop()
                end = time.monotonic() + sizes.scaled(DOWN_S)
                faults: dict[str, int] = {"starts and submits": 0, "sign-ins": 0}
                for sitter, login in zip(starting, (logins * 3), strict=True):
                    faults["starts and submits"] += not start_and_submit(site.port, exam.exam_id, sitter)
                    faults["sign-ins"] += not sign_in(site.port, *login)
                    time.sleep(max(0.0, (end - time.monotonic()) / len(starting) / 2))
                time.sleep(max(0.0, end - time.monotonic()))
                down_s = sizes.scaled(DOWN_S)
                waiting = _ungraded()
                valkey.start()
                cleared_s = seconds_until(lambda: _ungraded() == 0, CLEARED_S + 10)
                journal = load.stop()
                for what, count in faults.items():
                    yield exactly(
                        ROW, f"Redis down {down_s:.0f} s: failed {what} (of {len(starting)})", count
                    )
                what = f"backlog of {waiting} papers graded after Redis is back"
                yield at_most(ROW, what, cleared_s, CLEARED_S, "s")
                yield from verdict_figures(ROW, journal, exam.exam_id)
        finally:
            valkey.stop()


def _ungraded() -> int:
    found = db.session.scalar(text("SELECT count(*) FROM sheets WHERE state = 'submitted'"))
    db.session.rollback()
    return int(found or 0)
