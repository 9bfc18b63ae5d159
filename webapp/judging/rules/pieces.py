"""A large file that comes in pieces: how many, how long each, and the receipt for the whole."""

import hashlib
import re
from collections.abc import Iterable

PIECE_BYTES = 4 * 1024 * 1024
MOST_BYTES = 2 * 1024 * 1024 * 1024
DIGEST = re.compile(r"^[0-9a-f]{64}$")


def count(size_bytes: int, piece_bytes: int = PIECE_BYTES) -> int:
    """How many pieces a file has; the last one may be shorter."""
    return -(-size_bytes // piece_bytes)


def length(number: int, size_bytes: int, piece_bytes: int = PIECE_BYTES) -> int:
    """How long piece `number` (from 0) is, in bytes. raise (ValueError): the file has no such piece."""
    if not 0 <= number < count(size_bytes, piece_bytes):
        raise ValueError(f"no piece {number}")
    return min(piece_bytes, size_bytes - number * piece_bytes)


def digest(content: bytes) -> str:
    """SHA-256 of a piece, in hex."""
    return hashlib.sha256(content).hexdigest()


def list_digest(digests: Iterable[str]) -> str:
    """The digest of a file in pieces: SHA-256 over the hex digests of its pieces, one behind the other."""
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def receipt(deliverable_id: int, file_digest: str, at: str) -> str:
    """A short code that stands for this file handed in at this instant (ISO): four groups of four."""
    made = hashlib.sha256(f"{deliverable_id}|{file_digest}|{at}".encode()).hexdigest()[:16].upper()
    return "-".join(made[start : start + 4] for start in range(0, 16, 4))
