"""The embedded PostgreSQL: one child, one private Unix socket, no TCP port.

The wheel's own programs are run, not its Python helper, which as root would add a system user and
open every parent folder to all."""

import os
import shlex
import shutil
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from webapp.supervisor import processes
from webapp.supervisor.processes import StartFailed

SUPERUSER = "jiangsai"
PORT = 5432
"""Only a part of the socket's name: nothing listens on TCP."""

STOP = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
"""Fast shutdown, then immediate shutdown (recovers at the next start), then the kernel."""

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

COMMON = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "jit": "off",
    "cluster_name": "jiangsai",
}


ARCHIVE_EVERY_S = 45
"""A change is in the archive at the latest so many seconds after its commit: less than a minute is lost
with the disk (RELIABILITY row O01)."""

ARCHIVE_COMMAND = (
    "if test -f {folder}/%f.gz; then gzip -dc {folder}/%f.gz | cmp -s - %p; else "
    "gzip -c %p > {folder}/%f.part && sync {folder}/%f.part && mv {folder}/%f.part {folder}/%f.gz; fi"
)
"""Archiving the same file twice is no fault: the server may die between the two notes it takes of it."""

RESTORE_COMMAND = "gzip -dc {folder}/%f.gz > %p"
RECOVERY_S = 4 * 3600.0


@dataclass
class Postgres:
    """`install` has bin/, `data` the cluster, `sockets` is private with a short path.

    `identity` is how the programs run (see launch.py); PostgreSQL refuses to run as root."""

    install: Path
    data: Path
    sockets: Path
    identity: str = "same"
    durable: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    output: int | IO[bytes] | None = None
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.sockets}&port={PORT}"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def archive_into(self, folder: Path) -> None:
        """Have every change copied to a folder as it happens."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.own(folder)
        self.settings |= {
            "archive_mode": "on",
            "archive_timeout": str(ARCHIVE_EVERY_S),
            "archive_command": ARCHIVE_COMMAND.format(folder=shlex.quote(str(folder))),
        }

    def recover_from(self, folder: Path, until: str = "") -> None:
        """On the next start, replay the changes in `folder` up to an instant (ISO 8601; '' = all there are).

        `data` must hold a base backup."""
        command = RESTORE_COMMAND.format(folder=shlex.quote(str(folder))).replace("'", "''")
        lines = [f"restore_command = '{command}'"]
        if until:
            lines += [f"recovery_target_time = '{until}'", "recovery_target_action = 'promote'"]
        with (self.data / "postgresql.auto.conf").open("a", encoding="utf-8") as conf:
            conf.write("\n" + "\n".join(lines) + "\n")
        (self.data / "recovery.signal").touch(mode=0o600)
        self.own(folder)

    @property
    def is_recovering(self) -> bool:
        """Whether the next start first replays an archive, which takes as long as it takes."""
        return (self.data / "recovery.signal").exists()

    def create(self, timeout_s: float = 60.0) -> bool:
        """Make the cluster if there is none; whether one was made.

        It is made beside its place and then renamed, so that an interrupted start leaves no half."""
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return False
        draft = self.data.with_name(f"{self.data.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True, mode=0o700)
        self.own(draft)
        command = [str(self.install / "bin" / "initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=trust"]
        command += ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        if not self.durable:
            command.append("--no-sync")
        maker = processes.spawn(
            command,
            identity=self.identity,
            death_signal=signal.SIGKILL,
            output=subprocess.PIPE,
            cwd=Path("/"),
        )
        try:
            said, _ = maker.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            maker.kill()
            maker.communicate()
            raise StartFailed(f"PostgreSQL's folder was not made in {timeout_s:.0f} s") from error
        if maker.returncode != 0:
            raise StartFailed(f"initdb failed: {said.decode(errors='replace').strip()}")
        draft.rename(self.data)
        return True

    def own(self, folder: Path) -> None:
        """Give a folder to the user that PostgreSQL runs as, when that is another one than ours."""
        kind, _, numbers = self.identity.partition(":")
        uid, gid = map(int, numbers.split(":")) if kind == "uid" else (os.geteuid(), os.getegid())
        if os.geteuid() != 0 or folder.stat().st_uid == uid:
            return
        for path in (folder, *folder.rglob("*")):
            os.chown(path, uid, gid, follow_symlinks=False)

    def start(self, timeout_s: float = 60.0) -> None:
        """Bring it up on its folder and wait until it takes connections. Raise StartFailed.

        An earlier server left on the folder is stopped first; after a crash, shared memory of dying
        backends may refuse a first try, so there are three."""
        self.stop_orphan()
        timeout_s = RECOVERY_S if self.is_recovering else timeout_s
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):  # the folder is ours alone
            (self.sockets / name).unlink(missing_ok=True)
        self.own(self.data)
        self.own(self.sockets)
        for last in (False, False, True):
            self.child = processes.spawn(
                self._command(),
                identity=self.identity,
                death_signal=signal.SIGINT,
                output=self.output,
                cwd=Path("/"),
            )
            came = processes.wait_until(lambda: self._ended() or self.is_ready(), timeout_s)
            if came and not self._ended():
                return
            if last or not came:
                break
            processes.wait_until(lambda: False, 1.0)
        self.stop()
        raise StartFailed(f"PostgreSQL did not start in {timeout_s:.0f} s")

    def _command(self) -> list[str]:
        chosen = {**COMMON, **(DURABLE if self.durable else FAST), **self.settings}
        folder = str(self.sockets).replace('"', '""')
        chosen["unix_socket_directories"] = f'"{folder}"'
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        program = str(self.install / "bin" / "postgres")
        return [program, "-D", str(self.data), "-p", str(PORT), *options]

    def _ended(self) -> bool:
        return self.child is None or self.child.poll() is not None

    def is_ready(self) -> bool:
        """Whether our own child holds the folder and takes connections."""
        lines = self._pid_lines()
        ready = len(lines) >= 8 and lines[7].strip() == "ready"
        return ready and self.child is not None and lines[0].strip() == str(self.child.pid)

    def _pid_lines(self) -> list[str]:
        try:
            return self.pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []

    def stop_orphan(self) -> bool:
        """Stop a server that an earlier supervisor left on this folder; whether there was one.

        A number in postmaster.pid that now belongs to somebody else is not touched: the file is
        removed, because PostgreSQL itself would take that process for its own and refuse to start."""
        lines = self._pid_lines()
        if not lines or not lines[0].strip().isdigit():
            return False
        pid = int(lines[0])
        ours = processes.runs_in(pid, "postgres", self.data)
        if ours and not processes.stop_orphan(pid, STOP):
            raise StartFailed(f"An earlier PostgreSQL (process {pid}) does not end; end it and start again")
        if Path(f"/proc/{pid}").exists():  # a stranger, or a zombie that nobody fetches
            self.pid_file.unlink(missing_ok=True)
        return ours

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = self.install.name.removeprefix("pginstall")
        if made_by != ours:
            raise StartFailed(
                f"{self.data} was made by PostgreSQL {made_by}, this is {ours}. "
                "Restore a backup into an empty JIANGSAI_VAR, or set DATABASE_URL."
            )

    def stop(self) -> None:
        """Stop the child: fast, then immediate."""
        if self.child is not None:
            processes.stop_child(self.child, STOP)
            self.child = None
