"""A small load generator: raw HTTP/1.1 over kept-alive connections, in processes of its own."""

import asyncio
import re
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

LENGTH = re.compile(rb"content-length:\s*(\d+)", re.I)


@dataclass(frozen=True)
class Outcome:
    """requests: answered as expected; wrong: other statuses (first one kept for the message)."""

    requests: int
    seconds: float
    wrong: int
    sample: str = ""

    @property
    def rate(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0


def request(method: str, path: str, body: bytes = b"", headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers)]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run(
    port: int, lanes: Sequence[Sequence[bytes]], seconds: float, once: bool = False, expect: int = 200
) -> Outcome:
    """Send each lane's requests in turn over one connection a lane, for `seconds` or once through."""
    half = [list(lanes[0::2]), list(lanes[1::2])]
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        parts = list(pool.map(_process, [(port, part, seconds, once, expect) for part in half if part]))
    return Outcome(
        sum(part.requests for part in parts),
        max(part.seconds for part in parts),
        sum(part.wrong for part in parts),
        next((part.sample for part in parts if part.sample), ""),
    )


def _process(job: tuple[int, list[Sequence[bytes]], float, bool, int]) -> Outcome:
    return asyncio.run(_lanes(*job))


async def _lanes(port: int, lanes: list[Sequence[bytes]], seconds: float, once: bool, expect: int) -> Outcome:
    started = time.monotonic()
    ends = started + seconds
    found = await asyncio.gather(*(_lane(port, lane, ends, once, expect) for lane in lanes))
    return Outcome(
        sum(item[0] for item in found),
        time.monotonic() - started,
        sum(item[1] for item in found),
        next((item[2] for item in found if item[2]), ""),
    )


async def _lane(
    port: int, lane: Sequence[bytes], ends: float, once: bool, expect: int
) -> tuple[int, int, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    good = wrong = 0
    sample = ""
    position = 0
    while time.monotonic() < ends and not (once and position >= len(lane)):
        writer.write(lane[position % len(lane)])
        position += 1
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await reader.readexactly(int(length.group(1))) if length else b""
        if int(head[9:12]) == expect:
            good += 1
        else:
            wrong += 1
            sample = sample or head[:15].decode() + body[:300].decode("utf-8", "replace")
    writer.close()
    return good, wrong, sample
