"""The blueprint that all pages of organisers' applications share, and the words they have in common."""

from flask import Blueprint
from flask_babel import format_decimal

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_
from webapp.hosting.forms import CRITERIA_WORDS, ROLE_WORDS, SOURCE_WORDS, WHO_WORDS
from webapp.hosting.rules.checks import GROUP_WORDS, PART_WORDS
from webapp.hosting.rules.performance import HEADING_WORDS
from webapp.hosting.rules.states import KIND_OF_STATE, OUTCOME_WORDS, STATE_WORDS, STEP_WORDS, Outcome, State

bp = Blueprint("hosting", "webapp.hosting", template_folder="templates")

OFFER_WORDS = {
    "trade": N_("A new trade"),
    "event": N_("Organising an event"),
    "stage": N_("Hosting a stage"),
}
SECTION_WORDS = {
    "what": N_("What you apply for"),
    "plan": N_("Plan"),
    "people": N_("Judges and groups"),
    "money": N_("Budget and prizes"),
    "partners": N_("Joint application"),
}
PARTNER_WORDS = {
    "asked": N_("has not answered"),
    "agreed": N_("agreed"),
    "declined": N_("does not join"),
}
RULE_WORDS = {
    "min-judges": N_("Number and proof of judges"),
    "min-contestants": N_("Number of contestants"),
    "max-prize": N_("Highest prizes"),
    "certificate-trades": N_("Share of trades with a certificate"),
    "trade-names": N_("Names of trades"),
    "traditional-trades": N_("Share of traditional trades"),
    "innovative-trades": N_("Share of innovative trades"),
    "same-trade": N_("Two applications for one trade"),
    "budget": N_("Budget of the edition"),
    "hosting": N_("Who may host the stage"),
    "working-groups": N_("Working groups"),
    "union-role": N_("Part of the union"),
}
FILE_STATES = {
    "open": (N_("To be handed in"), "warning"),
    "sent": (N_("Handed in, awaits the review"), "info"),
    "returned": (N_("Returned for correction"), "warning"),
    "accepted": (N_("Found in order"), "success"),
    "poor": (N_("Poor quality"), "danger"),
}
_WORDS = {
    **SOURCE_WORDS,
    **WHO_WORDS,
    **ROLE_WORDS,
    **CRITERIA_WORDS,
    **PART_WORDS,
    "yes": N_("Yes"),
    "no": N_("No"),
}


@bp.app_template_filter("hosting_state")
def hosting_state(state: State) -> tuple[str, str]:
    """The msgid of a state, and the kind of its badge."""
    return STATE_WORDS[state], KIND_OF_STATE.get(state, "")


@bp.app_template_filter("hosting_word")
def hosting_word(code: str) -> str:
    """The msgid of a code of the contest file; an unknown one is shown as it is."""
    return _WORDS.get(code, code)


@bp.app_template_filter("hosting_group")
def hosting_group(code: str) -> str:
    """The msgid of a working group."""
    return GROUP_WORDS.get(code, code)


@bp.app_template_filter("hosting_offer")
def hosting_offer(offer: str) -> str:
    """The msgid of what is applied for."""
    return OFFER_WORDS[offer]


@bp.app_template_filter("hosting_section")
def hosting_section(section: str) -> str:
    """The msgid of a section of the form."""
    return SECTION_WORDS[section]


@bp.app_template_filter("hosting_step")
def hosting_step(step: str) -> str:
    """The msgid of a step of the review."""
    return STEP_WORDS.get(step, step)


@bp.app_template_filter("hosting_outcome")
def hosting_outcome(outcome: str) -> str:
    """The msgid of how a step ended."""
    return OUTCOME_WORDS[Outcome(outcome)]


@bp.app_template_filter("hosting_partner")
def hosting_partner(state: str) -> str:
    """The msgid of what an organisation said."""
    return PARTNER_WORDS[state]


@bp.app_template_filter("hosting_rule")
def hosting_rule(rule: str) -> str:
    """The msgid of a rule."""
    return RULE_WORDS.get(rule, rule)


@bp.app_template_filter("hosting_file_state")
def hosting_file_state(state: str) -> tuple[str, str]:
    """The msgid of where a performance file stands, and the kind of its badge."""
    return FILE_STATES[state]


@bp.app_template_filter("hosting_heading")
def hosting_heading(heading: str) -> str:
    """The msgid of a heading of the report."""
    return HEADING_WORDS.get(heading, heading)


@bp.app_template_filter("money")
def money(amount: int | None) -> str:
    """Yuan with separators; a dash for none."""
    return "–" if amount is None else str(format_decimal(amount, "#,##0"))


NAVIGATION = (
    MenuEntry(N_("Apply as an organiser"), "hosting.own_list", permission=Permission.APPLY_TO_HOST, order=30),
    MenuEntry(
        N_("Organisers' applications"), "hosting.desk_list", permission=Permission.SEE_HOSTING, order=49
    ),
)
