"""The one Redis client of a process. Redis holds only what can be rebuilt."""

from typing import cast

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def init_redis(app: Flask, url: str) -> None:
    """Make the client; it connects when first used. Waits are short: no Redis must not mean no exam."""
    app.extensions["redis"] = Redis.from_url(
        url,
        socket_timeout=2.0,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=30,
    )


def redis_client() -> Redis:
    """The client of the running app."""
    return cast(Redis, current_app.extensions["redis"])
