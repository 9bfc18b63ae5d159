"""The blueprint of entry; the ways in that the sign-in page shows."""

from dataclasses import dataclass

from flask import Blueprint, g

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_
from webapp.entry.service import doors

bp = Blueprint("entry", "webapp.entry", template_folder="templates")

NAVIGATION = (MenuEntry(N_("Ways in"), "entry.door_list", permission=Permission.MANAGE_ROLES, order=92),)


@dataclass(frozen=True)
class DoorLink:
    """A button on the sign-in page."""

    code: str
    title: dict[str, str]


@bp.before_request
def never_stored() -> None:
    """Who comes from where is nobody else's business: no cache keeps these pages."""
    g.personal = True


@bp.app_template_global("sign_on_doors")
def sign_on_doors() -> list[DoorLink]:
    """Other sides at which one can sign on from here."""
    return [DoorLink(one.code, one.title) for one in doors.doors(only_open=True) if one.kind == "oidc"]
