"""Runs a server program with the libraries already loaded: `python -m webapp.preload granian --workers 2 …`.

The server forks its workers from this process. Loading the libraries is three quarters of what a new worker
has to do before it answers; done here once, a killed worker is back that much sooner (drill A01). Our own
code is not loaded here: a worker replaced during an upgrade brings the new code with it.

The server itself is kept running too: one that gives up, as granian does when a worker dies twice within
seconds, is forked anew at once. SIGHUP reaches it and replaces its workers one by one."""

import gc
import importlib
import runpy
import sys
from collections.abc import Sequence

from webapp.keeper import Keeper

OVERLAP_S = 15.0
"""Workers of a server that was killed share the port with those of the next, which need time to start."""

LIBRARIES = (
    "argon2",
    "authlib.integrations.flask_client",
    "babel.dates",
    "cryptography.hazmat.primitives.ciphers.aead",
    "defusedxml.ElementTree",
    "flask",
    "flask_babel",
    "flask_limiter",
    "flask_login",
    "flask_migrate",
    "flask_sqlalchemy",
    "flask_wtf",
    "htmx_flask",
    "jinja2.ext",
    "joserfc.jwt",
    "limits.storage",
    "markdown_it",
    "nh3",
    "openpyxl",
    "PIL.ImageOps",
    "prometheus_client",
    "psycopg",
    "pygments",
    "pyotp",
    "pypinyin",
    "redis",
    "requests",
    "rq",
    "segno",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.orm",
    "tomlkit",
    "typst",
    "valkey",
    "wtforms",
    "xlrd",
    "xlsxwriter",
)
"""What the application imports from outside and what takes time; a test compares it with what is imported."""


def load() -> None:
    """Import the libraries and keep what they made out of the garbage collector's way: pages that nobody
    writes to stay shared between the workers."""
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def main(words: Sequence[str]) -> int:
    """Keep a module running as a program. words: its name and its arguments."""
    load()

    def run() -> int:
        sys.argv = list(words)
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
        return 0

    return Keeper(overlap_s=OVERLAP_S, is_bound=False).keep({words[0]: run})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
