"""The blueprint that all pages of contests share."""

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_

bp = Blueprint("contests", "webapp.contests", template_folder="templates")

NAVIGATION = (
    MenuEntry(N_("Contests"), "contests.home", order=10),
    MenuEntry(
        N_("Contest rules"), "contests.administration", permission=Permission.MANAGE_CONTESTS, order=80
    ),
)
