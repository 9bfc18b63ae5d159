"""Hashing passwords: argon2id, a bounded number at once, the same work for unknown people."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

from webapp.accounts.rules.passwords import canonical
from webapp.core.errors import Busy

WAIT_S = 4.0
"""How long a sign-in waits for its turn before the person is asked to come back."""

RETRY_AFTER_S = 5


@lru_cache(maxsize=4)
def _hasher(time_cost: int, memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)


@lru_cache(maxsize=4)
def _dummy(time_cost: int, memory_kib: int) -> str:
    return _hasher(time_cost, memory_kib).hash("nobody has this password")


def hash_password(password: str) -> str:
    """The stored form of a password. Raise Busy when too many wait already."""
    with _turn():
        return _hasher(*_costs()).hash(canonical(password))


def is_password(stored: str, password: str) -> bool:
    """Whether `password` belongs to the stored form. '' (unknown person, no password yet) costs the same
    time and is never right. Raise Busy when too many wait already."""
    with _turn():
        try:
            right = _hasher(*_costs()).verify(stored or _dummy(*_costs()), canonical(password))
        except (VerificationError, InvalidHashError):
            return False
    return right and bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether the stored form was made with other costs than the present ones."""
    return _hasher(*_costs()).check_needs_rehash(stored)


def _costs() -> tuple[int, int]:
    """argon2id t=2, m=19 MiB, p=1 (OWASP's second choice; 26 ms). Tests use less."""
    config = current_app.config
    return int(config.get("ARGON2_TIME_COST", 2)), int(config.get("ARGON2_MEMORY_KIB", 19456))


@contextmanager
def _turn() -> Iterator[None]:
    gate = _gate(current_app._get_current_object())  # type: ignore[attr-defined]  # werkzeug's proxy
    if not gate.acquire(timeout=WAIT_S):
        raise Busy(RETRY_AFTER_S)
    try:
        yield
    finally:
        gate.release()


def _gate(app: Flask) -> BoundedSemaphore:
    extensions: dict[str, Any] = app.extensions
    return extensions.setdefault(  # type: ignore[no-any-return]  # Flask's extensions are untyped
        "password_gate", BoundedSemaphore(extensions["settings"].concurrent_hashes)
    )
