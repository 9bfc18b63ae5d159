"""The folder var/: what lies where, who holds it, and where sockets go when its path is too long."""

import fcntl
import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

MAX_SOCKET_PATH = 100
"""The kernel takes 107 bytes; PostgreSQL adds `.lock` to its own."""

MAX_LOG_BYTES = 5_000_000

LONGEST_SOCKET = "pg/.s.PGSQL.5432.lock"


class AlreadyRunning(Exception):
    """Another supervisor holds this var folder."""

    def __init__(self, pid: int, address: str) -> None:
        self.pid, self.address = pid, address
        super().__init__(
            f"Jiangsai is already running at {address} (process {pid}). "
            f"Stop it with Ctrl-C in its terminal, or: kill {pid}\n"
            f"匠赛已在 {address} 运行（进程 {pid}）。要停止，请在其终端按 Ctrl-C，或执行 kill {pid}"
            if address
            else "Another jiangsai command is starting or using this data; try again when it has ended."
        )


@dataclass
class Folders:
    """All data of one installation. Folders of data have mode 700; `var` itself can be passed
    through, because PostgreSQL may have to run as another user."""

    var: Path
    _lock: int | None = field(default=None, init=False)
    _moved: set[Path] = field(default_factory=set, init=False)

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def valkey(self) -> Path:
        return self.var / "valkey"

    @property
    def state_file(self) -> Path:
        """What a running supervisor tells others: its pid, address and the environment of its children."""
        return self.run / "supervisor.json"

    @property
    def starts_file(self) -> Path:
        return self.run / "starts.json"

    @property
    def accounts_file(self) -> Path:
        """Written by the demo: one account for every role."""
        return self.var / "demo-accounts.json"

    @property
    def location_file(self) -> Path:
        """Where the database lies and as whom it runs."""
        return self.var / "location.json"

    def log(self, name: str) -> Path:
        """The file for the lines of one server; an overlong one is put aside once."""
        path = self.var / "log" / f"{name}.log"
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if path.exists() and path.stat().st_size > MAX_LOG_BYTES:
            path.rename(path.with_suffix(".log.1"))
        return path

    def prepare(self) -> None:
        """Make the folders that are missing."""
        for path, mode in ((self.var, 0o711), (self.run, 0o711), (self.valkey, 0o700)):
            path.mkdir(parents=True, exist_ok=True)
            path.chmod(mode)

    def sockets(self, name: str, within: Path | None = None) -> Path:
        """A private folder for the sockets of one server; below the temporary folder if the path
        would be too long. within: a folder that the server can reach, if `var` is not."""
        base = within / "run" if within is not None and within != self.var else self.run
        if len(os.fsencode(base / LONGEST_SOCKET)) > MAX_SOCKET_PATH:
            digest = sha256(str(self.var).encode()).hexdigest()[:12]
            base = Path(tempfile.gettempdir()) / f"jiangsai-{os.geteuid()}-{digest}"
            self._moved.add(base)
        base.mkdir(parents=True, exist_ok=True)
        if base in self._moved and (base.is_symlink() or base.stat().st_uid != os.geteuid()):
            raise PermissionError(f"{base} belongs to somebody else; remove it or set JIANGSAI_VAR")
        base.chmod(0o711)
        folder = base / name
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        return folder

    def lock(self) -> None:
        """Hold this folder until the process ends. Raise AlreadyRunning when another one does."""
        self.prepare()
        descriptor = os.open(self.run / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for _ in range(5):  # `refuse_if_held` of another command may hold it for an instant
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.1)
        else:
            os.close(descriptor)
            raise self._already_running()
        self._lock = descriptor
        self.state_file.unlink(missing_ok=True)

    def unlock(self) -> None:
        if self._lock is not None:
            self.state_file.unlink(missing_ok=True)
            for folder in self._moved:
                shutil.rmtree(folder, ignore_errors=True)
            self._give_back()
            os.close(self._lock)
            self._lock = None

    def _give_back(self) -> None:
        """Root leaves nothing in an ordinary user's folder that this user could not use afterwards."""
        owner = self.var.stat()
        if os.geteuid() != 0 or owner.st_uid == 0:
            return
        for path in self.var.rglob("*"):
            if path.lstat().st_uid == 0:
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def refuse_if_held(self) -> None:
        """Raise AlreadyRunning when a supervisor (or a command with its own servers) runs on this folder."""
        path = self.run / "supervisor.lock"
        if not path.exists():
            return
        with path.open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._already_running() from None

    def _already_running(self) -> AlreadyRunning:
        state = self.read_state()
        return AlreadyRunning(int(state.get("pid", 0)), str(state.get("address", "")))

    def read_state(self) -> dict[str, Any]:
        return read_json(self.state_file)

    def write_state(self, state: dict[str, Any]) -> None:
        write_json(self.state_file, state)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file; empty when there is none or it was cut off."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace a file at once; only we can read it."""
    draft = path.with_name(f"{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(content, handle, indent=1, ensure_ascii=False)
    draft.rename(path)
