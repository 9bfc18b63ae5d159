"""Pages of question banks, for setters and reviewers."""

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.banks.routes import (
    banks,
    bulk,
    editing,
    mapping,
    sealing,
    search,
    sheets,
    topics,
    uploads,
    versions,
)
from webapp.banks.routes.blueprint import bp
from webapp.core.words import N_

NAVIGATION = (
    MenuEntry(
        N_("Question banks"),
        "banks.listing",
        permission=Permission.EDIT_BANKS,
        or_permission=Permission.APPROVE_BANKS,
        order=60,
    ),
)

__all__ = [
    "NAVIGATION",
    "banks",
    "bp",
    "bulk",
    "editing",
    "mapping",
    "sealing",
    "search",
    "sheets",
    "topics",
    "uploads",
    "versions",
]
