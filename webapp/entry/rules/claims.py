"""What a signed ticket has to say, and what of it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from webapp.entry.errors import TicketRefused

LONGEST = timedelta(minutes=5)
"""A ticket that lives longer could be passed on; an app makes one at each tap."""

LEEWAY = timedelta(seconds=30)
"""Clocks of two systems are never quite the same."""

MOST_CHARS = 200


@dataclass(frozen=True)
class Outsider:
    """Who the other side says has come. subject: its own name for the person, for ever the same."""

    subject: str
    name: str = ""


@dataclass(frozen=True)
class Ticket:
    """A ticket that may be used once, until `expires_at`."""

    outsider: Outsider
    number: str
    expires_at: datetime


def read_ticket(claims: Mapping[str, object], issuer: str, audience: str, now: datetime) -> Ticket:
    """The ticket of verified claims: iss, aud, sub, jti, iat, exp; name may come along.

    raise (TicketRefused): another issuer or audience, something missing, not yet or no longer valid, or
    valid for longer than LONGEST."""
    subject, number = _text(claims, "sub"), _text(claims, "jti")
    issued, expires = _instant(claims, "iat"), _instant(claims, "exp")
    told = claims.get("aud")
    audiences = told if isinstance(told, list) else [told]
    if claims.get("iss") != issuer or audience not in audiences or not subject or not number:
        raise TicketRefused
    if issued is None or expires is None or expires - issued > LONGEST:
        raise TicketRefused
    if now < issued - LEEWAY or now >= expires + LEEWAY:
        raise TicketRefused
    return Ticket(Outsider(subject, _text(claims, "name")), number, expires)


def _text(claims: Mapping[str, object], name: str) -> str:
    """A claim as text, '' when it is missing, empty, too long or something else."""
    value = claims.get(name)
    return value if isinstance(value, str) and len(value) <= MOST_CHARS and value.isprintable() else ""


def _instant(claims: Mapping[str, object], name: str) -> datetime | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None
