"""The blueprint that the help desk and the guides share."""

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_

bp = Blueprint("helpdesk", "webapp.helpdesk", template_folder="templates")

NAVIGATION = (
    MenuEntry(N_("Help desk"), "helpdesk.find", permission=Permission.HELP_PEOPLE, order=45),
    MenuEntry(N_("Tickets"), "helpdesk.tickets", permission=Permission.WATCH_EXAMS, order=46),
    MenuEntry(N_("Messages to the help desk"), "helpdesk.own_tickets", signed_in=True, order=90),
)
