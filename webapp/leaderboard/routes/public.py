"""Boards for everybody."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public
from webapp.access.permissions import Permission
from webapp.access.principal import principal_or_none
from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.tickets import Watcher
from webapp.leaderboard.queries import rows
from webapp.leaderboard.queries.kept import find_kept, kept_list
from webapp.leaderboard.queries.own import place_of
from webapp.leaderboard.routes.blueprint import POLL_S, bp, live_path
from webapp.leaderboard.routes.fragments import (
    Codes,
    Fragment,
    index_fragment,
    public_fragment,
    shown,
    stage_of,
)

MOST_PAGES = 10_000


@dataclass(frozen=True)
class FoundRow:
    """The row of a contestant number, and of how many."""

    row: rows.BoardRow
    total: int


@bp.get("/boards")
@public("lists boards; rows show only where the contest's file lets them")
def index() -> Response:
    return render("leaderboard/index.html", boards_html=index_fragment().html)


@bp.get("/boards/<contest>/<event>/<stage>")
@public("a board is public from the step that the contest's file names; names are masked")
def board(contest: str, event: str, stage: str) -> ResponseReturnValue:
    codes = Codes(contest, event, stage)
    found = stage_of(codes)
    state = shown(found)
    if request.args.get("screen"):
        return _screen(codes, found)
    number = (request.args.get("number") or "").strip()[:40]
    who = principal_or_none()
    return render(
        "leaderboard/board.html",
        codes=codes,
        stage=found,
        event=contests.event_by_id(found.event_id, clock.now()),
        state=state,
        page=page_asked(),
        fragment_html=public_fragment(codes, page_asked()).html,
        live=live_path(found, Watcher.PUBLIC) if state.is_visible else "",
        poll_s=POLL_S,
        number=number,
        found=_by_number(found, number) if number and state.is_visible else None,
        may_see_full=who is not None and who.holds(Permission.SEE_FULL_BOARDS),
    )


@bp.get("/boards/<contest>/<event>/<stage>/rows")
@public("the rows of a public board, the same bytes for everybody")
def board_rows(contest: str, event: str, stage: str) -> Response:
    codes = Codes(contest, event, stage)
    return shared(public_fragment(codes, page_asked(), bool(request.args.get("screen"))))


@bp.get("/boards/<contest>/<event>/<stage>/find")
@public("a contestant number is public; the answer shows only what the board shows")
@limiter.limit("60 per minute")
def find(contest: str, event: str, stage: str) -> ResponseReturnValue:
    """Where a contestant number stands: the page of the board with that row."""
    codes = Codes(contest, event, stage)
    number = (request.args.get("number") or "").strip()[:40]
    address = url_for(".board", contest=contest, event=event, stage=stage, number=number or None)
    found = stage_of(codes)
    place = _by_number(found, number) if shown(found).is_visible and number else None
    if place is None:
        return redirect(address, code=303)
    page = (place.row.position - 1) // rows.PAGE_SIZE + 1
    return redirect(f"{address}&page={page}" if page > 1 else address, code=303)


def page_asked() -> int:
    """The page number of the address, from 1."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def shared(fragment: Fragment) -> Response:
    """A fragment that caches may keep for a second, and that costs nothing when unchanged."""
    response = make_response(fragment.body)
    response.mimetype = "text/html"
    response.headers["Cache-Control"] = "public, max-age=1"
    response.set_etag(fragment.etag)
    response.make_conditional(request)
    return response


def _screen(codes: Codes, found: StageView) -> Response:
    state = shown(found)
    return render(
        "leaderboard/screen.html",
        stage=found,
        event=contests.event_by_id(found.event_id, clock.now()),
        state=state,
        is_frozen=state.is_visible and kept_list(found.stage_id, state) is not None,
        rows_address=url_for(".board_rows", **codes.__dict__, screen=1),
        fragment_html=public_fragment(codes, 1, is_screen=True).html,
        live=live_path(found, Watcher.PUBLIC) if state.is_visible else "",
        poll_s=POLL_S,
    )


def _by_number(found: StageView, number: str) -> FoundRow | None:
    """Where a number stands on the board as the public sees it."""
    kept = kept_list(found.stage_id, shown(found))
    if kept is not None:
        row = find_kept(found, kept, number, found.rules.board.mask)
        return FoundRow(row, len(kept.rows)) if row else None
    entry_id = rows.entry_by_number(found.stage_id, number)
    place = place_of(found, entry_id, found.rules.board.mask) if entry_id else None
    return FoundRow(place.row, place.total) if place else None
