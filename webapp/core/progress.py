"""How far long work is, for whoever listens: services say it as they go, an edge that shows it listens.

Nobody listens to most calls; then it costs nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int | None], None]

_listener: ContextVar[Listener | None] = ContextVar("progress_listener", default=None)


def tell(phase: str, done: int, total: int | None = None) -> None:
    """So much of a phase is done. total: of how many, None where only the listener knows."""
    listener = _listener.get()
    if listener is not None:
        listener(phase, done, total)


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Have what is told inside heard; what the listener raises ends the work."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
