"""The blueprint that all pages of labour competitions share, and the words they have in common."""

from datetime import datetime, timedelta

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.campaigns.queries.campaigns import READING
from webapp.campaigns.queries.units import UNIT
from webapp.campaigns.rules.report import NUMBERS, WORDS
from webapp.core.clock import SHANGHAI
from webapp.core.i18n import gettext as _
from webapp.core.words import N_

bp = Blueprint("campaigns", "webapp.campaigns", template_folder="templates")

NAVIGATION = (MenuEntry(N_("Labour competitions"), "campaigns.overview", any_of=(*READING, UNIT), order=49),)
PHASES = {
    "mobilise": N_("Mobilise"),
    "advance": N_("Advance"),
    "summarise": N_("Summarise and commend"),
}
EVERY = {"month": N_("every month"), "quarter": N_("every quarter"), "phase": N_("for every phase")}
LEVELS = {"provincial": N_("Provincial"), "city": N_("City")}
STATES = {
    "": N_("Not handed in"),
    "sent": N_("Waits for review"),
    "accepted": N_("Accepted after review"),
    "returned": N_("Came back"),
}


@bp.app_template_filter("campaign_phase")
def campaign_phase(code: str) -> str:
    """The msgid of a phase."""
    return PHASES[code]


@bp.app_template_filter("campaign_every")
def campaign_every(code: str) -> str:
    """The msgid of how often reports come."""
    return EVERY[code]


@bp.app_template_filter("campaign_level")
def campaign_level(code: str) -> str:
    """The msgid of a campaign's level."""
    return LEVELS[code]


@bp.app_template_filter("campaign_state")
def campaign_state(code: str) -> str:
    """The msgid of what became of a plan or report."""
    return STATES[code]


@bp.app_template_filter("campaign_field")
def campaign_field(name: str) -> str:
    """The msgid of a report's field; one that is not known here shows as the file names it."""
    return NUMBERS.get(name) or WORDS.get(name) or name


@bp.app_template_filter("campaign_period")
def campaign_period(code: str) -> str:
    """A period in the reader's language: a month, a quarter, a phase."""
    if code in PHASES:
        return _(PHASES[code])
    year, _dash, part = code.partition("-")
    if part.startswith("Q"):
        return _("quarter %(quarter)s of %(year)s", quarter=part[1:], year=year)
    return _("%(year)s-%(month)s", year=year, month=part)


@bp.app_template_filter("last_day")
def last_day(at: datetime) -> str:
    """The last day before a half-open end, in Shanghai."""
    return (at - timedelta(seconds=1)).astimezone(SHANGHAI).date().isoformat()


@bp.app_template_filter("first_day")
def first_day(at: datetime) -> str:
    """The day of a beginning, in Shanghai."""
    return at.astimezone(SHANGHAI).date().isoformat()
