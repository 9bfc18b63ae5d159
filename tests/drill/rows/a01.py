"""A01: kill -9 of random web workers while a thousand people save."""

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.drill import people, sizes
from tests.drill.figures import Figure, at_most, told
from tests.drill.oracle import verdict_figures
from tests.drill.savers import Savers
from tests.drill.site import command_of, kill, running_site, seconds_until

ROW = "A01"
BACK_S = 5.0
PAUSE_S = 4.0


def run() -> Iterator[Figure]:
    """Twenty workers one by one, then the web's own parent."""
    with running_site() as site, tempfile.TemporaryDirectory() as name:
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            sitting = people.sitters(app, exam, sizes.SAVERS)
            load = Savers(site.port, sitting, Path(name), sizes.PACE_S)
            chance = random.Random(1)
            time.sleep(sizes.PACE_S + 2)
            kills, replaced, whole = [], [], len(site.web_workers())
            for _ in range(sizes.WEB_KILLS):
                victim = chance.choice(site.web_workers())
                kills.append(time.time())
                kill([victim])
                replaced.append(seconds_until(lambda: len(site.web_workers()) >= whole))
                time.sleep(chance.uniform(0.5, 1.5) * PAUSE_S)
            parents = [pid for pid in site.pids("web") if pid not in site.web_workers()]
            parent_at = time.time()
            kill([pid for pid in parents if "granian" in command_of(pid)])
            time.sleep(10)
            journal = load.stop()
            done = f"kill -9 of {len(kills)} web workers, {len(sitting)} savers"
            ends = [*kills[1:], parent_at]
            worst = max(map(journal.longest_silence_s, kills, ends))
            yield at_most(ROW, f"{done}: longest silence", worst, BACK_S, "s")
            yield told(ROW, "a killed worker process was replaced after at most", f"{max(replaced):.2g} s")
            silence_s = journal.longest_silence_s(parent_at, parent_at + 10)
            yield at_most(ROW, "kill -9 of the web's parent: longest silence", silence_s, BACK_S, "s")
            yield told(ROW, "99 of 100 answers acknowledged within", f"{journal.wait_s(0.99):.2g} s")
            yield from verdict_figures(ROW, journal, exam.exam_id)
