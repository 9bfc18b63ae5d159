"""Blind numbers: drawn from a secret whose digest is shown before, so that the draw can be repeated afterwards."""

import hashlib
import hmac
from collections.abc import Iterable

SECRET_BYTES = 32


def commitment(secret: bytes) -> str:
    """What is shown when the numbers are drawn: the SHA-256 of the secret, in hex."""
    return hashlib.sha256(secret).hexdigest()


def place(secret: bytes, module: str, entry_id: int) -> bytes:
    """Where an entry stands in the order of a module. Who does not know the secret cannot tell it."""
    return hmac.digest(secret, f"blind:{module}:{entry_id}".encode(), hashlib.sha256)


def blind_numbers(secret: bytes, module: str, entry_ids: Iterable[int], after: int = 0) -> dict[int, int]:
    """Entry -> number, after + 1, after + 2 …, in the order that the secret gives; the same for any order of the
    entries. `after`: numbers that were given before to others, who keep them."""
    order = sorted(set(entry_ids), key=lambda entry_id: place(secret, module, entry_id))
    return {entry_id: number for number, entry_id in enumerate(order, after + 1)}


def proves(secret: bytes, shown: str) -> bool:
    """Whether a secret is the one that was promised."""
    return hmac.compare_digest(commitment(secret), shown)
