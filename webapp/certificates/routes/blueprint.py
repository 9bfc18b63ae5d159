"""The blueprint that all pages of certificates share."""

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_

bp = Blueprint("certificates", "webapp.certificates", template_folder="templates")

NAVIGATION = (
    MenuEntry(
        N_("Certificates"),
        "certificates.staff_index",
        permission=Permission.MANAGE_CERTIFICATES,
        or_permission=Permission.READ_AUDIT,
        order=55,
    ),
)
