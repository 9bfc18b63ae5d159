"""The short code that stands behind the questions of an attempt, and finding the attempt by it.

A photo of the page shows the code; only somebody with the key can turn it into a person. It hinders
nobody from taking the photo, it only makes the photo traceable."""

import hashlib
import hmac
from collections.abc import Iterable

from webapp.integrity.errors import BadCode

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters without 0, 1, I and O, which look like others on a photo."""

LENGTH = 7
"""35 bits: among 42,650 attempts about one pair in forty exams shares a code; both would be shown."""

UNREADABLE = "?"
MOST_UNREADABLE = 2


def code_of(key: bytes, attempt_id: int) -> str:
    """The code of an attempt: seven characters of HMAC-SHA256(key, attempt)."""
    number = int.from_bytes(hmac.digest(key, f"watermark:{attempt_id}".encode(), hashlib.sha256)[:8], "big")
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in range(LENGTH))


def read_code(text: str) -> str:
    """What somebody typed from a photo, in the form of a code. Spaces and dashes are dropped.

    raise (BadCode): another length, a character that no code has, more than MOST_UNREADABLE gaps."""
    code = "".join(text.split()).replace("-", "").replace("？", UNREADABLE).upper()
    known = all(letter in ALPHABET or letter == UNREADABLE for letter in code)
    if len(code) != LENGTH or not known or code.count(UNREADABLE) > MOST_UNREADABLE:
        raise BadCode(n=LENGTH)
    return code


def matching(key: bytes, code: str, attempt_ids: Iterable[int]) -> list[int]:
    """The attempts whose code this is; a '?' stands for any character."""
    return [attempt_id for attempt_id in attempt_ids if _fits(code, code_of(key, attempt_id))]


def _fits(code: str, full: str) -> bool:
    return all(mine in (UNREADABLE, theirs) for mine, theirs in zip(code, full, strict=True))
