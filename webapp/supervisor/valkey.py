"""The embedded Valkey: one child, one Unix socket, nothing that cannot be rebuilt."""

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from webapp.supervisor import processes
from webapp.supervisor.binaries import valkey_server
from webapp.supervisor.processes import StartFailed

STOP = ((signal.SIGTERM, 8.0), (signal.SIGKILL, 5.0))


@dataclass
class Valkey:
    """`data` holds the append-only file, `sockets` is a private folder with a short path."""

    data: Path
    sockets: Path
    durable: bool = True
    databases: int = 16
    output: int | IO[bytes] | None = None
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def pid_file(self) -> Path:
        return self.data / "valkey.pid"

    def start(self, timeout_s: float = 20.0) -> None:
        """Bring it up and wait until it answers. A file it cannot read is moved aside: Redis holds
        only what can be rebuilt. Raise StartFailed."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.stop_orphan()
        try:
            self._start_once(timeout_s)
        except StartFailed:
            if not (self.data / "appendonlydir").exists():
                raise
            aside = self.data.with_name(f"{self.data.name}.unreadable-{int(time.time())}")
            self.data.rename(aside)
            self.data.mkdir(mode=0o700)
            self._start_once(timeout_s)

    def _start_once(self, timeout_s: float) -> None:
        self.socket.unlink(missing_ok=True)
        self.child = processes.spawn(self._command(), cwd=self.data, output=self.output)
        self.pid_file.write_text(f"{self.child.pid}\n", encoding="ascii")
        if not processes.wait_until(lambda: self._ended() or self._answers(), timeout_s) or self._ended():
            self.stop()
            raise StartFailed(f"Valkey did not start in {timeout_s:.0f} s")

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "databases": str(self.databases),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "daemonize": "no",
        }
        flat = [part for name, value in options.items() for part in (f"--{name}", value)]
        return [str(valkey_server()), *flat]

    def _ended(self) -> bool:
        return self.child is None or self.child.poll() is not None

    def _answers(self) -> bool:
        """Whether the process behind the socket is our child and has loaded its data."""
        assert self.child is not None
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1.0)
                connection.connect(str(self.socket))
                connection.sendall(b"INFO\r\n")
                answer = connection.recv(65536)
        except OSError:
            return False
        return f"process_id:{self.child.pid}\r\n".encode() in answer and b"loading:1" not in answer

    def stop_orphan(self) -> bool:
        """Stop a server that an earlier supervisor left behind on this folder; whether there was one."""
        try:
            pid = int(self.pid_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return False
        if pid == os.getpid() or not processes.runs_in(pid, "valkey-server", self.data):
            return False
        if not processes.stop_orphan(pid, STOP):
            raise StartFailed(f"An earlier Valkey (process {pid}) does not end; end it and start again")
        return True

    def stop(self) -> None:
        """Stop the child; its data is on disk."""
        if self.child is not None:
            processes.stop_child(self.child, STOP)
            self.child = None
