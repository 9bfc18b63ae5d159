"""O01: the machine is lost in the middle of an exam; a new one goes on from base backup and archive.

The commands are those of the runbook (webapp/docs/operations.md, "Restore to an instant")."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from tests.drill import people, sizes
from tests.drill.figures import Figure, at_least, at_most, exactly
from tests.drill.oracle import compare
from tests.drill.people import Exam
from tests.drill.savers import Journal, Savers
from tests.drill.site import environment, kill, running_site
from webapp.audit import queries as audit
from webapp.config import ROOT
from webapp.core.db import db
from webapp.exam.jobs import sweep_expired
from webapp.supervisor.postgres import ARCHIVE_EVERY_S

ROW = "O01"
BACK_S = 3600.0
LOST_S = 60.0

_TWICE = text(
    "SELECT count(*) FROM (SELECT 1 FROM grades GROUP BY attempt_id, version HAVING count(*) > 1) AS d"
)
_KEPT = text("SELECT attempt_id, slot, seq FROM answer_events")


def run() -> Iterator[Figure]:
    """Twice from the same ruins: to an instant inside the exam, and to the last archived change."""
    with tempfile.TemporaryDirectory(prefix="jso") as name:
        folder = Path(name)
        archive = folder / "archive"
        journal, exam, instant, lost_at = _exam_until_the_end(folder, archive)
        for kind, until in (("instant", instant), ("latest", None)):
            var = folder / kind
            began = time.monotonic()
            _command(
                ["restore-base", str(folder / "backup"), "--archive", str(archive)]
                + (["--until", until.isoformat()] if until else []),
                environment(var, {}),
            )
            with running_site(var=var) as site, site.app().app_context():
                took_s = time.monotonic() - began
                if until:
                    yield from _at_instant(journal, exam, until, took_s)
                else:
                    yield from _at_the_end(journal, lost_at, took_s)


def _exam_until_the_end(folder: Path, archive: Path) -> tuple[Journal, Exam, datetime, float]:
    """A base backup during the exam, an instant to remember, and then the machine is gone."""
    with running_site({"JIANGSAI_ARCHIVE": str(archive)}, folder / "var") as site:
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            load = Savers(site.port, people.sitters(app, exam, sizes.SAVERS // 5), folder, sizes.PACE_S)
            time.sleep(sizes.PACE_S)
            _command(["backup", str(folder / "backup"), "--base"], dict(site.environ))
            time.sleep(2 * sizes.PACE_S)
            instant = datetime.now(UTC)
            time.sleep(ARCHIVE_EVERY_S + 2 * sizes.PACE_S)
            lost_at = time.time()
            kill([site.supervisor.pid, *site.database_pids()])
            journal = load.stop()
            for engine in db.engines.values():
                engine.dispose()
        return journal, exam, instant, lost_at


def _at_instant(journal: Journal, exam: Exam, until: datetime, took_s: float) -> Iterator[Figure]:
    at = until.timestamp()
    sent = [change for change in journal.changes if change.sent_at <= at]
    as_of_then = Journal(
        [replace(c, acked_at=c.acked_at if c.acked_at and c.acked_at <= at else None) for c in sent]
    )
    found = compare(as_of_then, exam.exam_id)
    yield at_most(
        ROW, "back from base backup and archive, at an instant inside the exam", took_s, BACK_S, "s"
    )
    yield at_least(ROW, "answers acknowledged before that instant", len(as_of_then.acked), 100)
    yield exactly(ROW, "of these missing", found.lost)
    yield exactly(ROW, "answers of later than that instant", found.phantom)
    yield from _verifiers()


def _at_the_end(journal: Journal, lost_at: float, took_s: float) -> Iterator[Figure]:
    kept = {tuple(row) for row in db.session.execute(_KEPT)}
    db.session.rollback()
    missing = [c.acked_at for c in journal.acked if (c.attempt_id, c.slot, c.seq) not in kept]
    oldest_s = max((lost_at - at for at in missing if at is not None), default=0.0)
    yield at_most(ROW, "back at the last archived change", took_s, BACK_S, "s")
    yield at_most(ROW, "age of the oldest answer that went with the disk", max(0.0, oldest_s), LOST_S, "s")
    yield from _verifiers()


def _verifiers() -> Iterator[Figure]:
    """What the runbook has checked before the site opens again."""
    db.session.rollback()
    chain = audit.chain_state(recompute=True)
    yield exactly(ROW, "audit chain broken", int(chain.is_intact is not True))
    sweep_expired()
    yield exactly(ROW, "papers graded twice", int(db.session.scalar(_TWICE) or 0))
    db.session.rollback()


def _command(words: list[str], environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "webapp.main", *words],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
