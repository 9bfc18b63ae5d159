"""A killed web server: what it had started serves on until its successor has had time to start."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp.supervisor import processes, runner
from webapp.supervisor.runner import Runner
from webapp.supervisor.screen import Screen
from webapp.supervisor.services import marked

COMMAND = "sh -c 'sleep 1000 & exec sleep 1001'"
PATIENCE_S = 20.0


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    """A web and a worker process, each with a child of its own."""
    monkeypatch.setattr(runner, "OVERLAP_S", 1.0)
    made = Runner(Screen(), os.environ, tmp_path, f"{tmp_path}|")
    made.start({"web": COMMAND, "worker": COMMAND})
    yield made
    made.stop(1.0)


def children(running: Runner, name: str) -> set[int]:
    """What a process has started: the sleepers that are not the process itself."""
    pids = set(marked(f"{running.mark}{name}|"))
    return pids - {one.child.pid for one in running.processes if one.child is not None}


def tend_until(running: Runner, is_true: Callable[[], bool]) -> None:
    def done() -> bool:
        running.tend()
        return is_true()

    assert processes.wait_until(done, PATIENCE_S, 0.05)


def kill(running: Runner, name: str) -> int:
    [process] = [one for one in running.processes if one.name == name]
    assert process.child is not None
    pid = process.child.pid
    os.kill(pid, signal.SIGKILL)
    process.child.wait()
    return pid


def test_workers_of_a_killed_web_server_serve_on_beside_the_next_one(running: Runner) -> None:
    tend_until(running, lambda: len(children(running, "web")) == 1)
    [orphan] = children(running, "web")
    kill(running, "web")
    tend_until(running, lambda: len(children(running, "web")) == 2)
    assert processes.is_alive(orphan), "it serves while the successor starts"
    tend_until(running, lambda: len(children(running, "web")) == 1)
    assert not processes.is_alive(orphan)


def test_children_of_any_other_killed_process_end_before_it_starts_again(running: Runner) -> None:
    tend_until(running, lambda: len(children(running, "worker")) == 1)
    [orphan] = children(running, "worker")
    kill(running, "worker")
    running.tend()
    assert not processes.is_alive(orphan)


def test_a_stop_ends_what_was_left_behind(running: Runner) -> None:
    tend_until(running, lambda: len(children(running, "web")) == 1)
    [orphan] = children(running, "web")
    kill(running, "web")
    running.tend()
    running.stop(1.0)
    assert not processes.is_alive(orphan)
