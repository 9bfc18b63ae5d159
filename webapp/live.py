"""The live process: server-sent events from Redis to browsers. It knows no database and no session;
a signed ticket names the one channel its bearer may watch.

One Redis subscription a process is fanned out to all watchers. Only the newest message of a channel
counts, so a slow watcher skips, and nothing piles up."""

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from webapp.config import Settings, require_secrets
from webapp.core.tickets import Ticket, Watcher, check

log = logging.getLogger(__name__)

PREFIX = "live:"
HEARTBEAT_S = 15.0
BETWEEN_S = 0.25
"""A watcher gets at most four messages a second, however many results come in."""
RETRY_AFTER_S = 30
PUBLIC_SHARE = 0.8
"""The rest of the places is kept for hosts and big screens."""

StartResponse = Callable[[str, list[tuple[str, str]]], object]


@dataclass
class Channel:
    """The newest message of a channel, and how many there were."""

    changed: threading.Condition = field(default_factory=threading.Condition)
    serial: int = 0
    message: str = ""


class Hub:
    """Channels with watchers, fed by one subscription."""

    def __init__(self, redis: Redis, most: int) -> None:
        self.redis = redis
        self.most = most
        self.watching: Counter[Watcher] = Counter()
        self._channels: dict[str, Channel] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def start(self) -> None:
        """Begin to follow Redis."""
        self._listener.start()

    def close(self) -> None:
        """Stop following; wait until that is so."""
        self._closed.set()
        self._listener.join()

    def enter(self, watcher: Watcher) -> bool:
        """Take a place; False when there is none. Whoever gets one calls `leave`."""
        with self._lock:
            limit = self.most if watcher is Watcher.HOST else int(self.most * PUBLIC_SHARE)
            taken = self.watching.total() if watcher is Watcher.HOST else self.watching[watcher]
            if taken >= limit or self.watching.total() >= self.most:
                return False
            self.watching[watcher] += 1
            return True

    def leave(self, watcher: Watcher) -> None:
        with self._lock:
            self.watching[watcher] -= 1

    def channel(self, name: str) -> Channel:
        with self._lock:
            return self._channels.setdefault(name, Channel())

    def deliver(self, name: str, message: str) -> None:
        """Wake the watchers of a channel."""
        channel = self._channels.get(name)
        if channel is None:
            return
        with channel.changed:
            channel.serial += 1
            channel.message = message
            channel.changed.notify_all()

    def _listen(self) -> None:
        """Follow all channels; after a broken connection everybody is told to look again."""
        pause = 0.2
        while not self._closed.is_set():
            try:
                with self.redis.pubsub(ignore_subscribe_messages=True) as pubsub:  # type: ignore[no-untyped-call]  # redis ships it untyped
                    pubsub.psubscribe(f"{PREFIX}*")
                    self._resync()
                    pause = 0.2
                    while not self._closed.is_set():
                        heard = pubsub.get_message(timeout=1.0)
                        if heard is not None:
                            name = heard["channel"].decode().removeprefix(PREFIX)
                            self.deliver(name, heard["data"].decode())
            except (RedisError, OSError):
                log.warning("live: no Redis, trying again in %.1f s", pause)
                self._closed.wait(pause)
                pause = min(pause * 2, 5.0)

    def _resync(self) -> None:
        for name in list(self._channels):
            self.deliver(name, json.dumps({"resync": True}))


@dataclass(frozen=True)
class Origins:
    """Whose pages may watch: the public address, or in the demo any name this machine is reached by."""

    public: str
    follows_host: bool

    def allowed(self, origin: str, host: str) -> str:
        """The origin to allow, or ''."""
        if origin == self.public:
            return origin
        if not self.follows_host:
            return ""
        page, here, public = urlsplit(origin), urlsplit(f"//{host}"), urlsplit(self.public)
        same = (page.scheme, page.hostname, page.port) == (public.scheme, here.hostname, public.port)
        return origin if same else ""


