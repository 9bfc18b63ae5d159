"""O05: slow clients: thousands of half-open requests, bodies that crawl, everybody reconnecting, a full pool.

A small buffering proxy stands in front, as operations.md asks for (RELIABILITY rule 39)."""

import asyncio
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.drill import people, sizes
from tests.drill.figures import Figure, at_most, told
from tests.drill.oracle import verdict_figures
from tests.drill.proxy import buffering
from tests.drill.savers import Journal, Savers
from tests.drill.site import running_site

ROW = "O05"
SAVE_S = 2.0
PHASE_S = 15.0
SLOW_BODIES = 200

Attack = Callable[[int, Event], Coroutine[None, None, None]]


def run() -> Iterator[Figure]:
    """Savers in peace, then with each kind of slow client beside them."""
    with (
        running_site() as site,
        buffering(site.port) as port,
        tempfile.TemporaryDirectory() as name,
    ):
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            sitting = people.sitters(app, exam, max(50, sizes.SAVERS // 5))
            load = Savers(port, sitting, Path(name), sizes.PACE_S)
            time.sleep(sizes.PACE_S + 1)
            phases = [("nothing", time.time(), time.time() + PHASE_S)]
            time.sleep(PHASE_S)
            for what, attack in ATTACKS.items():
                with _beside(attack, port):
                    start = time.time()
                    time.sleep(PHASE_S)
                    phases.append((what, start, time.time()))
            with _beside(_slow_bodies, site.port):
                bare_at = time.time()
                time.sleep(PHASE_S)
            bare_end = time.time()
            journal = load.stop()
            bare_s = _p99(journal, bare_at, bare_end)
            yield told(
                ROW, "save p99 beside slow bodies that get past the buffering proxy", f"{bare_s:.2g} s"
            )
            for what, start, end in phases:
                yield at_most(ROW, f"save p99 beside {what}", _p99(journal, start, end), SAVE_S, "s")
            yield from verdict_figures(ROW, journal, exam.exam_id)


def _p99(journal: Journal, start: float, end: float) -> float:
    """Among the answers given in this time; one that was never acknowledged counts as endless."""
    given = [change for change in journal.changes if start <= change.sent_at <= end]
    waits = sorted((change.acked_at or float("inf")) - change.sent_at for change in given)
    return waits[min(len(waits) - 1, int(0.99 * len(waits)))] if waits else float("inf")


@contextmanager
def _beside(attack: Attack, port: int) -> Iterator[None]:
    """Run an attack in a process of its own."""
    context = multiprocessing.get_context("fork")
    ended = context.Event()
    child = context.Process(target=_attack, args=(attack, port, ended))
    child.start()
    try:
        yield
    finally:
        ended.set()
        child.join(20)
        if child.is_alive():
            child.kill()


def _attack(attack: Attack, port: int, ended: Event) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(attack(port, ended))


async def _slow_heads(port: int, ended: Event) -> None:
    """Sockets that send a header line now and then and never come to the end of it."""
    writers = await _opened(port, sizes.SLOW_SOCKETS, b"GET /exams HTTP/1.1\r\nHost: 127.0.0.1\r\n")
    while not ended.is_set():
        for writer in writers:
            with suppress(OSError):
                writer.write(b"X-Slow: 1\r\n")
        await asyncio.sleep(3)


async def _slow_bodies(port: int, ended: Event) -> None:
    """Forms of which a byte comes each second: they must not hold a working thread."""
    head = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    writers = await _opened(port, SLOW_BODIES, head + b"Content-Length: 100000\r\n\r\n")
    while not ended.is_set():
        for writer in writers:
            with suppress(OSError):
                writer.write(b"a")
        await asyncio.sleep(1)


async def _reconnects(port: int, ended: Event) -> None:
    """Everybody's connection breaks and comes back, again and again, with a page each time."""
    while not ended.is_set():
        for writer in await _opened(port, 100, b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"):
            writer.close()
        await asyncio.sleep(0.5)


async def _boards(port: int, ended: Event) -> None:
    """More page requests at once than there are threads and database connections."""
    while not ended.is_set():
        for writer in await _opened(
            port, 60, b"GET /boards HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        ):
            writer.close()
        await asyncio.sleep(0.5)


async def _opened(port: int, count: int, sent: bytes) -> list[asyncio.StreamWriter]:
    """So many connections that have sent this."""
    writers = []
    for _ in range(count):
        try:
            _reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 5)
        except (OSError, TimeoutError):
            continue
        writer.write(sent)
        writers.append(writer)
    return writers


ATTACKS: dict[str, Attack] = {
    f"{sizes.SLOW_SOCKETS} sockets with endless headers": _slow_heads,
    f"{SLOW_BODIES} bodies of a byte a second": _slow_bodies,
    "storms of 100 reconnects": _reconnects,
    "storms of 60 page requests": _boards,
}
