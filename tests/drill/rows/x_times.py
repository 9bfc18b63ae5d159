"""X02 and X08, their timing parts: what exists elsewhere answers like what does not exist at all."""

import statistics
import time
from collections.abc import Callable, Iterator

import psycopg

from tests import factories
from tests.drill import people, sizes
from tests.drill.browsers import Reply, ask, sign_in_form
from tests.drill.figures import Figure, at_most, exactly
from tests.drill.site import running_site
from webapp.operations.database_tools import connect

ROW = "X02+X08"
APART_PCT = 10.0
SIZE_PCT = 5.0
MISSING = 999_999_999
PAGES = ("/attempts/{}", "/attempts/{}/receipt", "/attempts/{}/submit")


def run() -> Iterator[Figure]:
    """Foreign and missing ids in turn; known and unknown numbers in turn; medians compared."""
    with running_site({"JIANGSAI_CONCURRENT_HASHES": "4"}) as site:
        app = site.app()
        with app.app_context():
            exam = people.open_an_exam()
            stranger, owner = people.sitters(app, exam, 2)
            known = people.with_passwords(20)
            unknown = factories.document_number(777, "19310101")
            headers = dict(stranger.headers) | {"Accept": "text/html"}
            for page in PAGES:
                yield from _compare(
                    "X02",
                    page.format("ID"),
                    lambda page=page: ask(site.port, "GET", page.format(owner.attempt_id), headers),  # type: ignore[misc]
                    lambda page=page: ask(site.port, "GET", page.format(MISSING), headers),  # type: ignore[misc]
                )
            with connect(site.environ["DATABASE_URL"], autocommit=True) as database:
                tried = iter(known * (2 * sizes.ASKED))
                yield from _compare(
                    "X08",
                    "POST /sign-in, known and unknown number",
                    lambda: _wrong_password(database, site.port, next(tried)[0]),
                    lambda: _wrong_password(database, site.port, unknown),
                )


def _compare(row: str, what: str, one: Callable[[], Reply], other: Callable[[], Reply]) -> Iterator[Figure]:
    """In turn, so that whatever else the machine does meets both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    replies: list[Reply] = []
    for nth in range(2 * sizes.ASKED):
        started = time.perf_counter()
        reply = (one, other)[nth % 2]()
        times[nth % 2].append(time.perf_counter() - started - reply.spent_before_s)
        replies = [*replies[-1:], reply]
    first, second = (statistics.median(half) for half in times)
    apart = abs(first - second) / min(first, second) * 100
    yield at_most(
        row,
        f"{what}: medians of {sizes.ASKED} ({first * 1000:.1f} and {second * 1000:.1f} ms) apart",
        apart,
        APART_PCT,
        "%",
    )
    statuses = {reply.status for reply in replies}
    yield exactly(row, f"{what}: statuses {statuses}, more than one", len(statuses) - 1)
    sizes_ = [len(reply.text) for reply in replies]
    yield at_most(
        row, f"{what}: sizes apart", abs(sizes_[0] - sizes_[1]) / max(1, min(sizes_)) * 100, SIZE_PCT, "%"
    )


def _wrong_password(database: psycopg.Connection, port: int, number: str) -> Reply:
    """A try that is neither slowed nor locked by those before it: their count is taken away first."""
    started = time.perf_counter()
    database.execute("DELETE FROM sign_in_failures")
    headers, token = sign_in_form(port)
    before_s = time.perf_counter() - started
    reply = ask(
        port, "POST", "/sign-in", headers, {"identifier": number, "password": "x" * 12, "csrf_token": token}
    )
    return Reply(reply.status, reply.text, reply.headers, before_s)
