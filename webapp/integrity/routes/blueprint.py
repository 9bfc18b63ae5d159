"""The blueprint of evidence, cases and declarations, and what it lends to the exam page."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.core.crypto import keyring
from webapp.core.i18n import say
from webapp.core.words import N_, Message
from webapp.integrity.rules import wording
from webapp.integrity.rules.decisions import WORDS
from webapp.integrity.rules.focus import SORTS, Sort
from webapp.integrity.rules.interests import RELATIONS
from webapp.integrity.rules.watermark import code_of

bp = Blueprint("integrity", "webapp.integrity", template_folder="templates")

NAVIGATION = (MenuEntry(N_("Declared interests"), "integrity.interests", any_staff=True, order=95),)


@bp.app_template_global("watermark_code")
def watermark_code(attempt_id: int) -> str:
    """The short code that stands behind the questions of an attempt."""
    return code_of(watermark_key(), attempt_id)


def watermark_key() -> bytes:
    """The key of all watermarks: it stays when the data key is changed."""
    return keyring().lookup_hash("watermark", "watermark")


@bp.app_template_filter("evidence_title")
def evidence_title(kind: str) -> str:
    """The name of a kind of evidence."""
    return say(Message(wording.title_of(kind)))


@bp.app_template_filter("evidence_seen")
def evidence_seen(facts: Mapping[str, Any], kind: str) -> str:
    """What was seen, in a sentence with its numbers."""
    return say(wording.seen(kind, facts))


@bp.app_template_filter("evidence_innocent")
def evidence_innocent(kind: str) -> str:
    """What else it may have been."""
    return say(Message(wording.innocent(kind)))


@bp.app_template_filter("absence_sort")
def absence_sort(sort: str) -> str:
    """The name of a sort of absence."""
    return say(Message(SORTS[Sort(sort)]))


@bp.app_template_filter("case_state")
def case_state(state: str) -> str:
    """The state or decision of a case."""
    return say(Message(WORDS[state]))


@bp.app_template_filter("relation_words")
def relation_words(relation: str) -> str:
    """What somebody declares to be."""
    return say(Message(RELATIONS[relation]))
