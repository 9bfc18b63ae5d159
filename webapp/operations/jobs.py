"""What the clock process does for all packages."""

from webapp.core.db import db
from webapp.core.outbox import relay
from webapp.core.transaction import transaction
from webapp.operations.service import beats, gate


def hold_back_or_let_go() -> None:
    """Look at the red items of exams that open soon."""
    with transaction():
        gate.decide()


def beat() -> None:
    """The clock process lives."""
    beats.beat(db.engine, "clock")
    beats.forget_old(db.engine)


PERIODIC = (
    ("outbox.relay", 2.0, relay),
    ("operations.beat", 10.0, beat),
    ("operations.gate", 30.0, hold_back_or_let_go),
)
"""A queued job whose fast path failed (Redis away, process killed) leaves within seconds (DECISIONS 10)."""
