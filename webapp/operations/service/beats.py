"""Signs of life: each process writes down that it lives and how far its clock is off."""

import os
import socket

from sqlalchemy import Engine, text

from webapp.core import clock

_BEAT = text(
    """
    INSERT INTO process_beats (kind, host, pid, offset_ms, seen_at)
    VALUES (:kind, :host, :pid, :offset_ms, clock_timestamp())
    ON CONFLICT (kind, host, pid) DO UPDATE SET offset_ms = excluded.offset_ms, seen_at = excluded.seen_at
    """
)
_FORGET = text("DELETE FROM process_beats WHERE seen_at < clock_timestamp() - interval '1 day'")


def beat(engine: Engine, kind: str) -> None:
    """Say that this process lives. The offset is the one measured last."""
    values = {
        "kind": kind,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "offset_ms": round(clock.offset().total_seconds() * 1000),
    }
    with engine.begin() as connection:
        connection.execute(_BEAT, values)


def forget_old(engine: Engine) -> None:
    """Drop what was not heard of for a day."""
    with engine.begin() as connection:
        connection.execute(_FORGET)
