"""The bare limit: the least a page process must do for each workload, on the same server and database."""

import itertools
import os
import queue
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask, request

URL = os.environ.get("BARE_DATABASE", "")
POOL_SIZE = 8

_pool: "queue.LifoQueue[psycopg.Connection[Any]]" = queue.LifoQueue()
_made = itertools.count()
_numbers = itertools.count()
_page = (
    b"<table>" + b"".join(b"<tr><td>%d</td><td>name</td></tr>" % rank for rank in range(1, 101)) + b"</table>"
)


@contextmanager
def connection() -> Any:
    """A pooled connection; committed on leaving."""
    try:
        held = _pool.get_nowait()
    except queue.Empty:
        held = psycopg.connect(URL) if next(_made) < POOL_SIZE else _pool.get()
    try:
        yield held
        held.commit()
    finally:
        _pool.put(held)


def save(body: bytes) -> bytes:
    """One UPSERT of one row, one commit."""
    with connection() as held:
        held.execute(
            "INSERT INTO bare_saves (id, answer) VALUES (%s, %s)"
            " ON CONFLICT (id) DO UPDATE SET answer = excluded.answer, seq = bare_saves.seq + 1",
            (next(_numbers) % 400, body.decode("utf-8", "replace")[:200]),
        )
    return b'{"ok":true}'


def start(body: bytes) -> bytes:
    """One INSERT of one paper, one commit, a page of ready bytes."""
    with connection() as held:
        held.execute("INSERT INTO bare_starts (paper) VALUES (%s)", (list(range(85)),))
    return _page


app = Flask(__name__)
"""A Flask app with nothing around its handlers: no session, no person, no form token, no headers."""


@app.post("/save")
def save_route() -> bytes:
    return save(request.get_data())


@app.post("/start")
def start_route() -> bytes:
    return start(request.get_data())


@app.get("/top")
def top_route() -> bytes:
    return _page
