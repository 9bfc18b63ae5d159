"""The blueprint that all pages of lists share, and the words they have in common."""

from datetime import date, datetime

from flask import Blueprint, Response
from flask_babel import format_datetime

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.clock import SHANGHAI
from webapp.core.words import N_
from webapp.stages.forms import CHANNELS, DECISIONS

bp = Blueprint("stages", "webapp.stages", template_folder="templates")


@bp.after_request
def not_indexed(response: Response) -> Response:
    """Lists of people are for those who come to them, not for search engines."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


STATES = {
    "frozen": N_("Frozen"),
    "rechecking": N_("In re-check"),
    "rechecked": N_("Re-check done"),
    "regraded": N_("Confirmed by the second computation"),
    "ready": N_("Waits for the second person"),
    "posted": N_("Public notice"),
    "final": N_("Final"),
    "superseded": N_("Superseded"),
    "dropped": N_("Given up"),
}
NOMINATED_STATES = {
    **STATES,
    "frozen": N_("List brought in"),
    "regraded": N_("Re-check done"),
}
"""Nothing of such a list is frozen or computed."""
STANDINGS = {
    "in": N_("On the list"),
    "substitute": N_("Moved up"),
    "off": N_("Taken off"),
    "next": N_("Next in rank"),
}
KINDS = {
    "post": N_("Post the public notice"),
    "amend": N_("Post the amended notice"),
    "finalise": N_("Make the list final"),
    "supplement": N_("Post the supplementary notice"),
}
PLACES = {
    "invited": N_("Has not answered"),
    "confirmed": N_("Comes"),
    "declined": N_("Does not come"),
    "silent": N_("Did not answer in time"),
    "replaced": N_("Place given on"),
    "admitted": N_("Has a place"),
    "ended": N_("Place ended"),
}
ORIGINS = {
    "promotion": N_("Goes on"),
    "substitute": N_("Moved up"),
    "nomination": N_("Nominated"),
    "direct": N_("Direct entry"),
    "carried": N_("From a merged event"),
}


SUBMISSIONS = {
    "sent": N_("Sent, waits for the host"),
    "returned": N_("Returned"),
    "replaced": N_("Replaced"),
    "withdrawn": N_("Taken back"),
    "taken": N_("Taken in"),
    "given-up": N_("The host gave its list up, it waits again"),
    "posted": N_("Public notice"),
    "final": N_("Final"),
}


DUE = {
    "gather": N_("Too few contestants: cannot begin"),
    "take": N_("Take in lists that were sent"),
    "bring": N_("Bring the list in"),
    "freeze": N_("Freeze the board"),
    "recheck": N_("Re-check eligibility"),
    "compute": N_("Compute a second time"),
    "post": N_("Post the public notice"),
    "agree": N_("Waits for the second person"),
    "answer": N_("Answer objections"),
    "finalise": N_("Make the list final"),
}


@bp.app_template_filter("due_step")
def due_step(what: str) -> str:
    """The msgid of what is due."""
    return DUE[what]


@bp.app_template_filter("submission_state")
def submission_state(standing: str) -> str:
    """The msgid of where a list that an organisation sent stands."""
    return SUBMISSIONS[standing]


@bp.app_template_filter("submission_kind")
def submission_kind(standing: str) -> str:
    """The colour of its tag."""
    return {
        "returned": "danger",
        "final": "success",
        "posted": "info",
        "taken": "info",
        "replaced": "",
        "withdrawn": "",
    }.get(standing, "warning")


@bp.app_template_filter("list_state")
def list_state(state: str | None, source: str = "board") -> str:
    """The msgid of a list's state."""
    if source == "nominations":
        return NOMINATED_STATES.get(state or "", N_("No list yet"))
    return STATES.get(state or "", N_("Not frozen yet"))


@bp.app_template_filter("list_standing")
def list_standing(standing: str) -> str:
    """The msgid of where a candidate stands."""
    return STANDINGS[standing]


@bp.app_template_filter("list_decision")
def list_decision(decision: str | None) -> str:
    """The msgid of a decision."""
    return dict(DECISIONS).get(decision or "", N_("Not decided"))


@bp.app_template_filter("list_action")
def list_action(kind: str) -> str:
    """The msgid of what was asked for."""
    return KINDS[kind]


@bp.app_template_filter("place_state")
def place_state(state: str) -> str:
    """The msgid of what became of a place."""
    return PLACES[state]


@bp.app_template_filter("place_origin")
def place_origin(origin: str) -> str:
    """The msgid of how somebody came into a stage."""
    return ORIGINS[origin]


@bp.app_template_filter("objection_channel")
def objection_channel(channel: str) -> str:
    """The msgid of how an objection came."""
    return dict(CHANNELS).get(channel, N_("By the notice page"))


@bp.app_template_filter("notice_when")
def notice_when(at: datetime | None) -> str:
    """An instant in Shanghai, to the minute."""
    return str(format_datetime(at, "yyyy-MM-dd HH:mm")) if at else "–"


@bp.app_template_filter("notice_day")
def notice_day(at: datetime | date) -> str:
    """A day in Shanghai."""
    day = at.astimezone(SHANGHAI).date() if isinstance(at, datetime) else at
    return day.isoformat()


NAVIGATION = (
    MenuEntry(N_("Public notices"), "stages.notice_list", order=25),
    MenuEntry(
        N_("Lists and public notices"), "stages.stage_list", permission=Permission.SEE_FULL_BOARDS, order=47
    ),
    MenuEntry(
        N_("Our nominations"), "stages.own_selections", permission=Permission.NOMINATE_PEOPLE, order=36
    ),
    MenuEntry(N_("Circulars"), "stages.circular_list", permission=Permission.PUBLISH_RESULTS, order=48),
)
