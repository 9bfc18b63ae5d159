"""A02: kill -9 of the whole database while a thousand people save; and no start without durability."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.drill import people, sizes
from tests.drill.figures import Figure, at_most, exactly, told
from tests.drill.oracle import verdict_figures
from tests.drill.savers import Savers
from tests.drill.site import environment, kill, running_site
from webapp.config import ROOT
from webapp.core.db import db
from webapp.supervisor.binaries import postgres_install
from webapp.supervisor.placement import place
from webapp.supervisor.postgres import Postgres
from webapp.supervisor.valkey import Valkey

ROW = "A02"
BACK_S = 30.0
PAUSE_S = 8.0
LAX = (
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("synchronous_commit", "off"),
    ("synchronous_commit", "local"),
)
STARTED = ("-m webapp.main release", "-c import webapp.wsgi", "-m webapp.worker", "-m webapp.schedule")
"""Every way in which the application begins to work on a database."""


def run() -> Iterator[Figure]:
    """Five rounds under load, then the durability settings one by one."""
    yield from _rounds()
    yield from _refusals()


def _rounds() -> Iterator[Figure]:
    with running_site() as site, tempfile.TemporaryDirectory() as name:
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            sitting = people.sitters(app, exam, sizes.SAVERS)
            load = Savers(site.port, sitting, Path(name), sizes.PACE_S)
            time.sleep(sizes.PACE_S + 2)
            kills = []
            for _ in range(sizes.DATABASE_KILLS):
                victims = site.database_pids()
                assert len(victims) > 3, "the database was not running"
                kills.append(time.time())
                kill(victims)
                time.sleep(PAUSE_S)
            ended = time.time()
            journal = load.stop()
            for engine in db.engines.values():
                engine.dispose()
            worst = max(map(journal.longest_silence_s, kills, [*kills[1:], ended]))
            done = f"kill -9 of all database processes, {len(kills)} rounds, {len(sitting)} savers: longest silence"
            yield at_most(ROW, done, worst, BACK_S, "s")
            yield told(ROW, "99 of 100 answers acknowledged within", f"{journal.wait_s(0.99):.2g} s")
            yield from verdict_figures(ROW, journal, exam.exam_id)


def _refusals() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="jsd") as name:
        folder = Path(name)
        (folder / "s").mkdir(mode=0o700)
        placement = place(postgres_install(), folder)
        server = Postgres(placement.install, placement.data, folder / "s", placement.identity)
        server.output = subprocess.DEVNULL
        valkey = Valkey(folder / "valkey", folder, durable=False, output=subprocess.DEVNULL)
        server.create()
        valkey.start()
        try:
            for setting, value in LAX:
                server.settings = {setting: value}
                server.start()
                urls = {"DATABASE_URL": server.url("postgres"), "REDIS_URL": valkey.url}
                started = [
                    words for words in STARTED if not _refuses(words, environment(folder / "var", urls))
                ]
                server.stop()
                what = f"started with {setting} = {value}" + (f" ({', '.join(started)})" if started else "")
                yield exactly(ROW, what, len(started))
        finally:
            server.stop()
            valkey.stop()


def _refuses(words: str, environ: dict[str, str]) -> bool:
    """Whether it ends by itself with a fault that names durability."""
    option, _, rest = words.partition(" ")
    command = [sys.executable, option, *([rest] if option == "-c" else rest.split())]
    try:
        done = subprocess.run(
            command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode != 0 and "may lose answers shown as saved" in done.stdout + done.stderr
