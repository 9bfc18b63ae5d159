"""Pages about oneself, and staff pages about people and roles."""

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.accounts.routes import (
    organisations,
    own,
    people,
    recovery,
    roles,
    second_factor,
    sign_in,
    sign_up,
)
from webapp.accounts.routes.blueprint import bp
from webapp.core.words import N_

__all__ = [
    "NAVIGATION",
    "bp",
    "organisations",
    "own",
    "people",
    "recovery",
    "roles",
    "second_factor",
    "sign_in",
    "sign_up",
]

NAVIGATION = (
    MenuEntry(
        N_("People"),
        "accounts.people",
        permission=Permission.REVIEW_PEOPLE,
        or_permission=Permission.HELP_PEOPLE,
        order=40,
    ),
    MenuEntry(
        N_("Organisations"), "accounts.organisations", permission=Permission.MANAGE_ORGANISATIONS, order=81
    ),
    MenuEntry(N_("Roles"), "accounts.roles", permission=Permission.MANAGE_ROLES, order=82),
)