class LiveApp:
    """The WSGI application."""

    def __init__(self, hub: Hub, secrets: Sequence[str], origins: Origins) -> None:
        self.hub = hub
        self.secrets = secrets
        self.origins = origins

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        headers = self._cors(environ)
        if environ["REQUEST_METHOD"] != "GET":
            return _plain(start, "405 Method Not Allowed", [("Allow", "GET"), *headers])
        if path == "/live/health":
            return _plain(start, "200 OK", headers, json.dumps({"watchers": self.hub.watching.total()}))
        ticket = self._ticket(path, str(environ.get("QUERY_STRING", "")))
        if ticket is None:
            return _plain(start, "403 Forbidden", headers)
        if not self.hub.enter(ticket.watcher):
            return _plain(start, "503 Service Unavailable", [("Retry-After", str(RETRY_AFTER_S)), *headers])
        start(
            "200 OK",
            [
                ("Content-Type", "text/event-stream; charset=utf-8"),
                ("Cache-Control", "no-store"),
                ("X-Accel-Buffering", "no"),
                *headers,
            ],
        )
        return Stream(self.hub, ticket)

    def _ticket(self, path: str, query: str) -> Ticket | None:
        if not path.startswith("/live/"):
            return None
        ticket = check(self.secrets, parse_qs(query).get("ticket", [""])[0])
        return ticket if ticket and ticket.channel == unquote(path.removeprefix("/live/")) else None

    def _cors(self, environ: dict[str, Any]) -> list[tuple[str, str]]:
        origin = self.origins.allowed(str(environ.get("HTTP_ORIGIN", "")), str(environ.get("HTTP_HOST", "")))
        return [("Vary", "Origin"), *([("Access-Control-Allow-Origin", origin)] if origin else [])]


class Stream:
    """The events of one watcher. The server calls `close` when the browser is gone."""

    def __init__(self, hub: Hub, ticket: Ticket) -> None:
        self.hub = hub
        self.ticket = ticket
        self._events = self._follow(hub.channel(ticket.channel))
        self._left = False

    def __iter__(self) -> Iterator[bytes]:
        return self._events

    def close(self) -> None:
        if not self._left:
            self._left = True
            self.hub.leave(self.ticket.watcher)

    @staticmethod
    def _follow(channel: Channel) -> Iterator[bytes]:
        """A greeting, then each change, then a comment whenever it was quiet for long."""
        seen = channel.serial
        yield b"retry: 5000\nevent: hello\ndata: {}\n\n"
        while True:
            with channel.changed:
                changed = channel.changed.wait_for(lambda: channel.serial != seen, HEARTBEAT_S)  # noqa: B023 - called at once
                seen, message = channel.serial, channel.message
            if changed:
                yield f"event: change\ndata: {message}\n\n".encode()
                time.sleep(BETWEEN_S)
            else:
                yield b": still here\n\n"


def _plain(start: StartResponse, status: str, headers: list[tuple[str, str]], body: str = "") -> list[bytes]:
    start(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers])
    return [body.encode()]


def connect(redis_url: str) -> Redis:
    """Without the client's own silent reconnecting: what was missed meanwhile must be told."""
    return Redis.from_url(
        redis_url, socket_connect_timeout=2, health_check_interval=20, retry=Retry(NoBackoff(), 0)
    )


def create_live(settings: Settings) -> LiveApp:
    """The live application. A few connections are kept back, so that refusals can be said."""
    spare = max(10, settings.watchers // 20)
    hub = Hub(connect(settings.redis_url), max(1, settings.watchers - spare))
    hub.start()
    return LiveApp(
        hub,
        [settings.secret_key, *settings.secret_key_old],
        Origins(settings.public_url, settings.live_follows_host),
    )


def _from_environment() -> LiveApp:
    settings = Settings.from_env()
    require_secrets(settings)
    return create_live(settings)


def __getattr__(name: str) -> LiveApp:
    """`webapp.live:app` for the server; importing this module reads no environment."""
    if name == "app":
        return _from_environment()
    raise AttributeError(name)
