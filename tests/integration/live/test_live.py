"""The live process against a real Redis: who may watch, what arrives, how many fit."""

import http.client
import json
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from socketserver import ThreadingMixIn
from urllib.parse import quote
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from redis import Redis

from webapp.core.tickets import Watcher, issue
from webapp.live import Hub, LiveApp, Origins, connect
from webapp.supervisor.processes import wait_until
from webapp.supervisor.valkey import Valkey

SECRET = "tests only: signs nothing real"
PAGE = "http://127.0.0.1:8000"
WAIT_S = 20.0


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Tests need no access log."""


@dataclass
class Live:
    """A running live app."""

    hub: Hub
    redis: Redis
    port: int

    def open(
        self, channel: str, watcher: Watcher = Watcher.PUBLIC, ticket: str = "", **headers: str
    ) -> http.client.HTTPResponse:
        ticket = ticket or issue(SECRET, channel, watcher)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        connection.request("GET", f"/live/{channel}?ticket={quote(ticket)}", headers=headers)
        return connection.getresponse()

    def tell(self, channel: str, **message: object) -> None:
        self.redis.publish(f"live:{channel}", json.dumps(message))

    def watch(self, channel: str, watcher: Watcher = Watcher.PUBLIC) -> http.client.HTTPResponse:
        """An open stream whose greeting has arrived."""
        response = self.open(channel, watcher)
        assert response.status == 200
        assert event(response) == ("hello", {})
        return response


def event(response: http.client.HTTPResponse) -> tuple[str, dict[str, object]]:
    """The next event of a stream, comments passed over."""
    name = ""
    while True:
        line = response.readline().decode().rstrip("\n")
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """A Redis of its own: messages reach the watchers of all its databases, those of other tests too."""
    with tempfile.TemporaryDirectory(prefix="jsl") as name:
        valkey = Valkey(Path(name) / "data", Path(name), durable=False)
        valkey.start()
        yield valkey.url
        valkey.stop()


@pytest.fixture
def live(redis_url: str) -> Iterator[Live]:
    redis = connect(redis_url)
    hub = Hub(connect(redis_url), most=5)
    hub.start()
    assert wait_until(lambda: redis.pubsub_numpat() > 0, WAIT_S)
    app = LiveApp(hub, [SECRET], Origins(PAGE, follows_host=True))
    with make_server("127.0.0.1", 0, app, server_class=Server, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Live(hub, redis, server.server_port)
        server.shutdown()
    hub.close()
    redis.close()
    hub.redis.close()


def test_a_change_reaches_the_watchers_of_its_channel_only(live: Live) -> None:
    here, other = live.watch("board:1"), live.watch("board:2")
    live.tell("board:1", version=7)
    live.tell("board:2", version=8)
    assert event(here) == ("change", {"version": 7})
    assert event(other) == ("change", {"version": 8})


def test_a_slow_watcher_skips_to_the_newest(live: Live) -> None:
    stream = live.watch("board:1")
    for version in range(200):
        live.tell("board:1", version=version)
    versions: list[object] = []
    while not versions or versions[-1] != 199:
        versions.append(event(stream)[1]["version"])
    assert len(versions) < 20


@pytest.mark.parametrize(
    "ticket",
    ["forged", issue(SECRET, "board:2", Watcher.PUBLIC), issue("other", "board:1", Watcher.HOST)],
    ids=["forged", "another channel", "another secret"],  # tickets carry the time: every worker must agree
)
def test_without_a_ticket_for_this_channel_there_is_nothing(live: Live, ticket: str) -> None:
    assert live.open("board:1", ticket=ticket).status == 403
    assert live.hub.watching.total() == 0


def test_the_public_is_bounded_and_hosts_keep_places(live: Live) -> None:
    streams = [live.watch("board:1") for _ in range(4)]
    refused = live.open("board:1")
    assert (refused.status, refused.headers["Retry-After"]) == (503, "30")
    host = live.watch("board:1", Watcher.HOST)
    assert live.open("board:1", Watcher.HOST).status == 503
    live.tell("board:1", version=1)
    assert all(event(stream)[0] == "change" for stream in (*streams, host))


def test_whoever_leaves_frees_a_place(live: Live) -> None:
    streams = [live.watch("board:1") for _ in range(4)]
    for stream in streams:
        stream.close()

    def all_gone() -> bool:
        live.tell("board:1", version=1)
        return live.hub.watching.total() == 0

    assert wait_until(all_gone, WAIT_S, step_s=0.2)
    assert live.open("board:1").status == 200


def test_after_a_broken_connection_everybody_looks_again(live: Live) -> None:
    stream = live.watch("board:1")
    live.redis.client_kill_filter(_type="pubsub")
    assert event(stream) == ("change", {"resync": True})
    live.tell("board:1", version=3)
    assert event(stream) == ("change", {"version": 3})


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [(PAGE, True), ("http://localhost:8000", False), ("http://evil.example", False), ("", False)],
)
def test_only_our_own_pages_may_read(live: Live, origin: str, allowed: bool) -> None:
    headers = live.open("board:1", Origin=origin).headers
    assert (headers.get("Access-Control-Allow-Origin") == origin) == allowed
    assert headers["Vary"] == "Origin"


def test_the_demo_may_be_opened_under_any_of_its_names() -> None:
    origins = Origins(PAGE, follows_host=True)
    assert origins.allowed("http://localhost:8000", "localhost:8001") == "http://localhost:8000"
    assert origins.allowed("http://evil.example:8000", "localhost:8001") == ""
    assert Origins(PAGE, follows_host=False).allowed("http://localhost:8000", "localhost:8001") == ""


def test_posting_is_refused_and_health_is_told(live: Live) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=WAIT_S)
    connection.request("POST", "/live/board:1")
    assert connection.getresponse().status == 405
    connection.request("GET", "/live/health")
    assert json.load(connection.getresponse()) == {"watchers": 0}
