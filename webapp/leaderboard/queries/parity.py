"""What the parity job has found, for /metrics."""

from collections.abc import Iterator

from redis.exceptions import RedisError

from webapp.core.redis import redis_client

PARITY = "boards:parity"


def gauges() -> Iterator[tuple[str, float]]:
    """(name, value): comparisons of boards with SQL and differing entries since Redis was last emptied.

    Nothing without Redis: another gauge tells that."""
    try:
        checks, mismatches = redis_client().hmget(PARITY, ["checks", "mismatches"])
    except RedisError:
        return
    yield "jiangsai_board_checks", float(checks or 0)
    yield "jiangsai_board_mismatches", float(mismatches or 0)
