"""The order of a board: from its Redis projection, or from SQL when Redis has none.

The projection is a sorted set of members 'key + entry id' with score 0 (so bytes order decides), a hash
entry id -> member, and a hash with version and time. It is whole or absent: a reader that finds no
version reads SQL. Both ways give the same answer (test B01)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from redis.exceptions import RedisError
from sqlalchemy import text

from webapp.core.db import db
from webapp.core.redis import redis_client
from webapp.leaderboard.rules.rank import LAST_BYTES, combined_of, tie_part

log = logging.getLogger(__name__)

ID_BYTES = 8


@dataclass(frozen=True)
class Keys:
    """The names of one board's three keys in Redis."""

    order: str
    members: str
    meta: str

    @property
    def all(self) -> list[str]:
        return [self.order, self.members, self.meta]


def keys_of(stage_id: int, suffix: str = "") -> Keys:
    """The keys of a stage's board; suffix: of one that is being built."""
    stem = f"board:{stage_id}{suffix}"
    return Keys(f"{stem}:order", f"{stem}:members", f"{stem}:meta")


def member_of(sort_key: bytes, entry_id: int) -> bytes:
    """A member of the sorted set."""
    return sort_key + entry_id.to_bytes(ID_BYTES, "big")


@dataclass(frozen=True)
class Placed:
    """One entry in the order. key: its full order key."""

    entry_id: int
    key: bytes

    @property
    def tie_key(self) -> bytes:
        return tie_part(self.key)

    @property
    def combined(self) -> Decimal:
        return combined_of(self.key)


@dataclass(frozen=True)
class Slice:
    """Consecutive entries. first: position of the first, from 1; better: how many entries have a smaller
    tie key than the first; total: of the board; version: of the projection, 0 when read from SQL."""

    entries: tuple[Placed, ...]
    first: int
    better: int
    total: int
    version: int


@dataclass(frozen=True)
class Group:
    """The entries that are tied with the one at a position."""

    better: int
    tied: int


# KEYS: order, members, meta. ARGV: first, last index; or 'entry', id, reach.
_SLICE = """
local version = redis.call('HGET', KEYS[3], 'version')
if not version then return false end
local first, last = tonumber(ARGV[1]), tonumber(ARGV[2])
if ARGV[3] then
    local member = redis.call('HGET', KEYS[2], ARGV[3])
    if not member then return {version, redis.call('ZCARD', KEYS[1]), 0, 0, {}} end
    local position = redis.call('ZRANK', KEYS[1], member)
    first, last = math.max(0, position - tonumber(ARGV[4])), position + tonumber(ARGV[4])
end
local members = redis.call('ZRANGE', KEYS[1], first, last)
local better = 0
if #members > 0 then
    local tie = string.sub(members[1], 1, #members[1] - TAIL)
    better = redis.call('ZLEXCOUNT', KEYS[1], '-', '(' .. tie)
end
return {version, redis.call('ZCARD', KEYS[1]), first, better, members}
""".replace("TAIL", str(LAST_BYTES + ID_BYTES))

_GROUP = """
if redis.call('EXISTS', KEYS[3]) == 0 then return false end
local member = redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not member then return {0, 0} end
local tie = string.sub(member, 1, #member - TAIL)
local better = redis.call('ZLEXCOUNT', KEYS[1], '-', '(' .. tie)
local upto = redis.call('ZLEXCOUNT', KEYS[1], '-', '(' .. tie .. string.rep('\\255', TAIL + 1))
return {better, upto - better}
""".replace("TAIL", str(LAST_BYTES + ID_BYTES))

