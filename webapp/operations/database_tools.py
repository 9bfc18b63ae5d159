"""pg_dump and pg_restore: found in the wheel or on the PATH, told where to go by the environment."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from webapp.operations.errors import ToolFailed
from webapp.supervisor.binaries import postgres_install

LONGEST_RUN_S = 4 * 3600
LIBPQ = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}


def _parts(url: str) -> dict[str, str]:
    """Connection parts of a DATABASE_URL as libpq names them."""
    parsed = make_url(url)
    named = {
        "host": parsed.host,
        "port": parsed.port,
        "user": parsed.username,
        "password": parsed.password,
        "dbname": parsed.database,
        **{name: value for name, value in parsed.query.items() if isinstance(value, str)},
    }
    return {name: str(value) for name, value in named.items() if value not in {None, ""}}


def connect(url: str, autocommit: bool = False) -> psycopg.Connection:
    """A plain connection as the owner: the app's engines drop to roles that may not do this."""
    return psycopg.connect(autocommit=autocommit, connect_timeout=10, **_parts(url))  # type: ignore[arg-type]  # libpq keywords are all text


def run_tool(name: str, url: str, options: Sequence[str]) -> str:
    """Run one of PostgreSQL's programs against a database; what it printed. Raise ToolFailed with its
    last words.

    The password travels in the environment: a command line can be read by everybody on the machine."""
    parts = _parts(url)
    environ = {
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        **{LIBPQ[key]: value for key, value in parts.items() if key in LIBPQ},
    }
    command = [_program(name, needs_tls="sslmode" in parts), *options]
    try:
        done = subprocess.run(
            command,
            env=environ,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LONGEST_RUN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolFailed(tool=name, said=error) from error
    if done.returncode != 0:
        raise ToolFailed(tool=name, said=done.stderr.strip()[-1500:])
    return done.stdout


def restore_dump(url: str, dump: Path, contents: Path) -> None:
    """Fill the empty schemas from a dump, all or nothing. contents: a file to write the list into.

    The schema `public` is there already; default privileges of an owner with another name cannot be
    set here and are left out."""
    owner = f" {_parts(url).get('user', '')}"
    lines = run_tool("pg_restore", url, ["--list", str(dump)]).splitlines()
    kept = [
        line
        for line in lines
        if " SCHEMA - public " not in line and (" DEFAULT ACL " not in line or line.endswith(owner))
    ]
    contents.write_text("\n".join(kept) + "\n", encoding="utf-8")
    options = ["--exit-on-error", "--single-transaction", "--no-owner", f"--use-list={contents}"]
    run_tool("pg_restore", url, [f"--dbname={_parts(url)['dbname']}", *options, str(dump)])


def _program(name: str, needs_tls: bool) -> str:
    """The wheel's program; it is built without TLS, so an encrypted server needs the system's."""
    on_path = shutil.which(name)
    if needs_tls and on_path:
        return on_path
    try:
        return str(Path(postgres_install()) / "bin" / name)
    except FileNotFoundError:
        if on_path is None:
            raise
        return on_path
