"""The blueprint that all pages of skill records share, and the words they have in common."""

from flask import Blueprint, Response

from webapp.awards.rules.levels import LEVEL_WORDS, SkillLevel
from webapp.records.forms import NAMES
from webapp.registration.rules.winners import PRIZE_TEXTS, Prize

bp = Blueprint("records", "webapp.records", template_folder="templates")


@bp.after_request
def not_indexed(response: Response) -> Response:
    """Records of people are for those whom they gave a link, not for search engines; nobody keeps a copy."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.app_template_filter("level_words")
def level_words(code: str) -> str:
    """The msgid of a skill level."""
    return LEVEL_WORDS[SkillLevel(code)]


@bp.app_template_filter("prize_words")
def prize_words(code: str) -> str:
    """The msgid of a prize without a rank."""
    return PRIZE_TEXTS[Prize(code)]


@bp.app_template_filter("name_shown")
def name_shown(code: str) -> str:
    """The msgid of how a link shows the name."""
    return dict(NAMES)[code]
