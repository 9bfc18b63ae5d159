"""Signed tickets for live channels: pages hand them out, the live process checks them without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from itsdangerous import BadData, TimestampSigner

VALID_S = 24 * 3600
_SALT = "live channel"


class Watcher(StrEnum):
    """Who watches: hosts and big screens have places of their own."""

    HOST = "h"
    PUBLIC = "p"


@dataclass(frozen=True)
class Ticket:
    """A channel that its bearer may watch."""

    channel: str
    watcher: Watcher


def issue(secret: str, channel: str, watcher: Watcher) -> str:
    """A ticket for a channel, valid for a day."""
    return TimestampSigner(secret, salt=_SALT).sign(f"{watcher}.{channel}").decode()


def check(secrets: Sequence[str], text: str, valid_s: int = VALID_S) -> Ticket | None:
    """The ticket, or None when it is forged, damaged or too old.

    secrets: the present key first, then the keys that may still be in use."""
    try:
        # itsdangerous signs with the last key of a list and accepts all of them.
        signed = TimestampSigner(list(reversed(secrets)), salt=_SALT).unsign(text, max_age=valid_s).decode()
        kind, channel = signed.split(".", 1)
        return Ticket(channel, Watcher(kind))
    except (BadData, ValueError):
        return None
