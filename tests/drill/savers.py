"""People who save answers without pause, as the exam page does: what was not acknowledged is sent again.

Each writes down every request before sending it and every acknowledgement; this journal, kept on the
browser's side of the wire, is what the database is compared with afterwards."""

import asyncio
import itertools
import json
import multiprocessing
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.bench.load import LENGTH, request
from tests.drill.people import Sitter

GENERATORS = 2
PATIENCE_S = 10.0
"""How long one request may take before its outcome counts as unknown and it is sent again."""

END_S = 30.0
"""How long after the end of the load an answer may still be repeated until it is acknowledged."""


@dataclass
class Change:
    """One change of one answer. acked_at: when the site said "saved"; None: it never did."""

    attempt_id: int
    slot: int
    seq: int
    answer: str
    sent_at: float
    acked_at: float | None = None
    tries: int = 0
    refused: str = ""


@dataclass
class Journal:
    """Everything that was sent and acknowledged, and every answer that was neither 200 nor a fault."""

    changes: list[Change] = field(default_factory=list)

    @property
    def acked(self) -> list[Change]:
        return [change for change in self.changes if change.acked_at is not None]

    @property
    def refused(self) -> list[Change]:
        return [change for change in self.changes if change.refused]

    def longest_silence_s(self, start: float, end: float) -> float:
        """The longest time within [start, end] in which nobody at all got an acknowledgement."""
        times = [
            start,
            *sorted(at for change in self.acked if start <= (at := change.acked_at or 0) <= end),
            end,
        ]
        return max(later - sooner for sooner, later in itertools.pairwise(times))

    def wait_s(self, share: float) -> float:
        """The quantile of the times from the first sending to the acknowledgement, repeats included."""
        waits = sorted((change.acked_at or 0) - change.sent_at for change in self.acked)
        return waits[min(len(waits) - 1, int(share * len(waits)))] if waits else float("inf")


class Savers:
    """The load, in processes of its own, until `stop` is called."""

    def __init__(self, port: int, people: Sequence[Sitter], folder: Path, pace_s: float) -> None:
        self.folder = folder
        context = multiprocessing.get_context("fork")
        self.ended: Event = context.Event()
        self.children = [
            context.Process(
                target=_generate,
                args=(port, people[part::GENERATORS], folder / f"journal-{part}.json", pace_s, self.ended),
            )
            for part in range(GENERATORS)
        ]
        for child in self.children:
            child.start()

    def stop(self) -> Journal:
        """End the load, wait until the last answers are settled, and read the journal."""
        self.ended.set()
        for child in self.children:
            child.join(END_S + PATIENCE_S + 20)
            assert child.exitcode == 0, "a load generator failed"
        journal = Journal()
        for part in range(GENERATORS):
            rows = json.loads((self.folder / f"journal-{part}.json").read_text(encoding="utf-8"))
            journal.changes += [Change(*row) for row in rows]
        return journal


def _generate(port: int, people: Sequence[Sitter], path: Path, pace_s: float, ended: Event) -> None:
    changes: list[Change] = []
    asyncio.run(_all(port, people, changes, pace_s, ended))
    rows = [
        (c.attempt_id, c.slot, c.seq, c.answer, c.sent_at, c.acked_at, c.tries, c.refused) for c in changes
    ]
    path.write_text(json.dumps(rows), encoding="utf-8")


async def _all(
    port: int, people: Sequence[Sitter], changes: list[Change], pace_s: float, ended: Event
) -> None:
    async with asyncio.TaskGroup() as group:
        for sitter in people:
            group.create_task(_Person(port, sitter, changes, pace_s, ended).sit())


@dataclass
class _Person:
    port: int
    sitter: Sitter
    changes: list[Change]
    pace_s: float
    ended: Event
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def sit(self) -> None:
        """Answer, wait for "saved", think, answer."""
        chance = random.Random(self.sitter.attempt_id)
        seqs: dict[int, int] = {}
        await asyncio.sleep(chance.uniform(0, self.pace_s))
        while not self.ended.is_set():
            slot, letters = chance.choice(self.sitter.slots)
            seqs[slot] = seqs.get(slot, 0) + 1
            change = Change(self.sitter.attempt_id, slot, seqs[slot], chance.choice(letters), time.time())
            self.changes.append(change)
            await self._until_saved(change, chance)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * self.pace_s)
        self._hang_up()

    async def _until_saved(self, change: Change, chance: random.Random) -> None:
        item = {"slot": change.slot, "seq": change.seq, "answer": change.answer, "flag": False}
        body = json.dumps({"lease": self.sitter.lease, "items": [item]}).encode()
        headers = [*self.sitter.headers, ("Content-Type", "application/json")]
        sent = request("POST", f"/attempts/{change.attempt_id}/answers", body, headers)
        give_up: float | None = None
        while change.acked_at is None and not change.refused:
            if self.ended.is_set():
                give_up = give_up or time.monotonic() + END_S
                if time.monotonic() > give_up:
                    return
            change.tries += 1
            status, told = await self._exchange(sent)
            if status == 200 and json.loads(told)["items"][0]["state"] == "saved":
                change.acked_at = time.time()
            elif status == 0 or status in {429, 500, 502, 503, 504}:
                await asyncio.sleep(chance.uniform(0.1, 0.5) * min(change.tries, 4))
            else:
                change.refused = f"{status} {told[:120]!r}"

    async def _exchange(self, sent: bytes) -> tuple[int, bytes]:
        """(status, body); status 0: the connection broke or nobody answered."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                if self.writer is None:
                    self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
                assert self.reader is not None
                self.writer.write(sent)
                head = await self.reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                body = await self.reader.readexactly(int(length.group(1))) if length else b""
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            self._hang_up()
            return 0, b""
        if b"connection: close" in head.lower():
            self._hang_up()
        return int(head[9:12]), body

    def _hang_up(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None
