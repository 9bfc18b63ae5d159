"""I01, its timing part: a large workbook is checked alone, then read by the worker while people save."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from tests.drill import people, sizes
from tests.drill.figures import Figure, at_least, at_most, exactly, told
from tests.drill.oracle import verdict_figures
from tests.drill.savers import Journal, Savers
from tests.drill.site import running_site, seconds_until
from webapp.banks.formats.template import write_workbook
from webapp.banks.formats.toml_bank import read_folder
from webapp.banks.service import uploads
from webapp.config import ROOT
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction

ROW = "I01"
MORE_PCT = 10.0
QUIET_S = 20.0
CHECKED_ROWS, QUESTIONS_SHIPPED = 20_000, 300
COPIES = -(-CHECKED_ROWS // QUESTIONS_SHIPPED)
CHECK_S, CHECK_MB = 10.0, 512.0
FLOOR_MS = 2.0
"""A tenth of a few milliseconds is the clock's noise: so much is always allowed."""

_CHECK = """
import json, resource, sys, time
from pathlib import Path
from webapp.banks.formats.files import read_bank_file
before = time.process_time()
parsed = read_bank_file(Path(sys.argv[1]).read_bytes(), "large.xlsx")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([time.process_time() - before, peak, len(parsed.questions)]))
"""
_BANK = text("SELECT id FROM banks ORDER BY id LIMIT 1")
_STATE = text("SELECT state FROM bank_uploads WHERE id = :id")


def run() -> Iterator[Figure]:
    """A check by itself in seconds and megabytes; p95 of saves before and during the reading of thousands of
    rows."""
    yield from _alone()
    with running_site() as site, tempfile.TemporaryDirectory() as name:
        app = site.app()
        del app.extensions["jobs_inline"]  # this row wants the real worker
        with app.app_context():
            exam = people.open_an_exam()
            sitting = people.sitters(app, exam, max(50, sizes.SAVERS // 5))
            workbook, rows = _workbook()
            load = Savers(site.port, sitting, Path(name), sizes.PACE_S / 2)
            time.sleep(sizes.PACE_S + 1)
            calm_at = time.time()
            time.sleep(QUIET_S)
            reading_at = time.time()
            with keys_scope(), transaction():
                bank_id = int(db.session.scalar(_BANK) or 0)
                upload_id = uploads.receive(bank_id, workbook, "large.xlsx", None)
            seconds_until(lambda: _state(upload_id) in {"parsed", "failed"}, 120)
            ended_at = time.time()
            journal = load.stop()
            before, during = _p95_ms(journal, calm_at, reading_at), _p95_ms(journal, reading_at, ended_at)
            more = max(0.0, during - before - FLOOR_MS) / before * 100
            seconds = ended_at - reading_at
            yield told(
                ROW, f"a workbook of {rows} rows was read in", f"{seconds:.1f} s ({_state(upload_id)})"
            )
            yield at_least(ROW, "saves meanwhile", _count(journal, reading_at, ended_at), 20)
            what = f"save p95 meanwhile {during:.0f} ms, before {before:.0f} ms: more by"
            yield at_most(ROW, what, more, MORE_PCT, "%")
            yield from verdict_figures(ROW, journal, exam.exam_id)


def _alone() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "large.xlsx"
        content, rows = _workbook()
        path.write_bytes(content)
        made = subprocess.run([sys.executable, "-c", _CHECK, path], capture_output=True, check=True)
        seconds, mebibytes, read = json.loads(made.stdout)
    yield exactly(ROW, f"questions read of a workbook of {rows} rows", read, rows)
    yield at_most(ROW, f"processor time of checking {rows} rows", seconds, CHECK_S, "s")
    yield at_most(ROW, f"memory of checking {rows} rows", mebibytes, CHECK_MB, "MB")


def _workbook() -> tuple[bytes, int]:
    """The shipped bank many times over, each copy with keys of its own."""
    questions = read_folder(ROOT / "question_banks" / "work_safety").bank.questions
    found = [
        replace(
            question,
            key=f"{question.key}-{copy}",
            public=replace(question.public, stem=f"{question.public.stem}（{copy}）", picture=""),
        )
        for copy in range(COPIES)
        for question in questions
    ]
    return write_workbook(found), len(found)


def _state(upload_id: int) -> str:
    found = db.session.scalar(_STATE, {"id": upload_id})
    db.session.rollback()
    return str(found)


def _count(journal: Journal, start: float, end: float) -> int:
    return sum(start <= change.sent_at < end for change in journal.acked)


def _p95_ms(journal: Journal, start: float, end: float) -> float:
    waits = sorted((c.acked_at or 0) - c.sent_at for c in journal.acked if start <= c.sent_at < end)
    return waits[int(0.95 * len(waits))] * 1000 if waits else float("inf")