_SQL_PAGE = text(
    """
    SELECT entry_id, sort_key FROM standings WHERE stage_id = :stage_id
    ORDER BY sort_key, entry_id OFFSET :first LIMIT :size
    """
)
_SQL_TOTAL = text("SELECT count(*) FROM standings WHERE stage_id = :stage_id")
_SQL_BETTER = text("SELECT count(*) FROM standings WHERE stage_id = :stage_id AND sort_key < :tie_key")
_SQL_TIED = text("SELECT count(*) FROM standings WHERE stage_id = :stage_id AND tie_key = :tie_key")
_SQL_BEFORE = text(
    """
    SELECT count(*) FROM standings s JOIN standings own ON own.stage_id = s.stage_id
    WHERE own.stage_id = :stage_id AND own.entry_id = :entry_id
      AND (s.sort_key, s.entry_id) < (own.sort_key, own.entry_id)
    """
)
_SQL_EXISTS = text("SELECT 1 FROM standings WHERE stage_id = :stage_id AND entry_id = :entry_id")


def part(stage_id: int, first: int, size: int) -> Slice:
    """The entries at positions first .. first + size - 1 (from 1), as many as there are."""
    found = _redis_slice(stage_id, [first - 1, first + size - 2])
    return found if found is not None else sql_part(stage_id, first, size)


def near(stage_id: int, entry_id: int, reach: int = 2) -> Slice:
    """An entry and its neighbours; no entries when it has no standing."""
    found = _redis_slice(stage_id, [0, 0, entry_id, reach])
    return found if found is not None else sql_near(stage_id, entry_id, reach)


def group_at(stage_id: int, position: int) -> Group:
    """How many are better than, and how many tied with, the entry at a position (from 1)."""
    try:
        keys = keys_of(stage_id).all
        found = redis_client().eval(_GROUP, len(keys), *keys, str(position - 1))
    except RedisError:
        log.warning("no board in Redis", exc_info=True)
        found = None
    return Group(*found) if found else sql_group_at(stage_id, position)


def sql_part(stage_id: int, first: int, size: int) -> Slice:
    """`part` from SQL alone."""
    rows = db.session.execute(_SQL_PAGE, {"stage_id": stage_id, "first": first - 1, "size": size}).all()
    total = db.session.scalar(_SQL_TOTAL, {"stage_id": stage_id}) or 0
    entries = tuple(Placed(row.entry_id, bytes(row.sort_key)) for row in rows)
    return Slice(entries, first, _sql_better(stage_id, entries), total, 0)


def sql_near(stage_id: int, entry_id: int, reach: int = 2) -> Slice:
    """`near` from SQL alone."""
    values = {"stage_id": stage_id, "entry_id": entry_id}
    if db.session.scalar(_SQL_EXISTS, values) is None:
        return Slice((), 1, 0, db.session.scalar(_SQL_TOTAL, {"stage_id": stage_id}) or 0, 0)
    before = db.session.scalar(_SQL_BEFORE, values) or 0
    first = max(0, before - reach)
    return sql_part(stage_id, first + 1, before + reach - first + 1)


def sql_group_at(stage_id: int, position: int) -> Group:
    """`group_at` from SQL alone."""
    rows = db.session.execute(_SQL_PAGE, {"stage_id": stage_id, "first": position - 1, "size": 1}).all()
    if not rows:
        return Group(0, 0)
    values = {"stage_id": stage_id, "tie_key": tie_part(bytes(rows[0].sort_key))}
    better = db.session.scalar(_SQL_BETTER, values) or 0
    return Group(better, db.session.scalar(_SQL_TIED, values) or 0)


def _sql_better(stage_id: int, entries: Sequence[Placed]) -> int:
    if not entries:
        return 0
    return db.session.scalar(_SQL_BETTER, {"stage_id": stage_id, "tie_key": entries[0].tie_key}) or 0


def _redis_slice(stage_id: int, arguments: list[int]) -> Slice | None:
    """None: there is no projection (or no Redis)."""
    keys = keys_of(stage_id).all
    try:
        found = redis_client().eval(_SLICE, len(keys), *keys, *map(str, arguments))
    except RedisError:
        log.warning("no board in Redis", exc_info=True)
        return None
    if not found:
        return None
    version, total, first, better, members = found
    entries = tuple(
        Placed(int.from_bytes(member[-ID_BYTES:], "big"), member[:-ID_BYTES]) for member in members
    )
    return Slice(entries, first + 1, better, total, int(version))
