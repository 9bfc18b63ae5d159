"""The blueprint that all pages of awards share, and the words they have in common."""

from decimal import Decimal

from flask import Blueprint
from flask_babel import format_decimal

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.awards.forms import KIND_WORDS
from webapp.core.words import N_

bp = Blueprint("awards", "webapp.awards", template_folder="templates")

LIST_STATES = {
    None: N_("Not derived yet"),
    "proposed": N_("Being decided"),
    "waiting": N_("Waits for the second person"),
    "decided": N_("Decided and closed"),
    "reopened": N_("Holds until the reopened list is decided"),
    "superseded": N_("A later list took its place"),
}
LINE_STATES = {
    "candidate": N_("Meets the conditions"),
    "open": N_("To be settled"),
    "not-due": N_("Condition not met"),
}
REOPENING_STATES = {
    "waiting": N_("Waits for the second person"),
    "done": N_("Opened again"),
    "refused": N_("Not agreed"),
}
DECISION_WORDS = {"": N_("Awaits the decision"), "granted": N_("Given"), "declined": N_("Not given")}


@bp.app_template_filter("award_list_state")
def award_list_state(state: str | None) -> str:
    """The msgid of a list's state."""
    return LIST_STATES[state]


@bp.app_template_filter("award_line_state")
def award_line_state(state: str) -> str:
    """The msgid of what the rules say of a line."""
    return LINE_STATES[state]


@bp.app_template_filter("award_decision")
def award_decision(decision: str) -> str:
    """The msgid of a decision."""
    return DECISION_WORDS[decision]


@bp.app_template_filter("award_reopening")
def award_reopening(state: str) -> str:
    """The msgid of what became of a wish to open a list again."""
    return REOPENING_STATES[state]


@bp.app_template_filter("award_kind")
def award_kind(kind: str) -> str:
    """The msgid of a kind of award."""
    return KIND_WORDS[kind]


@bp.app_template_filter("award_tick")
def award_tick(kind: str) -> str:
    """The msgid of what finance collects outside this system."""
    return {"identity": N_("Copy of the document"), "account": N_("Bank account")}[kind]


@bp.app_template_filter("yuan")
def yuan(amount: Decimal | None) -> str:
    """An amount with separators, without needless decimals; '' for none."""
    return "" if amount is None else str(format_decimal(amount, "#,##0.##"))


NAVIGATION = (MenuEntry(N_("Awards"), "awards.stage_list", permission=Permission.SEE_FULL_BOARDS, order=48),)
