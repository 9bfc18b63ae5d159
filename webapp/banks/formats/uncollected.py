"""Reading without pauses of Python's collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

LARGE_BYTES = 128 * 1024
"""Of larger files a web process reads the first rows at most."""


@contextmanager
def uncollected(size_bytes: int) -> Iterator[None]:
    """Reading a large file makes millions of objects that are all kept or fall away by themselves; the collector
    would walk through them, and through all of the program, again and again for nothing."""
    is_paused = size_bytes > LARGE_BYTES and gc.isenabled()
    if is_paused:
        gc.disable()
    try:
        yield
    finally:
        if is_paused:
            gc.enable()
