"""The blueprint that all pages of delegations share."""

from flask import Blueprint, Response

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_

bp = Blueprint("contingents", "webapp.contingents", template_folder="templates")


@bp.after_request
def not_indexed(response: Response) -> Response:
    """Lists of people are for those who come to them, not for search engines."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


NAVIGATION = (
    MenuEntry(
        N_("Delegations"),
        "contingents.overview",
        permission=Permission.REVIEW_APPLICATIONS,
        or_permission=Permission.PUBLISH_RESULTS,
        order=49,
    ),
)
