"""Pages travel compressed, quickly rather than tightly: level 1 costs a millisecond and saves four fifths.

Files are compressed when they are built; a proxy in front leaves alone what is compressed already."""

import io
import secrets
from gzip import GzipFile

from flask import Flask, Response, request

LEVEL = 1
LEAST_BYTES = 1024
"""Below this, as for the reply to a saved answer, the work is worth more than the bytes."""
TEXTS = frozenset({"text/html", "text/plain", "text/csv", "application/json", "image/svg+xml"})
PADDING = 32


def init_compression(app: Flask) -> None:
    """Compress what the browser takes. Call it before others add their own work after a request:
    Flask runs the first registered last, when the body stands."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The response with a gzip body, or as it was."""
    if response.mimetype not in TEXTS or response.direct_passthrough or response.is_streamed:
        return response
    length = response.content_length
    if length is not None and length < LEAST_BYTES:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if (
        len(body) < LEAST_BYTES
        or response.status_code in {204, 206, 304}
        or "Content-Encoding" in response.headers
        or not request.accept_encodings["gzip"]
    ):
        return response
    response.set_data(_packed(body))
    response.headers["Content-Encoding"] = "gzip"
    tag, is_weak = response.get_etag()
    if tag and not is_weak:
        response.set_etag(tag, weak=True)  # the same page, no longer the same bytes
    return response


def _packed(body: bytes) -> bytes:
    """gzip, with a random length: sizes must not tell what a page with a token holds (BREACH)."""
    held = io.BytesIO()
    padding = "x" * secrets.randbelow(PADDING)
    with GzipFile(padding, "wb", LEVEL, held, mtime=0) as packer:
        packer.write(body)
    return held.getvalue()
