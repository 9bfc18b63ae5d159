"""Parity: is the board in Redis what SQL says, member by member?"""

import logging
from dataclasses import dataclass

from sqlalchemy import text

from webapp.core import clock
from webapp.core.db import db
from webapp.core.redis import redis_client
from webapp.leaderboard.queries.order import ID_BYTES, keys_of, member_of
from webapp.leaderboard.queries.parity import PARITY
from webapp.leaderboard.service.publishing import lock_board, rebuild

log = logging.getLogger(__name__)

SETTLE_S = 5

_ALL = text("SELECT entry_id, sort_key FROM standings WHERE stage_id = :stage_id")
_SUSPECTED = text(
    f"""
    SELECT entry_id, sort_key, updated_at < clock_timestamp() - interval '{SETTLE_S} seconds' AS is_settled
    FROM standings WHERE stage_id = :stage_id AND entry_id = ANY(:entry_ids)
    """  # noqa: S608 - a constant of ours
)


@dataclass(frozen=True)
class Parity:
    """What a comparison found. was_there: False when Redis had no board; mismatches: entries whose member
    in Redis differed from SQL."""

    stage_id: int
    entries: int
    was_there: bool
    mismatches: int


Suspects = dict[int, set[bytes]]
"""Entries that looked different, with the members that Redis had for them."""


def check(stage_id: int) -> Parity:
    """Compare the whole board in Redis with SQL; rebuild it when it is missing or differs.

    The reading takes seconds on the largest boards, so it holds no lock: what looked different is looked
    at again under the lock, where nobody writes. raise (RedisError)."""
    size, suspects = _suspects(stage_id)
    if suspects is None:
        rebuild(stage_id)
        return _noted(Parity(stage_id, size, was_there=False, mismatches=0))
    lock_board(stage_id)
    wrong = _confirmed(stage_id, suspects)
    if wrong:
        rebuild(stage_id)
    return _noted(Parity(stage_id, size, was_there=True, mismatches=wrong))


def _suspects(stage_id: int) -> tuple[int, Suspects | None]:
    """(entries in SQL, entries that look different in Redis); None: there is no board in Redis."""
    redis, keys = redis_client(), keys_of(stage_id)
    rows = db.session.execute(_ALL, {"stage_id": stage_id})
    truth = {row.entry_id: member_of(bytes(row.sort_key), row.entry_id) for row in rows}
    if not redis.exists(keys.meta):
        return len(truth), None
    held = {int(entry): member for entry, member in redis.hscan_iter(keys.members, count=5_000)}
    ordered = {member for member, _score in redis.zscan_iter(keys.order, count=5_000)}
    wanted = set(truth.values())
    suspects: Suspects = {entry: set() for entry in held.keys() ^ truth.keys()}
    for member in (wanted ^ set(held.values())) | (wanted ^ ordered):
        suspects.setdefault(int.from_bytes(member[-ID_BYTES:], "big"), set()).add(member)
    return len(truth), suspects


def _confirmed(stage_id: int, suspects: Suspects) -> int:
    """How many of these differ while nobody writes. What changed in SQL a moment ago is still on its way
    to Redis and is no fault."""
    if not suspects:
        return 0
    redis, keys = redis_client(), keys_of(stage_id)
    ids = sorted(suspects)
    rows = db.session.execute(_SUSPECTED, {"stage_id": stage_id, "entry_ids": ids}).all()
    truth = {row.entry_id: member_of(bytes(row.sort_key), row.entry_id) for row in rows}
    moving = {row.entry_id for row in rows if not row.is_settled}
    held = dict(zip(ids, redis.hmget(keys.members, list(map(str, ids))), strict=True))
    members = sorted({truth[entry] for entry in truth} | set().union(*suspects.values()))
    scores = redis.zmscore(keys.order, members) if members else []  # type: ignore[arg-type]  # bytes too
    placed = {member for member, score in zip(members, scores, strict=True) if score is not None}

    def is_right(entry: int) -> bool:
        wanted = {truth[entry]} if entry in truth else set()
        seen = {member for member in suspects[entry] | wanted if member in placed}
        return held[entry] == truth.get(entry) and seen == wanted

    return sum(entry not in moving and not is_right(entry) for entry in ids)


def _noted(parity: Parity) -> Parity:
    """Count for /metrics; a difference that no publication under way explains is an alarm."""
    redis = redis_client()
    redis.hincrby(PARITY, "checks", 1)
    redis.hset(PARITY, "checked_at", clock.now().isoformat())
    if parity.mismatches:
        redis.hincrby(PARITY, "mismatches", parity.mismatches)
        log.error(
            "ALARM: board of stage %d differed from SQL in %d of %d entries; rebuilt",
            parity.stage_id, parity.mismatches, parity.entries,
        )  # fmt: skip
    return parity
