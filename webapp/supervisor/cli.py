"""`jiangsai up`."""

import os
import sys
from pathlib import Path

import click

from webapp.config import ROOT
from webapp.supervisor.readiness import started_at
from webapp.supervisor.screen import Screen
from webapp.supervisor.up import Supervisor


@click.command()
@click.option(
    "--procfile",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    default=ROOT / "Procfile",
    help="Which processes to run; the default is the project's Procfile.",
)
def up(procfile: Path) -> None:
    """Start the database, Valkey and every process of the Procfile, and stay until Ctrl-C.

    With DATABASE_URL or REDIS_URL set, those servers are used instead of our own."""
    environ = dict(os.environ)
    screen = Screen(started=started_at(environ))
    sys.exit(Supervisor(environ, procfile, screen).run())
