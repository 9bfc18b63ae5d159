"""Keeps forked processes running: `web` keeps its server so, `worker` its lanes.

A child is forked from a parent that has loaded what takes long, so a new one is there at once. The parent
does nothing else, and so has little to die of; when it does, whatever started it starts it again."""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

SOUND_S = 5.0
"""A child that lived this long is not at fault for its end."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass
class Child:
    """One process that is kept running. run returns its exit status; it is called in the forked process."""

    name: str
    run: Callable[[], int]
    pid: int = 0
    started_at: float = 0.0
    failures: int = 0


@dataclass
class Keeper:
    """overlap_s: for so long the processes a dead child has left go on beside the next one; 0: they end at
    once. is_bound: children end when this process does, however it ends."""

    overlap_s: float = 0.0
    is_bound: bool = True
    children: dict[int, Child] = field(default_factory=dict)
    told: threading.Event = field(default_factory=threading.Event)
    _ends: tuple[int, int] = field(default_factory=os.pipe)  # our end closes when we die

    def keep(self, runs: Mapping[str, Callable[[], int]]) -> int:
        """Run these until told to stop (SIGTERM, SIGINT); SIGHUP is handed on. Return the exit status."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, lambda *_: self._tell(signal.SIGHUP))
        for name, run in runs.items():
            self._begin(Child(name, run))
        while self.children:
            pid, status = os.wait()
            child = self.children.pop(pid, None)
            if child is not None and not self.told.is_set():
                self._begin_anew(child, status)
        return 0

    def _begin_anew(self, child: Child, status: int) -> None:
        self._end_group(child.pid)
        lived_s = time.monotonic() - child.started_at
        child.failures = 0 if lived_s > SOUND_S else child.failures + 1
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**child.failures)
        log.error("%s ended (%d); again in %g s", child.name, os.waitstatus_to_exitcode(status), pause_s)
        self.told.wait(pause_s)
        self._begin(child)

    def _begin(self, child: Child) -> None:
        """Fork it, unless told to stop. Signals wait meanwhile: until we know the child they would pass it by, and until
        it has its own handlers it would take them for us."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        if not self.told.is_set():
            pid = os.fork()
            if pid == 0:
                self._become(child)
            with suppress(PermissionError):  # it has done so itself
                os.setpgid(pid, pid)
            child.pid, child.started_at = pid, time.monotonic()
            self.children[pid] = child
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        if self.told.is_set():  # by a signal that another thread took
            self._stop()

    def _become(self, child: Child) -> None:
        """In the forked process: a group of its own, no signal handlers of ours; never returns."""
        status = 1
        try:
            os.setpgid(0, 0)
            for number in SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            os.close(self._ends[1])
            if self.is_bound:
                threading.Thread(target=self._end_with_parent, daemon=True).start()
            status = child.run()
        except SystemExit as ending:
            status = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
        except BaseException:
            log.exception("%s failed", child.name)
        finally:
            sys.stdout.flush()
            os._exit(status)

    def _end_with_parent(self) -> None:
        """Nothing is ever written: reading ends when the parent does."""
        os.read(self._ends[0], 1)
        os.killpg(0, signal.SIGKILL)

    def _end_group(self, group: int) -> None:
        def end() -> None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)

        if not self.overlap_s:
            end()
            return
        timer = threading.Timer(self.overlap_s, end)
        timer.daemon = True
        timer.start()

    def _stop(self, *_: object) -> None:
        self.told.set()
        self._tell(signal.SIGTERM)

    def _tell(self, number: signal.Signals) -> None:
        for pid in list(self.children):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
