"""What a rehearsal takes of the machine: the memory of all its processes together, the CPU of its own database.

Read from /proc, so everything is 0 where there is none. A server that was there before is not counted."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

from webapp.supervisor.processes import all_pids, program_of

EVERY_S = 2.0
TICKS = os.sysconf("SC_CLK_TCK")
KIB = 1024
PROC = Path("/proc")


class Gauge:
    """Looks at this process and all below it every few seconds while it is open.

    peak_mib: the most they took together at one of these moments; what several share (the code, the cache of the
    database) counts once."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self.peak_mib = 0.0
        self._every_s = every_s
        self._ended = Event()
        self._thread = Thread(target=self._run, name="gauge", daemon=True)

    def __enter__(self) -> "Gauge":
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self.peak_mib = max(self.peak_mib, memory_mib())
            if self._ended.wait(self._every_s):
                return


def memory_mib() -> float:
    """Memory of this process and all below it at this moment, each page shared by n of them as n parts (PSS)."""
    return sum(map(_pss_kib, family())) / KIB


def database_cpu_s() -> float:
    """Seconds of CPU of the database servers below this process, ended backends included."""
    return sum(
        _cpu_s(pid)
        for pid in family()
        if (program := program_of(pid)) is not None and program.name == "postgres"
    )


def family(top: int = 0) -> Iterator[int]:
    """A process, 0: this one, and all below it."""
    children: dict[int, list[int]] = {}
    for pid in all_pids() if PROC.is_dir() else []:
        fields = _stat(pid)
        if fields:
            children.setdefault(int(fields[1]), []).append(pid)
    waiting = [top or os.getpid()]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, [])


def _cpu_s(pid: int) -> float:
    """Of a process and of its ended children: utime, stime, cutime, cstime of proc(5)."""
    return sum(map(int, _stat(pid)[11:15])) / TICKS


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the program's name, which may hold anything; none when it is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def _pss_kib(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # gone, or somebody else's
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
