"""O02: rolling restarts of everything in an open exam, with five hundred people who save.

SIGHUP has the web server replace its workers one after the other, each finishing what it has; worker, live
and clock are ended and started anew, as a deployment does it."""

import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.drill import people, sizes
from tests.drill.browsers import ask
from tests.drill.figures import Figure, at_most, exactly, told
from tests.drill.oracle import verdict_figures
from tests.drill.savers import Savers
from tests.drill.site import Site, parent_of, running_site, seconds_until

ROW = "O02"
EVERY_S, WHOLE_S = 60.0, 1200.0
SILENCE_S = 5.0
TRIES = 2
"""One sending and one automatic repetition."""


def run() -> Iterator[Figure]:
    """Every minute for twenty minutes, both divided."""
    with running_site() as site, tempfile.TemporaryDirectory() as name:
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            sitting = people.sitters(app, exam, sizes.ROLLING_SAVERS)
            load = Savers(site.port, sitting, Path(name), sizes.PACE_S)
            time.sleep(sizes.PACE_S + 1)
            started, replaced = time.time(), []
            rounds = max(3, round(WHOLE_S / EVERY_S / max(1.0, sizes.FACTOR / 2.5)))
            for _ in range(rounds):
                before = time.monotonic()
                replaced.append(_roll(site))
                time.sleep(max(1.0, sizes.scaled(EVERY_S) - (time.monotonic() - before)))
            ended = time.time()
            journal = load.stop()
            tries = Counter(min(change.tries, TRIES + 1) for change in journal.acked)
            done = f"{rounds} rolling restarts with {len(sitting)} savers"
            yield at_most(
                ROW, f"{done}: longest silence", journal.longest_silence_s(started, ended), SILENCE_S, "s"
            )
            yield exactly(ROW, "answers that had to be sent more than twice", tries[TRIES + 1])
            yield told(ROW, "answers sent twice by themselves", str(tries[TRIES]))
            yield told(ROW, "a rolling restart takes at most", f"{max(replaced):.3g} s")
            yield from verdict_figures(ROW, journal, exam.exam_id)


def _roll(site: Site) -> float:
    """Replace the workers of the web one by one, then each other process; how long it took.

    One after the other: a process that starts takes a core for seconds, and people are saving."""
    started = time.monotonic()
    old = set(site.web_workers())
    web = site.pids("web")
    [parent] = [pid for pid in web if parent_of(pid) not in web]
    os.kill(parent, signal.SIGHUP)
    seconds_until(lambda: len(site.web_workers()) >= len(old) and not old & set(site.web_workers()), 120)
    seconds_until(lambda: ask(site.port, "GET", "/readyz", {}).status == 200, 60)
    for name in ("worker", "clock", "live"):
        before = set(site.pids(name))
        os.kill(min(before), signal.SIGTERM)
        seconds_until(partial(_is_new, site, name, before), 60)
    return time.monotonic() - started


def _is_new(site: Site, name: str, before: set[int]) -> bool:
    return bool(set(site.pids(name)) - before) and not before & set(site.pids(name))
