"""O04: a small disk fills up: no false "saved", the rest makes way for the exam, and no repair is needed.

A memory file system of its own (mount -t tmpfs) holds the whole var folder: data, WAL and uploads. Where
mounting is not allowed the row says so and counts as missed."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.drill import people, sizes
from tests.drill.browsers import ask
from tests.drill.figures import Figure, at_least, at_most, exactly, told
from tests.drill.oracle import compare
from tests.drill.savers import Journal, Savers
from tests.drill.site import Site, running_site
from webapp.core.db import db
from webapp.operations.database_tools import connect

ROW = "O04"
SIZE_MB = 700
LOW, FULL = 0.12, 0.0
BACK_S = 30.0
USE_UP_S = 60.0


def run() -> Iterator[Figure]:
    """Fill to below 15 %, then to the brim, then make space again."""
    with _small_disk() as disk, running_site(var=disk / "var") as site, tempfile.TemporaryDirectory() as name:
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            sitting = people.sitters(app, exam, max(50, sizes.SAVERS // 5))
            load = Savers(site.port, sitting, Path(name), sizes.PACE_S)
            time.sleep(sizes.PACE_S + 1)
            fill = disk / "fill"
            _fill(fill, disk, LOW)
            time.sleep(3)
            low_at = time.time()
            refused = _learning_is_refused(site, dict(sitting[0].headers))
            time.sleep(sizes.PACE_S)
            full_at = time.time()
            _fill(fill, disk, FULL)
            filled = _free_share(disk)
            _use_up(site)
            spent_at = time.time()
            time.sleep(3 * sizes.PACE_S)
            freed_at = time.time()
            fill.unlink()
            time.sleep(BACK_S)
            journal = load.stop()
            again = [at for change in journal.acked if (at := change.acked_at or 0) > freed_at + 0.5]
            back_s = min(again, default=float("inf")) - freed_at
            for engine in db.engines.values():
                engine.dispose()
            yield exactly(ROW, "below 15 % free: learning and uploads refused with 503", refused, 2)
            yield at_least(ROW, "saves that went on below 15 % free", _acked(journal, low_at, full_at), 10)
            yield at_most(ROW, "free when it was full", filled * 100, 1, "%")
            left = [c for c in journal.changes if spent_at < c.sent_at < freed_at]
            waited = sum((c.acked_at or freed_at) >= freed_at for c in left)
            yield told(ROW, "saves not acknowledged as long as it was full", f"{waited} of {len(left)}")
            yield at_most(ROW, "saves work again after space was made, without a repair", back_s, BACK_S, "s")
            found = compare(journal, exam.exam_id)
            yield exactly(ROW, f'"saved" said but not stored, {len(journal.acked)} acknowledged', found.lost)
            yield exactly(ROW, "answers stored that nobody sent", found.phantom)
            yield exactly(ROW, "saves refused for good", len(journal.refused))
            yield at_least(ROW, "saves after space was made", _acked(journal, freed_at, time.time()), 10)


@contextmanager
def _small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="jso") as name:
        done = subprocess.run(
            ["/bin/mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=711", "tmpfs", name],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise PermissionError(f"a small disk cannot be mounted here: {done.stderr.strip()}")
        try:
            yield Path(name)
        finally:
            subprocess.run(["/bin/umount", "-l", name], check=True)


def _use_up(site: Site) -> None:
    """Write rows until the database itself says that there is no space: what it had reserved is gone too."""
    with suppress(psycopg.Error), connect(site.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("CREATE TABLE junk (words text)")
        end = time.monotonic() + USE_UP_S
        while time.monotonic() < end:
            owner.execute(
                "INSERT INTO junk SELECT repeat(md5(n::text), 30) FROM generate_series(1, 5000) AS n"
            )


def _free_share(disk: Path) -> float:
    state = os.statvfs(disk)
    return state.f_bavail / state.f_blocks


def _fill(path: Path, disk: Path, share: float) -> None:
    """Grow a file until so much of the disk is free; to the last byte when it is to be full."""
    with path.open("ab", buffering=0) as handle:
        while _free_share(disk) > share:
            state = os.statvfs(disk)
            wanted = int((_free_share(disk) - share) * state.f_blocks * state.f_frsize)
            try:
                handle.write(b"\\0" * max(4096, min(wanted, 4_000_000)))
            except OSError:
                return


def _learning_is_refused(site: Site, headers: dict[str, str]) -> int:
    """How many of two requests that would fill the disk are turned away."""
    learning = ask(site.port, "POST", "/learning/players/none/beat", headers, {})
    multipart = headers | {"Content-Type": "multipart/form-data; boundary=x"}
    upload = ask(site.port, "POST", "/sign-up", multipart)
    return sum(reply.status == 503 for reply in (learning, upload))


def _acked(journal: Journal, start: float, end: float) -> int:
    return sum(start <= (change.acked_at or 0) <= end for change in journal.acked)
