"""Processes that are kept running: begun anew when they die, told what the keeper is told, ended with it."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp.config import ROOT
from webapp.supervisor import processes

PATIENCE_S = 20.0
PROGRAM = """
import os, signal, sys, time
from pathlib import Path
from webapp.keeper import Keeper

folder = Path(sys.argv[1])

def child():
    signal.signal(signal.SIGHUP, lambda *_: (folder / f"{os.getpid()}.hup").touch())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    (folder / f"{os.getpid()}.pid").touch()
    while True:
        time.sleep(0.05)

def failing():
    with (folder / "failures").open("a") as out:
        out.write(f"{time.monotonic()}\\n")
    raise ValueError("it cannot start")

if "slow" in sys.argv:  # the child is there long before the keeper goes on
    real = os.fork
    def fork():
        pid = real()
        if pid:
            time.sleep(1)
        return pid
    os.fork = fork

sys.exit(Keeper().keep({"child": child} | ({"failing": failing} if "failing" in sys.argv else {})))
"""


class Kept:
    """A keeper at work, and what its children have written down."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder), *words], cwd=ROOT)

    def pids(self) -> list[int]:
        """Children that have begun and are alive."""
        begun = (int(path.stem) for path in self.folder.glob("*.pid"))
        return [pid for pid in begun if processes.is_alive(pid)]

    def one(self) -> int:
        wait_until(lambda: len(self.pids()) == 1)
        return self.pids()[0]


def wait_until(is_true: Callable[[], bool]) -> None:
    assert processes.wait_until(is_true, PATIENCE_S, 0.02)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.process.kill()
    made.process.wait()


def test_a_killed_child_begins_anew(kept: Kept) -> None:
    first = kept.one()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: kept.pids() != [] and first not in kept.pids())
    assert len(kept.pids()) == 1


def test_told_to_stop_all_end(kept: Kept) -> None:
    child = kept.one()
    kept.process.send_signal(signal.SIGTERM)
    assert kept.process.wait(PATIENCE_S) == 0
    assert not processes.is_alive(child)


def test_children_end_with_a_killed_keeper(kept: Kept) -> None:
    child = kept.one()
    kept.process.kill()
    wait_until(lambda: not processes.is_alive(child))


def test_a_hang_up_is_handed_on(kept: Kept) -> None:
    child = kept.one()
    kept.process.send_signal(signal.SIGHUP)
    wait_until((kept.folder / f"{child}.hup").exists)
    assert kept.pids() == [child]


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_what_is_told_while_a_child_begins_reaches_it(tmp_path: Path, number: signal.Signals) -> None:
    kept = Kept(tmp_path, "slow")
    child = kept.one()
    kept.process.send_signal(number)
    if number is signal.SIGHUP:
        wait_until((tmp_path / f"{child}.hup").exists)
        assert kept.process.poll() is None
        kept.process.terminate()
    assert kept.process.wait(PATIENCE_S) == 0
    assert not processes.is_alive(child)


def test_one_that_cannot_start_is_tried_ever_more_seldom_and_harms_no_other(tmp_path: Path) -> None:
    kept = Kept(tmp_path, "failing")
    child = kept.one()
    failures = tmp_path / "failures"
    wait_until(lambda: failures.exists() and len(failures.read_text().splitlines()) >= 4)
    kept.process.send_signal(signal.SIGTERM)
    assert kept.process.wait(PATIENCE_S) == 0
    at = [float(line) for line in failures.read_text().splitlines()][:4]
    pauses = [after - before for before, after in itertools.pairwise(at)]
    assert pauses == sorted(pauses)
    assert pauses[2] > 2 * pauses[0]
    assert not processes.is_alive(child)
