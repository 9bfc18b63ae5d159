"""Is the installation sound? The checks behind /readyz, /metrics and `jiangsai doctor`."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from redis.exceptions import RedisError
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from webapp.config import ROOT
from webapp.core import clock
from webapp.core.db import KEYS_SCHEMA, db
from webapp.core.redis import redis_client
from webapp.core.words import N_, Message
from webapp.exam.queries.essays import WAITS_FOR_PEOPLE
from webapp.leaderboard.queries import parity
from webapp.operations.rules.readiness import Item, Light

OLDEST_POSTGRES = 15
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
LOW_SPACE, NO_SPACE = 0.15, 0.03
LATE_JOB_S = 60.0


class State(StrEnum):
    """How a check came out. A warning does not take the node out of the pool."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Check:
    """One result. `said` is short and tells no secret."""

    name: str
    state: State
    said: Message


Found = tuple[State, Message]
"""How a check came out, and what was found."""


def readiness() -> list[Check]:
    """What a load balancer asks: database, migrations and clock must be right. Redis may be missing:
    then there is no live board, but still an exam (RELIABILITY rule 40)."""
    return [_guarded(name, check) for name, check in _READINESS]


def everything() -> list[Check]:
    """What a person asks: readiness, and what makes trouble later."""
    return [_guarded(name, check) for name, check in (*_READINESS, *_FURTHER)]


TODO = {
    "database": N_("See that PostgreSQL runs and DATABASE_URL is right."),
    "durability": N_(
        "Switch on fsync, synchronous_commit and full_page_writes and start the database again."
    ),
    "migrations": N_("Run: jiangsai release"),
    "clock": N_("Have the machine set its clock by NTP."),
    "redis": N_("Start Redis. The exam goes on without it; boards and grading wait."),
    "redis-policy": N_("Set maxmemory-policy to noeviction."),
    "keys-role": N_("Let the owner of the database make roles, then run jiangsai release."),
    "disk": N_("Make space: move old backups and logs to another disk."),
    "outbox": N_("See whether the clock process, the worker process and Redis run."),
    "stopping": N_("Nothing: this node is about to stop."),
}
"""What to do about a technical check that is not sound."""

_LIGHTS = {State.OK: Light.GREEN, State.WARNING: Light.YELLOW, State.FAILED: Light.RED}


def as_item(check: Check) -> Item:
    """A technical check among the items of readiness."""
    light = _LIGHTS[check.state]
    todo = None if light is Light.GREEN else Message(TODO[check.name])
    return Item(check.name, light, check.said, todo)


def _guarded(name: str, check: Callable[[], Found]) -> Check:
    try:
        return Check(name, *check())
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines() or [""]
        return Check(name, State.FAILED, _no_answer(error, reason[0]))
    except RedisError as error:
        return Check(name, State.WARNING, _no_answer(error, str(error)))


def _no_answer(error: Exception, detail: str) -> Message:
    """detail: the words of the program, for whoever reads English; pages show the kind of error alone."""
    return Message(N_("No answer (%(error)s)."), {"error": type(error).__name__, "detail": detail[:300]})


def _engine() -> Engine:
    return db.engine


def _setting(name: str) -> str:
    with _engine().connect() as connection:
        return str(connection.scalar(text("SELECT current_setting(:name)"), {"name": name}))


