"""As whom and where PostgreSQL runs.

PostgreSQL refuses to run as root. As root we try, in this order, a user namespace (files stay ours),
the owner of the checkout, and the user `nobody`; where none of them can reach the folder (a checkout
under a folder with mode 700), the data and a copy of the programs go to /var/lib, and the choice is
recorded in var/ so that the next start finds the same data."""

import json
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from webapp.supervisor import processes
from webapp.supervisor.processes import StartFailed

RELOCATED_ROOTS = (Path("/var/lib/jiangsai"), Path("/var/tmp/jiangsai"))  # noqa: S108 - made with mode 711 by root

Candidates = Callable[[Path], Iterable[str]]


@dataclass(frozen=True)
class Placement:
    """`identity` as launch.py reads it, `install` the programs, `folder` holds the cluster's folder."""

    identity: str
    install: Path
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "postgres"


def place(
    install: Path,
    home: Path,
    record: Path | None = None,
    among: Candidates | None = None,
    elsewhere: Sequence[Path] = RELOCATED_ROOTS,
) -> Placement:
    """Where the cluster of `home` (a folder we own) lives; kept in the file `record` when given.

    among: the ways to run that are tried, best first. elsewhere: parents of a relocated folder.
    Raise StartFailed when PostgreSQL can run nowhere."""
    among = among or identities
    before = _read(record, install, home)
    if before is not None and works(before):
        return before
    if before is not None and before.data.exists():
        found = _elsewhere(before.folder, install, among)  # the data stays, only the identity may change
    else:
        found = next(filter(works, _places(install, home, among)), None)
        found = found or _relocated(install, home, among, elsewhere)
    if found is None:
        raise StartFailed(
            "PostgreSQL cannot run here as root: neither user namespaces nor another user can reach "
            f"{home}. Run as an ordinary user, or set DATABASE_URL."
        )
    if record is not None and found != before:
        _write(record, found, home)
    return found


def identities(near: Path) -> Iterator[str]:
    """The ways to run that could work, best first. initdb wants a user with a name."""
    named = {entry.pw_uid: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    uid = os.geteuid()
    if uid in named:
        yield "same"
        return
    some = next((entry for entry in named.values() if entry.pw_name == "nobody"), None)
    some = some or next(iter(named.values()), None)
    if some is not None:
        yield f"map:{some.pw_uid}:{some.pw_gid}"
    if uid == 0:
        owner = named.get(near.stat().st_uid)
        yield from (f"uid:{entry.pw_uid}:{entry.pw_gid}" for entry in (owner, some) if entry is not None)


def works(placement: Placement) -> bool:
    """Whether the programs can be run that way and reach a private file in the folder."""
    if placement.identity == "same" and os.geteuid() == 0:
        return False
    probe = placement.folder / ".probe"
    try:
        probe.mkdir(parents=True, exist_ok=True, mode=0o700)
        (probe / "postgresql.conf").touch(mode=0o600)
        kind, _, numbers = placement.identity.partition(":")
        if kind == "uid":
            uid, gid = map(int, numbers.split(":"))
            for path in (probe, probe / "postgresql.conf"):
                os.chown(path, uid, gid)
        program = str(placement.install / "bin" / "postgres")
        child = processes.spawn(
            [program, "-D", str(probe), "-C", "port"],
            identity=placement.identity,
            death_signal=signal.SIGKILL,
            output=subprocess.PIPE,
            cwd=Path("/"),
        )
        said, _ = child.communicate(timeout=10)
        return child.returncode == 0 and said.split()[-1:] == [b"5432"]
    except (OSError, subprocess.TimeoutExpired):
        return False
    finally:
        shutil.rmtree(probe, ignore_errors=True)


def _places(install: Path, folder: Path, among: Candidates) -> Iterator[Placement]:
    yield from (Placement(identity, install, folder) for identity in among(folder))


def _elsewhere(folder: Path, install: Path, among: Candidates) -> Placement | None:
    places = [*_places(install, folder, among)]
    if (folder / "programs").exists():
        places += [*_places(_copied(install, folder), folder, among)]
    return next(filter(works, places), None)


def _relocated(install: Path, home: Path, among: Candidates, elsewhere: Sequence[Path]) -> Placement | None:
    """A folder outside of `home` that another user can reach, with a copy of the programs."""
    if os.geteuid() != 0:
        return None
    name = sha256(str(home.resolve()).encode()).hexdigest()[:16]
    for root in elsewhere:
        folder = root / name
        try:
            for path in (root, folder):
                path.mkdir(parents=True, exist_ok=True)
                if path.is_symlink() or path.stat().st_uid != os.geteuid():
                    raise PermissionError(f"{path} was made by somebody else")
                path.chmod(0o711)
            copy = _copied(install, folder)
        except OSError:
            continue
        uids = (identity for identity in among(home) if identity.startswith("uid:"))
        found = next(filter(works, (Placement(identity, copy, folder) for identity in uids)), None)
        if found is not None:
            return found
        shutil.rmtree(folder, ignore_errors=True)
    return None


def _copied(install: Path, folder: Path) -> Path:
    """A copy of the programs in `folder`, readable for all; made anew when the package changed."""
    copy = folder / "programs" / install.name
    stamp = copy / ".from"
    origin = f"{install} {(install / 'bin' / 'postgres').stat().st_mtime_ns}"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != origin:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(install, copy, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        libraries = install.parent.with_name(f"{install.parent.name}.libs")
        if libraries.is_dir():  # the programs look for them beside the package, by a relative path
            target = folder / libraries.name
            shutil.copytree(libraries, target, symlinks=True, dirs_exist_ok=True)
            _readable(target)
        _readable(copy)
        stamp.write_text(origin, encoding="utf-8")
    return copy


def _readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _read(record: Path | None, install: Path, home: Path) -> Placement | None:
    if record is None or not record.exists():
        return None
    try:
        kept = json.loads(record.read_text(encoding="utf-8"))
        folder = home / kept["folder"]
        return Placement(kept["identity"], _copied(install, folder) if kept["copied"] else install, folder)
    except (ValueError, KeyError, TypeError, OSError):
        return None


def _write(record: Path, placement: Placement, home: Path) -> None:
    """A folder in its usual place is written as `.`, so that the whole of var/ can be moved."""
    kept = {
        "identity": placement.identity,
        "folder": "." if placement.folder == home else str(placement.folder),
        "copied": placement.install.is_relative_to(placement.folder),
    }
    record.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
