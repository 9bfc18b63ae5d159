"""I01, its timing part: hostile files come in by the web while people save; so does a large workbook."""

import http.client
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import TextClause, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests import factories
from tests.drill import people, sizes
from tests.drill.figures import Figure, at_least, at_most, exactly, told
from tests.drill.oracle import verdict_figures
from tests.drill.savers import Journal, Savers
from tests.drill.site import Site, running_site
from tests.functional.doors import hostile
from webapp.access.permissions import Role
from webapp.banks.formats.template import write_workbook
from webapp.banks.formats.toml_bank import read_folder
from webapp.config import ROOT
from webapp.core.db import db
from webapp.core.transaction import transaction

ROW = "I01"
MORE_PCT = 10.0
QUIET_S = 20.0
CHECKED_ROWS, QUESTIONS_SHIPPED = 20_000, 300
COPIES = -(-CHECKED_ROWS // QUESTIONS_SHIPPED)
CHECK_S, CHECK_MB = 10.0, 512.0
BETWEEN_S = 2.0
"""Between two hostile files."""
ASKED_EVERY_S = 0.25
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
_STATE = text("SELECT state FROM bank_uploads WHERE id = :id")
_LATEST = text("SELECT coalesce(max(id), 0) FROM bank_uploads")
_DONE = ("parsed", "failed")

Headers = tuple[tuple[str, str], ...]


def run() -> Iterator[Figure]:
    """A check by itself in seconds and megabytes; p95 of saves before and during the refusal of hostile files,
    beside a processor that is busy with nothing, and during the reading of thousands of rows."""
    yield from _alone()
    with running_site() as site, tempfile.TemporaryDirectory() as name:
        app = site.app()
        del app.extensions["jobs_inline"]  # this row wants the real worker
        with app.app_context():
            exam = people.open_an_exam()
            sitting = people.sitters(app, exam, max(50, sizes.SAVERS // 5))
            with transaction():
                setter = people.browser(app, factories.make_staff(Role.QUESTION_SETTER).id)
            _open_a_bank(site, setter)
            workbook, rows = _workbook()
            harm = {kind: make() for kind, make in {**hostile.ARCHIVES, **hostile.PLAIN}.items()}
            load = Savers(site.port, sitting, Path(name), sizes.PACE_S / 2)
            time.sleep(sizes.PACE_S + 1)
            quiet = _window(lambda: time.sleep(QUIET_S))
            refused: dict[str, float] = {}
            attacked = _window(lambda: refused.update(_refusals(site, setter, harm)))
            with _idle_process():
                beside = _window(lambda: time.sleep(QUIET_S / 2))
            said: list[str] = []
            reading = _window(lambda: said.append(_read(site, setter, "large.xlsx", workbook)))
            journal = load.stop()
            yield from _refusal_figures(refused)
            p95 = {window: _p95_ms(journal, *window) for window in (quiet, attacked, beside, reading)}
            yield _more("hostile files were refused", p95[attacked], "in peace", p95[quiet])
            seconds = reading[1] - reading[0]
            yield told(ROW, f"a workbook of {rows} rows was read in", f"{seconds:.1f} s ({said[0]})")
            yield at_least(ROW, "saves meanwhile", _count(journal, *reading), 20)
            yield told(
                ROW, "save p95 in peace and while it was read", f"{p95[quiet]:.1f}, {p95[reading]:.1f} ms"
            )
            yield _more("it was read", p95[reading], "beside a busy processor", p95[beside])
            yield from verdict_figures(ROW, journal, exam.exam_id)


def _more(what: str, during: float, other: str, before: float) -> Figure:
    more = max(0.0, during - before - FLOOR_MS) / before * 100
    done = f"save p95 while {what} {during:.0f} ms, {other} {before:.0f} ms: more by"
    return at_most(ROW, done, more, MORE_PCT, "%")


def _window(work: Callable[[], object]) -> tuple[float, float]:
    start = time.time()
    work()
    return start, time.time()


@contextmanager
def _idle_process() -> Iterator[None]:
    """A program that reckons without end and gives way like the worker of files: what a processor that does
    anything at all costs its neighbours on this machine."""
    code = (
        "import os\nos.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: sum(range(99999))"
    )
    busy = subprocess.Popen([sys.executable, "-c", code if hasattr(os, "SCHED_IDLE") else code[10:]])
    try:
        yield
    finally:
        busy.kill()
        busy.wait()


def _open_a_bank(site: Site, setter: Headers) -> None:
    status, said = _post(site, setter, "/staff/banks/new", {"title": "演练", "code": "drill"})
    assert status == 303, said


def _refusals(site: Site, setter: Headers, harm: dict[str, bytes]) -> dict[str, float]:
    """Seconds until each file was refused; infinite for one that was taken in."""
    found = {}
    for kind, content in harm.items():
        start = time.time()
        state = _read(site, setter, f"{kind}.xlsx", content)
        found[kind] = time.time() - start if state in {"failed", "422", "413"} else float("inf")
        time.sleep(BETWEEN_S)
    return found


def _read(site: Site, setter: Headers, file_name: str, content: bytes) -> str:
    """The state in which an uploaded file ends, or the status by which the web refused it."""
    before = _scalar(_LATEST)
    upload = FileStorage(io.BytesIO(content), file_name, name="file")
    status, _ = _post(site, setter, "/staff/banks/drill/upload", {"file": upload})
    upload_id = _scalar(_LATEST)
    if status != 303 or upload_id == before:
        return str(status)
    while _scalar(_STATE, id=upload_id) not in _DONE:
        time.sleep(ASKED_EVERY_S)
    return str(_scalar(_STATE, id=upload_id))


def _post(site: Site, setter: Headers, path: str, fields: dict[str, object]) -> tuple[int, str]:
    boundary, body = encode_multipart(fields)
    wire = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    headers = {**dict(setter), "Content-Type": f"multipart/form-data; boundary={boundary}"}
    wire.request("POST", path, body, headers)
    answer = wire.getresponse()
    said = answer.read().decode()
    wire.close()
    return answer.status, said


def _refusal_figures(refused: dict[str, float]) -> Iterator[Figure]:
    slowest = max(refused, key=lambda kind: refused[kind])
    yield at_least(ROW, "hostile files sent by the web", len(refused), 20)
    yield at_most(ROW, f"longest refusal ({slowest})", refused[slowest], CHECK_S, "s")


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


def _scalar(wanted: TextClause, **values: int) -> Any:
    found = db.session.scalar(wanted, values)
    db.session.rollback()
    return found


def _count(journal: Journal, start: float, end: float) -> int:
    return sum(start <= change.sent_at < end for change in journal.acked)


def _p95_ms(journal: Journal, start: float, end: float) -> float:
    waits = sorted((c.acked_at or 0) - c.sent_at for c in journal.acked if start <= c.sent_at < end)
    return waits[int(0.95 * len(waits))] * 1000 if waits else float("inf")
