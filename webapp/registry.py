"""What each package brings, found by the module names every package shares.

A package's `routes` offers `bp` (or `blueprints`), `models` its tables, `jobs` its registered jobs
and PERIODIC calls, `cli` its command group `cli`. Nothing is listed twice."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import click
from flask import Blueprint

from webapp.access.principal import Principal
from webapp.accounts import queries as account_queries

PACKAGES = (
    "audit",
    "calendars",
    "notifications",
    "media",
    "contests",
    "banks",
    "courses",
    "organisations",
    "accounts",
    "registration",
    "learning",
    "exam",
    "marking",
    "leaderboard",
    "campaigns",
    "certificates",
    "entry",
    "halls",
    "judging",
    "stages",
    "contingents",
    "hosting",
    "awards",
    "results",
    "records",
    "integrity",
    "reports",
    "helpdesk",
    "admin",
    "operations",
    "demo",
    "rehearsal",
)
"""Low to high: menus and tables follow this order."""


@cache
def _modules(name: str) -> tuple[ModuleType, ...]:
    """The modules of this name, one for each package that has it. Looked for once: every page asks for menus."""
    paths = (f"webapp.{package}.{name}" for package in PACKAGES)
    return tuple(import_module(path) for path in paths if find_spec(path) is not None)


def load_models() -> None:
    """Import every package's tables, so that the metadata is complete."""
    import_module("webapp.core.outbox")
    import_module("webapp.core.idempotency")
    _modules("models")


def load_jobs() -> None:
    """Import every package's jobs, so that their names resolve."""
    _modules("jobs")


def blueprints() -> list[Blueprint]:
    """All blueprints, in the order of PACKAGES."""
    found: list[Blueprint] = []
    for module in _modules("routes"):
        found.extend(getattr(module, "blueprints", None) or (module.bp,))
    return found


def periodic() -> list[tuple[str, float, Callable[[], object]]]:
    """(name, seconds between runs, function) of everything that runs by the clock."""
    calls: list[tuple[str, float, Callable[[], object]]] = []
    for module in _modules("jobs"):
        calls.extend(getattr(module, "PERIODIC", ()))
    return calls


def at_worker_start() -> list[Callable[[], object]]:
    """What a worker does once when it starts: wake the work that one before it may have dropped."""
    return [call for module in _modules("jobs") for call in getattr(module, "AT_WORKER_START", ())]


def commands() -> list[click.Command]:
    """The command groups of all packages."""
    found: list[click.Command] = []
    for module in _modules("cli"):
        found.extend(module.commands if hasattr(module, "commands") else (module.cli,))
    return found


def load_principal(token: str) -> Principal | None:
    """Who holds this session token: what flask-login asks at each request."""
    return account_queries.principal_by_token(token)


def navigation(who: Principal | None) -> list[Any]:
    """Menu entries the person may use: (msgid, address, is_staff) from each package's NAVIGATION."""
    entries: list[Any] = []
    for module in _modules("routes"):
        for entry in getattr(module, "NAVIGATION", ()):
            if entry.shows_to(who):
                entries.append(entry)
    return entries
