"""The board's fragment: the same bytes for everybody, made at most once a second in each process."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from markupsafe import Markup

from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.i18n import choose_locale
from webapp.core.transaction import transaction
from webapp.leaderboard.queries import lists
from webapp.leaderboard.queries.kept import Kept, kept_list, page_of_kept
from webapp.leaderboard.queries.rows import BoardPage, page_of
from webapp.leaderboard.rules.visibility import Shown, Steps, shown_to_public
from webapp.leaderboard.service.publishing import ask_rebuild

FRESH_S = 1.0
MOST = 512
SCREEN_ROWS = 20


@dataclass(frozen=True)
class Codes:
    """Which board: the codes of its address."""

    contest: str
    event: str
    stage: str


@dataclass(frozen=True)
class Fragment:
    """Ready bytes. made_at: on the process's steady clock."""

    body: bytes
    etag: str
    made_at: float

    @property
    def html(self) -> Markup:
        """For the page that includes it: our own template's output."""
        return Markup(self.body.decode())  # noqa: S704 - rendered and escaped by the template


class Cache:
    """Fragments by key. One thread renders a key; the others take the last one meanwhile."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], Fragment] = OrderedDict()
        self._making: dict[tuple[object, ...], threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], str]) -> Fragment:
        with self._lock:
            kept = self._kept.get(key)
            making = self._making.setdefault(key, threading.Lock())
        if kept is not None and time.monotonic() - kept.made_at < FRESH_S:
            return kept
        if not making.acquire(blocking=kept is None):
            assert kept is not None
            return kept
        try:
            newer = self._kept.get(key)
            if newer is not None and time.monotonic() - newer.made_at < FRESH_S:
                return newer
            return self._keep(key, make())
        finally:
            making.release()

    def forget(self) -> None:
        """Empty it: tests reuse ids."""
        with self._lock:
            self._kept.clear()
        _stages.clear()

    def _keep(self, key: tuple[object, ...], text: str) -> Fragment:
        body = text.encode()
        fragment = Fragment(body, hashlib.sha256(body).hexdigest()[:24], time.monotonic())
        with self._lock:
            self._kept[key] = fragment
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                dropped, _ = self._kept.popitem(last=False)
                self._making.pop(dropped, None)
        return fragment


cache = Cache()
_stages: dict[Codes, tuple[float, StageView]] = {}


def public_fragment(codes: Codes, page: int = 1, is_screen: bool = False) -> Fragment:
    """What everybody sees of a board now; before its time, from when it will be visible.

    A hit asks neither database nor Redis. raise (NotFound): no such board."""
    key = (codes, page, is_screen, choose_locale())
    return cache.get(key, lambda: _public_html(codes, page, is_screen))


def host_screen(codes: Codes) -> Fragment:
    """The big screen of a board that the public may not see yet; the caller checks the permission."""

    def make() -> str:
        stage = stage_of(codes)
        return _screen_html(stage)

    return cache.get((codes, "host", choose_locale()), make)


def stage_of(codes: Codes) -> StageView:
    """The stage behind an address, as it was within the last second. raise (NotFound)."""
    made_at, stage = _stages.get(codes, (0.0, None))
    if stage is None or time.monotonic() - made_at >= FRESH_S:
        stage = contests.stage_by_codes(codes.contest, codes.event, codes.stage)
        if len(_stages) >= MOST:
            _stages.clear()
        _stages[codes] = (time.monotonic(), stage)
    return stage


def index_fragment() -> Fragment:
    """The list of boards."""

    def make() -> str:
        return _render("_boards.html", boards=lists.public_boards(clock.now()))

    return cache.get(("index", choose_locale()), make)


def shown(stage: StageView) -> Shown:
    """What the public sees of a stage's board now."""
    steps = Steps(stage.rechecked_at, stage.published_at, lists.closes_at(stage))
    return shown_to_public(stage.rules.board, steps, clock.now())


def rows_page(stage: StageView, page: int, mask: str, size: int = 100) -> BoardPage:
    """A page of rows; where Redis had no board, its rebuild is asked for."""
    made = page_of(stage, page, mask, size)
    if made.version == 0:
        with transaction():
            ask_rebuild(stage.stage_id)
    return made


def public_page(stage: StageView, page: int, kept: Kept | None, size: int = 100) -> BoardPage:
    """A page as the public sees it: of the list that was kept, else of the live board."""
    if kept is not None:
        return page_of_kept(stage, kept, page, stage.rules.board.mask, size)
    return rows_page(stage, page, stage.rules.board.mask, size)


def _public_html(codes: Codes, page: int, is_screen: bool) -> str:
    stage = stage_of(codes)
    state = shown(stage)
    if not state.is_visible:
        return _render("_not_yet.html", stage=stage, state=state)
    if is_screen:
        return _screen_html(stage)
    kept = kept_list(stage.stage_id, state)
    board = public_page(stage, page, kept)
    at = kept.taken_at if kept else clock.now()
    return _render("_rows.html", stage=stage, state=state, board=board, codes=codes, at=at, kept=kept)


def _screen_html(stage: StageView) -> str:
    state = shown(stage)
    kept = kept_list(stage.stage_id, state) if state.is_visible else None
    board = public_page(stage, 1, kept, SCREEN_ROWS)
    at = kept.taken_at if kept else clock.now()
    return _render("_screen_rows.html", stage=stage, state=state, board=board, at=at, kept=kept)


def _render(name: str, **view: object) -> str:
    """Without the context processors: nothing about the person who happens to ask gets in."""
    return current_app.jinja_env.get_template(f"leaderboard/{name}").render(**view)
