"""The one order of a board: a stored key whose bytes order is the order of the entries.

A key is made of fields of eight bytes, best first: the combined score, then each declared breaker,
then sixteen bytes that nobody chooses (a digest that can be computed by hand). What stands before the
digest is the tie key: entries that share it are tied. SQL, Redis, lists and certificates sort by it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from webapp.contests.rules.schema import RankRule

FIELD_BYTES = 8
LAST_BYTES = 16
_HIGHEST = (1 << 63) - 1
_MISSING = b"\xff" * FIELD_BYTES
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
COMPONENTS = ("theory", "learning", "practical")


@dataclass(frozen=True)
class Ranked:
    """What an entry's place depends on. combined: two places; components: four; last: see `last_key`."""

    combined: Decimal
    last: bytes
    components: Mapping[str, Decimal] = field(default_factory=dict)
    time_used_s: int | None = None
    submitted_at: datetime | None = None


def last_key(contest_code: str, number: str) -> bytes:
    """The first 16 bytes of SHA-256 over '<contest code>:<contestant number>' in UTF-8.

    Both are public and fixed before any score exists: nobody can steer it and anybody can repeat it."""
    return hashlib.sha256(f"{contest_code}:{number}".encode()).digest()[:LAST_BYTES]


def sort_key(entry: Ranked, rule: RankRule) -> bytes:
    """The full order key: `tie_key` and then the digest. Smaller bytes stand higher on the board.

    raise (ValueError): a last key of another length, a breaker that is not known, a value out of range."""
    if len(entry.last) != LAST_BYTES:
        raise ValueError(f"the last key has {len(entry.last)} bytes instead of {LAST_BYTES}")
    return tie_key(entry, rule) + entry.last


def tie_key(entry: Ranked, rule: RankRule) -> bytes:
    """The part of the key that tied entries have in common: the combined score and the declared breakers.

    Scores: higher is better. time_used, submitted_at: smaller is better. A missing value comes last."""
    return _descending(entry.combined, 2) + b"".join(_breaker(entry, name) for name in rule.breakers)


def tie_part(key: bytes) -> bytes:
    """The tie key within a full order key."""
    return key[:-LAST_BYTES]


def combined_of(key: bytes) -> Decimal:
    """The combined score that a key (or tie key) begins with."""
    return Decimal(_HIGHEST - int.from_bytes(key[:FIELD_BYTES], "big")).scaleb(-2)


def _breaker(entry: Ranked, name: str) -> bytes:
    if name in COMPONENTS:
        score = entry.components.get(name)
        return _MISSING if score is None else _descending(score, 4)
    if name == "time_used":
        return _MISSING if entry.time_used_s is None else _ascending(entry.time_used_s)
    if name == "submitted_at":
        at = entry.submitted_at
        return _MISSING if at is None else _ascending((at - _EPOCH) // _MICROSECOND)
    raise ValueError(f"no such breaker: {name}")


def _descending(score: Decimal, places: int) -> bytes:
    scaled = score.scaleb(places)
    if scaled != scaled.to_integral_value() or not 0 <= scaled <= _HIGHEST:
        raise ValueError(f"{score} is not a score with {places} places")
    return (_HIGHEST - int(scaled)).to_bytes(FIELD_BYTES, "big")


def _ascending(value: int) -> bytes:
    if not 0 <= value <= _HIGHEST:
        raise ValueError(f"{value} is out of range")
    return value.to_bytes(FIELD_BYTES, "big")


def ranks(
    tie_keys: Sequence[bytes], display: str, first_position: int = 1, better_than_first: int | None = None
) -> list[int]:
    """The rank numbers of consecutive entries of a board, in order.

    display 'shared': tied entries share the rank of the first of them (1, 2, 2, 4); 'ordinal': 1, 2, 3, 4.
    first_position: of the first given entry, from 1. better_than_first: how many entries of the board
    have a smaller tie key (needed where a list begins in the middle of a tie; default: none is tied)."""
    if display == "ordinal":
        return list(range(first_position, first_position + len(tie_keys)))
    shown: list[int] = []
    for at, key in enumerate(tie_keys):
        if at == 0:
            shown.append(first_position if better_than_first is None else better_than_first + 1)
        else:
            shown.append(shown[-1] if key == tie_keys[at - 1] else first_position + at)
    return shown


def rank_of(position: int, better: int, display: str) -> int:
    """The rank of one entry. position: from 1; better: how many have a smaller tie key."""
    return position if display == "ordinal" else better + 1


def cut_size(total: int, quota: int | None, better: int, tied: int, cut: str) -> int | None:
    """How many entries stand above the cut line; None without a quota.

    better, tied: around the entry at position `quota`, how many have a smaller tie key and how many share
    its tie key (itself included). cut 'all_tied': all who are tied at the line go on; 'none_tied': none of
    them, unless all fit; 'ordinal': exactly the quota, by the last key. Source: DECISIONS 4."""
    if quota is None:
        return None
    if total <= quota or cut == "ordinal":
        return min(total, quota)
    if cut == "all_tied":
        return better + tied
    if cut == "none_tied":
        return quota if better + tied == quota else better
    raise ValueError(f"no such rule for ties at the cut: {cut}")


def around(position: int, total: int, reach: int = 2) -> range:
    """The positions (from 1) of an entry and its neighbours, as many as fit."""
    return range(max(1, position - reach), min(total, position + reach) + 1)
