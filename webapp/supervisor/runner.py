"""Runs the processes of the Procfile, shows their lines, starts again what dies."""

import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from webapp.supervisor import processes
from webapp.supervisor.screen import Screen
from webapp.supervisor.services import CHILD_MARK, end_all, end_orphans, marked

STEADY_S = 30.0
"""A process that lived this long counts as sound: the next pause is short again."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
AFTER_SIGNAL_S = 2.0
"""A process that was killed is not at fault: it is back within five seconds, however often it happens."""

STOP_S = 12.0

SHARED_PORT = frozenset({"web"})
"""What goes on serving beside its successor: granian shares the port, and its workers outlive a killed parent."""

OVERLAP_S = 15.0
"""So long a successor may take until it answers."""


@dataclass
class Process:
    """One line of the Procfile."""

    name: str
    command: str
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    next_start: float = 0.0
    left_behind: list[int] = field(default_factory=list)
    """Still serving for a parent that died; ended once its successor has had time to start."""


@dataclass
class Runner:
    """`mark` is the common beginning of the children's CHILD_MARK."""

    screen: Screen
    environ: Mapping[str, str]
    cwd: Path
    mark: str
    processes: list[Process] = field(default_factory=list)

    def run_to_end(self, name: str, command: str) -> int:
        """Run one command (the release step) and show its lines; its exit status."""
        child = self._spawn(name, command)
        reader = self.screen.follow_child(name, child)
        try:
            status = child.wait()
        finally:
            processes.stop_child(child, ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)))
        reader.join(2.0)
        return status

    def start(self, commands: Mapping[str, str]) -> None:
        """Start these too and keep them running."""
        for name, command in commands.items():
            process = Process(name, command)
            self.processes.append(process)
            self._start(process)

    def tend(self) -> None:
        """One look at every process: note the dead, start again those whose pause is over."""
        now = time.monotonic()
        for process in self.processes:
            if process.child is not None and process.child.poll() is not None:
                self._note_end(process, now)
            if process.child is None and now >= process.next_start:
                self._start(process)
            if process.left_behind and process.child is not None and now > process.started_at + OVERLAP_S:
                # A number may belong to somebody else by now: only what still bears our mark.
                mine = set(marked(f"{self.mark}{process.name}|"))
                end_all([pid for pid in process.left_behind if pid in mine])
                process.left_behind = []

    def _note_end(self, process: Process, now: float) -> None:
        assert process.child is not None
        status = process.child.returncode
        process.child = None
        mark = f"{self.mark}{process.name}|"
        if process.name in SHARED_PORT:
            process.left_behind = marked(mark)
        else:
            end_orphans(mark)  # what it had started must not keep its port or its jobs
        process.failures = 1 if now - process.started_at > STEADY_S else process.failures + 1
        longest = AFTER_SIGNAL_S if status < 0 else LONGEST_PAUSE_S
        pause = min(longest, FIRST_PAUSE_S * 2 ** (process.failures - 1))
        process.next_start = now + pause
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        self.screen.line(process.name, f"ended ({how}); starting again in {pause:g} s")

    def _start(self, process: Process) -> None:
        process.child = self._spawn(process.name, process.command)
        process.started_at = time.monotonic()
        self.screen.follow_child(process.name, process.child)

    def _spawn(self, name: str, command: str) -> subprocess.Popen[bytes]:
        return processes.spawn(
            ["/bin/sh", "-c", f"exec {command}"],
            environ={**self.environ, CHILD_MARK: f"{self.mark}{name}|"},
            cwd=self.cwd,
            output=subprocess.PIPE,
        )

    def stop(self, timeout_s: float = STOP_S) -> None:
        """Ask all to stop, wait together, end what is left; then their own children."""
        running = [process.child for process in self.processes if process.child is not None]
        for number, wait_s in ((signal.SIGTERM, timeout_s), (signal.SIGKILL, 5.0)):
            left = [child for child in running if child.poll() is None]
            for child in left:
                child.send_signal(number)
            if processes.wait_until(lambda: all(child.poll() is not None for child in running), wait_s):
                break
        end_orphans(self.mark)
        self.processes = []