def _database() -> Found:
    version = int(_setting("server_version_num"))
    if version < OLDEST_POSTGRES * 10_000:
        words = {"version": version // 10_000, "oldest": OLDEST_POSTGRES}
        return State.FAILED, Message(N_("PostgreSQL %(version)s; %(oldest)s or later is needed."), words)
    return State.OK, Message(f"PostgreSQL {version // 10_000}.{version % 10_000}")


def lax_durability() -> list[str]:
    """Durability settings of the server that are off (RELIABILITY rule 1)."""
    return [name for name in DURABILITY if _setting(name) in {"off", "local"}]


def _durability() -> Found:
    lax = lax_durability()
    if lax and not current_app.testing:
        return State.FAILED, Message(N_("These must be on: %(names)s."), {"names": ", ".join(lax)})
    return State.OK, Message(N_("These are on: %(names)s."), {"names": ", ".join(DURABILITY)})


@lru_cache(maxsize=1)
def head_revision() -> str:
    """The newest migration of this code."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def database_revision() -> str:
    """The migration the database stands at; empty when it has none."""
    with _engine().connect() as connection:
        if connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is None:
            return ""
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def _migrations() -> Found:
    at, head = database_revision(), head_revision()
    if not at:
        return State.FAILED, Message(N_("The database is empty."))
    words = {"at": at, "head": head}
    if at != head:
        return State.FAILED, Message(N_("The tables are at %(at)s, the program is at %(head)s."), words)
    return State.OK, Message(N_("The tables are at %(at)s, as the program is."), words)


def _clock() -> Found:
    offset = clock.measure_offset(_engine())
    words = {"ms": f"{offset.total_seconds() * 1000:+.0f}"}
    said = Message(N_("%(ms)s ms from the clock of the database."), words)
    return (State.FAILED if abs(offset) > clock.MAX_OFFSET else State.OK), said


def _redis() -> Found:
    started = time.monotonic()
    redis_client().ping()
    words = {"ms": round((time.monotonic() - started) * 1000)}
    return State.OK, Message(N_("Answers in %(ms)s ms."), words)


def _redis_policy() -> Found:
    policy = redis_client().config_get("maxmemory-policy").get("maxmemory-policy", "")
    if policy != "noeviction":
        words = {"policy": policy}
        return State.WARNING, Message(
            N_("maxmemory-policy is %(policy)s; only noeviction keeps queued work."), words
        )
    return State.OK, Message("noeviction")


def _keys_role() -> Found:
    """Answer keys must be closed to the role that serves pages."""
    sql = text(
        "SELECT current_user, has_schema_privilege(current_user, :schema, 'USAGE'),"
        " (SELECT count(*) FROM pg_roles WHERE rolname IN ('jiangsai_pages', 'jiangsai_keys'))"
    )
    with _engine().connect() as connection:
        user, may_use, roles = connection.execute(sql, {"schema": KEYS_SCHEMA}).one()
    if roles < 2:
        return (
            State.WARNING,
            Message(
                N_(
                    "The roles jiangsai_pages and jiangsai_keys are missing: the owner of the database may not make them."
                )
            ),
        )
    words = {"user": user, "schema": KEYS_SCHEMA}
    if may_use:
        return State.FAILED, Message(N_("Pages run as %(user)s, who can read the schema %(schema)s."), words)
    return State.OK, Message(N_("Pages run as %(user)s, to whom the schema %(schema)s is closed."), words)


def _disk() -> Found:
    var: Path = current_app.extensions["settings"].var
    there = next(path for path in (var, *var.parents) if path.exists())
    usage = shutil.disk_usage(there)
    share = usage.free / usage.total
    words = {"free": f"{usage.free / 1e9:.1f}", "share": f"{share:.0%}", "folder": str(var)}
    said = Message(N_("%(free)s GB free (%(share)s) for %(folder)s."), words)
    if share < NO_SPACE:
        return State.FAILED, said
    return (State.WARNING if share < LOW_SPACE else State.OK), said


def _outbox() -> Found:
    waiting = dict(gauges())["jiangsai_outbox_oldest_seconds"]
    if waiting > LATE_JOB_S:
        words = {"seconds": round(waiting)}
        return State.WARNING, Message(N_("The oldest work has waited for %(seconds)s seconds."), words)
    return State.OK, Message(N_("Nothing waits."))


def _stopping() -> Found:
    """A node that is about to stop takes no new requests, and finishes those it has."""
    if current_app.extensions["settings"].stopping_file.exists():
        return State.FAILED, Message(N_("This node is about to stop."))
    return State.OK, Message(N_("This node goes on."))


_READINESS: tuple[tuple[str, Callable[[], Found]], ...] = (
    ("database", _database),
    ("durability", _durability),
    ("migrations", _migrations),
    ("clock", _clock),
    ("redis", _redis),
    ("stopping", _stopping),
)

_FURTHER: tuple[tuple[str, Callable[[], Found]], ...] = (
    ("redis-policy", _redis_policy),
    ("keys-role", _keys_role),
    ("disk", _disk),
    ("outbox", _outbox),
)

_UNGRADED = f"""
    SELECT extract(epoch FROM clock_timestamp() - min(s.submitted_at))
    FROM sheets s WHERE s.state = 'submitted' AND NOT {WAITS_FOR_PEOPLE}
    """  # noqa: S608 - no value of anybody is spliced in
_GAUGES = {
    "jiangsai_outbox_oldest_seconds": "SELECT extract(epoch FROM clock_timestamp() - min(created_at))"
    " FROM outbox WHERE sent_at IS NULL",
    "jiangsai_outbox_unsent": "SELECT count(*) FROM outbox WHERE sent_at IS NULL",
    "jiangsai_ungraded_oldest_seconds": _UNGRADED,
    "jiangsai_sheets_open": "SELECT count(*) FROM sheets WHERE state = 'open'",
    "jiangsai_sheets_submitted": "SELECT count(*) FROM sheets WHERE state = 'submitted'",
    "jiangsai_sheets_overdue": "SELECT count(*) FROM sheets WHERE state = 'open'"
    " AND deadline_at + make_interval(secs => grace_s) < clock_timestamp()",
    "jiangsai_grading_failures": "SELECT count(*) FROM grading_failures",
    "jiangsai_database_connections": "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database()",
}
"""Numbers of the whole installation, asked when they are read: any node gives the same."""


def gauges() -> Iterator[tuple[str, float]]:
    """(name, value) of everything worth watching (RELIABILITY rule 41)."""
    with _engine().connect() as connection:
        for name, sql in _GAUGES.items():
            yield name, float(connection.scalar(text(sql)) or 0)
    yield "jiangsai_clock_offset_seconds", clock.offset().total_seconds()
    yield from parity.gauges()
