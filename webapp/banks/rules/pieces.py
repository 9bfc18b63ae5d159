"""Many questions as small compressed pieces: the database neither reads nor compresses megabytes at once."""

import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

PIECE = 100
"""Questions of a piece; only the last one may hold fewer."""


def packed(questions: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The pieces of these questions, in their order."""
    rest = iter(questions)
    while piece := list(islice(rest, PIECE)):
        yield zlib.compress(json.dumps(piece, ensure_ascii=False).encode())


def unpacked(pieces: Iterable[bytes]) -> list[dict[str, Any]]:
    """The questions of these pieces, one after the other."""
    return [question for piece in pieces for question in json.loads(zlib.decompress(piece))]


def pieces_of(start: int, end: int) -> tuple[range, int]:
    """The pieces that hold the questions [start, end), and how many questions come before them."""
    first = start // PIECE
    return range(first, -(-end // PIECE)), first * PIECE
