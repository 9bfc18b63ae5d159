"""Facts about running processes, read from /proc, and starting and stopping them politely."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

LAUNCHER = Path(__file__).with_name("launch.py")


class StartFailed(Exception):
    """A server did not come up; the text says which and why."""


def spawn(
    command: Sequence[str],
    *,
    identity: str = "same",
    death_signal: int = signal.SIGTERM,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own that gets `death_signal` when we end, however we end.

    Call it from the main thread: the kernel watches the thread that forked. Ctrl-C in the terminal
    does not reach the child; we stop it in our own order."""
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(death_signal)), identity]
    return subprocess.Popen(
        [*launcher, *command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=dict(environ) if environ is not None else None,
        cwd=cwd,
        start_new_session=True,
    )


def is_alive(pid: int) -> bool:
    """Whether a process with this number exists and is not a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[:1] != ["Z"]


def program_of(pid: int) -> Path | None:
    """The program file a process runs; None when it is gone or a stranger's."""
    try:
        return Path(str(Path(f"/proc/{pid}/exe").readlink()).removesuffix(" (deleted)"))
    except OSError:
        return None


def folder_of(pid: int) -> Path | None:
    """The working folder of a process; None when it is gone or a stranger's."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def environment_of(pid: int) -> dict[str, str]:
    """The environment a process was started with; empty when it is gone or a stranger's."""
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return {}
    pairs = (part.decode(errors="surrogateescape").partition("=") for part in raw.split(b"\0") if part)
    return {name: value for name, _, value in pairs}


def all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def runs_in(pid: int, program: str, folder: Path) -> bool:
    """Whether `pid` is a living process of a program with that name working in `folder`."""
    exe, cwd = program_of(pid), folder_of(pid)
    return is_alive(pid) and exe is not None and exe.name == program and cwd == folder.resolve()


def wait_until(done: Callable[[], bool], timeout_s: float, step_s: float = 0.02) -> bool:
    """Wait until `done()`, at most `timeout_s`; whether it came true."""
    end = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() >= end:
            return False
        time.sleep(step_s)
    return True


def stop_child(child: subprocess.Popen[bytes], steps: Sequence[tuple[int, float]]) -> None:
    """Send each signal in turn and wait its seconds, until the child has ended."""
    for number, timeout_s in steps:
        if child.poll() is not None:
            return
        child.send_signal(number)
        try:
            child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            continue


def stop_orphan(pid: int, steps: Sequence[tuple[int, float]]) -> bool:
    """The same for a process that is not our child; whether it is gone."""
    for number, timeout_s in steps:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        if wait_until(lambda: not is_alive(pid), timeout_s):
            return True
    return not is_alive(pid)
