"""Showing standings to Redis after the commit.

Every write to a board's projection reads the truth from SQL while it holds the board's advisory lock,
so writers cannot overtake each other. A write never empties a board: it moves single members, or a
new board is built beside the old one and takes its place in one step."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from redis.exceptions import RedisError
from sqlalchemy import text

from webapp.core import clock
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.core.redis import redis_client
from webapp.leaderboard.queries.order import keys_of, member_of

BOARD_LOCK = 7_304_100
CHUNK = 2_000
ASK_EVERY_S = 15
TRIES = 3

_LOCK = text("SELECT pg_advisory_xact_lock(CAST(:kind AS integer), CAST(:stage_id AS integer))")
_CHANGED = text(
    "SELECT entry_id, sort_key FROM standings WHERE stage_id = :stage_id AND entry_id = ANY(:entry_ids)"
)
_ALL = text("SELECT entry_id, sort_key FROM standings WHERE stage_id = :stage_id")
_ACTIVE = text(
    """
    SELECT stage_id FROM standings GROUP BY stage_id
    HAVING max(updated_at) > clock_timestamp() - make_interval(secs => :recent_s) ORDER BY stage_id
    """
)

# KEYS: order, members, meta. ARGV: version, then pairs entry id, new member ('' = gone).
_MOVE = """
if redis.call('EXISTS', KEYS[3]) == 0 then return '0' end
for i = 2, #ARGV, 2 do
    local old = redis.call('HGET', KEYS[2], ARGV[i])
    if old ~= ARGV[i + 1] then
        if old then redis.call('ZREM', KEYS[1], old) end
        if ARGV[i + 1] == '' then
            redis.call('HDEL', KEYS[2], ARGV[i])
        else
            redis.call('ZADD', KEYS[1], 0, ARGV[i + 1])
            redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
        end
    end
end
local version = math.max(tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[3], 'version')) + 1)
redis.call('HSET', KEYS[3], 'version', string.format('%.0f', version))
return string.format('%.0f', version)
"""


# KEYS: order, members, meta, new order, new members. ARGV: size, version, time.
_SWAP = """
local size = tonumber(ARGV[1])
if redis.call('ZCARD', KEYS[4]) ~= size or redis.call('HLEN', KEYS[5]) ~= size then return '0' end
redis.call('UNLINK', KEYS[1], KEYS[2])
if size > 0 then
    redis.call('RENAME', KEYS[4], KEYS[1])
    redis.call('RENAME', KEYS[5], KEYS[2])
end
local version = math.max(tonumber(ARGV[2]), tonumber(redis.call('HGET', KEYS[3], 'version') or '0') + 1)
redis.call('HSET', KEYS[3], 'version', string.format('%.0f', version), 'built_at', ARGV[3])
return string.format('%.0f', version)
"""


def channel_of(stage_id: int) -> str:
    """The channel on which a board's changes are told; `live` puts its prefix before it."""
    return f"board:{stage_id}"


def publish(stage_id: int, entry_ids: Collection[int]) -> int:
    """Move these entries in Redis to where SQL has them, and tell the watchers; return the new version.

    Call it after their change has committed, in a transaction of its own. 0: there is no board in Redis;
    it is then rebuilt. raise (RedisError)."""
    lock_board(stage_id)
    rows = db.session.execute(_CHANGED, {"stage_id": stage_id, "entry_ids": list(entry_ids)})
    present = {row.entry_id: member_of(bytes(row.sort_key), row.entry_id) for row in rows}
    arguments: list[Any] = [_new_version()]
    for entry_id in entry_ids:
        arguments += [entry_id, present.get(entry_id, b"")]
    keys = keys_of(stage_id).all
    version = int(redis_client().eval(_MOVE, len(keys), *keys, *arguments))
    if version == 0:
        rebuild(stage_id)
        return 0
    _tell(stage_id, version)
    return version


def rebuild(stage_id: int) -> int:
    """Build the board anew from SQL beside the old one and put it in its place; return its version.

    Readers see the old board or the new one, never a part. raise (RedisError)."""
    lock_board(stage_id)
    rows = db.session.execute(_ALL, {"stage_id": stage_id})
    truth = {row.entry_id: member_of(bytes(row.sort_key), row.entry_id) for row in rows}
    for _ in range(TRIES):
        _build(stage_id, truth)
        version = _take_place(stage_id, len(truth))
        if version:
            _tell(stage_id, version)
            return version
    raise RedisError(f"board {stage_id}: Redis lost what was being built")


def ask_rebuild(stage_id: int) -> bool:
    """Have a missing board rebuilt; asked once per quarter minute, however many readers miss it."""
    try:
        first = redis_client().set(f"board:{stage_id}:asked", 1, nx=True, ex=ASK_EVERY_S)
    except RedisError:
        return False
    if first:
        enqueue(Job.REBUILD_STANDINGS, stage_id=stage_id, is_full=0)
    return bool(first)


def active_stages(recent_s: float) -> list[int]:
    """Stages of which a standing changed within the last seconds."""
    return list(db.session.scalars(_ACTIVE, {"recent_s": recent_s}))


def lock_board(stage_id: int) -> None:
    """Nobody else writes this board's projection until the transaction ends."""
    db.session.execute(_LOCK, {"kind": BOARD_LOCK, "stage_id": stage_id})


def _new_version() -> int:
    """Milliseconds: it grows even over a wiped Redis."""
    return int(clock.now().timestamp() * 1000)


def _tell(stage_id: int, version: int) -> None:
    message = json.dumps({"version": version, "at": clock.now().isoformat()})
    redis_client().publish(f"live:{channel_of(stage_id)}", message)


def _build(stage_id: int, truth: dict[int, bytes]) -> None:
    redis, fresh = redis_client(), keys_of(stage_id, ":new")
    redis.delete(*fresh.all)
    for chunk in _chunks(truth):
        with redis.pipeline(transaction=False) as pipe:
            pipe.zadd(fresh.order, dict.fromkeys(chunk.values(), 0))
            pipe.hset(fresh.members, mapping={str(entry): member for entry, member in chunk.items()})
            pipe.execute()


def _take_place(stage_id: int, size: int) -> int:
    """Swap the finished board in, in one step; its version. 0: a part of it is missing, nothing was done."""
    keys = [*keys_of(stage_id).all, *keys_of(stage_id, ":new").all[:2]]
    now = clock.now().isoformat()
    return int(redis_client().eval(_SWAP, len(keys), *keys, str(size), str(_new_version()), now))


def _chunks(truth: dict[int, bytes]) -> Iterator[dict[int, bytes]]:
    items = list(truth.items())
    for start in range(0, len(items), CHUNK):
        yield dict(items[start : start + CHUNK])
