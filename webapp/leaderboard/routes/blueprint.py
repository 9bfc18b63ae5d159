"""The blueprint that all board pages share."""

from datetime import datetime
from decimal import Decimal

from flask import Blueprint, Response, current_app
from flask_babel import format_datetime

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.contests.queries import StageView
from webapp.contests.rules.carried import source_stage
from webapp.core import tickets
from webapp.core.i18n import pick
from webapp.core.tickets import Watcher
from webapp.core.words import N_
from webapp.leaderboard.service.publishing import channel_of

bp = Blueprint("leaderboard", "webapp.leaderboard", template_folder="templates")


@bp.after_request
def not_indexed(response: Response) -> Response:
    """Lists of people are for those who come to them, as the notices are, not for search engines."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


COMPONENTS = {
    "learning": N_("Learning score"),
    "theory": N_("Theory exam"),
    "practical": N_("Practical score"),
}
CARRIED_OVER = N_("Score of an earlier stage")
BREAKERS = {
    "learning": N_("Higher learning score"),
    "theory": N_("Higher score in the theory exam"),
    "practical": N_("Higher practical score"),
    "time_used": N_("Less time used in the exam"),
    "submitted_at": N_("Earlier submission"),
}
POLL_S = 5
"""How often the public asks for the shared fragment when it is not pushed."""


@bp.app_template_filter("board_time")
def board_time(at: datetime) -> str:
    """The time of day in Shanghai, to the second."""
    return str(format_datetime(at, "HH:mm:ss"))


@bp.app_template_filter("board_when")
def board_when(at: datetime | None) -> str:
    """An instant in Shanghai time, to the second."""
    return str(format_datetime(at, "yyyy-MM-dd HH:mm:ss")) if at else "–"


@bp.app_template_filter("board_pick")
def board_pick(texts: object) -> str:
    """One of a {zh, en} pair, by the reader's language."""
    return pick(texts)


@bp.app_template_filter("plain_number")
def plain_number(value: Decimal | str | int) -> str:
    """An exact number without zeros at its end: 79.0000 -> 79, 55.3000 -> 55.3."""
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@bp.app_template_filter("component_name")
def component_name(key: str) -> str:
    """The msgid of a component's name; templates translate it."""
    return CARRIED_OVER if source_stage(key) else COMPONENTS.get(key, key)


@bp.app_template_filter("breaker_name")
def breaker_name(key: str) -> str:
    """The msgid of what a breaker prefers."""
    return BREAKERS.get(key, key)


def live_path(stage: StageView, watcher: Watcher) -> str:
    """The path and ticket with which a page watches a board."""
    channel = channel_of(stage.stage_id)
    return f"/live/{channel}?ticket={tickets.issue(current_app.config['SECRET_KEY'], channel, watcher)}"


NAVIGATION = (
    MenuEntry(N_("Leaderboards"), "leaderboard.index", order=20),
    MenuEntry(
        N_("Boards with full rows"),
        "leaderboard.staff_index",
        permission=Permission.SEE_FULL_BOARDS,
        order=45,
    ),
)
