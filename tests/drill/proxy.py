"""A buffering proxy in the place of the one that operations.md asks for: a request goes on when all of it is here."""

import asyncio
import multiprocessing
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

from tests.bench.load import LENGTH

HEAD_BYTES, BODY_BYTES = 64_000, 20_000_000


@contextmanager
def buffering(port: int) -> Iterator[int]:
    """Its own port, for as long as the block lasts."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    child = context.Process(target=_serve, args=(port, there), daemon=True)
    child.start()
    try:
        yield int(here.recv())
    finally:
        child.terminate()
        child.join(10)


def _serve(port: int, told: Connection) -> None:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(_listen(port, told))


async def _listen(port: int, told: Connection) -> None:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await _pass_on(reader, writer, port)
        writer.close()

    server = await asyncio.start_server(client, "127.0.0.1", 0, limit=HEAD_BYTES, backlog=2048)
    told.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """Whole requests of one connection, one after the other, over one connection to the site."""
    behind: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    try:
        while True:
            request = await _message(reader)
            if behind is None:
                behind = await asyncio.open_connection("127.0.0.1", port)
            behind[1].write(request)
            writer.write(await _message(behind[0]))
            await writer.drain()
    finally:
        if behind is not None:
            behind[1].close()


async def _message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = LENGTH.search(head)
    size = min(int(length.group(1)), BODY_BYTES) if length else 0
    return head + (await reader.readexactly(size) if size else b"")
