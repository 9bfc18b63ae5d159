"""The blueprint that all pages of accounts hang on."""

from flask import Blueprint, g

bp = Blueprint("accounts", "webapp.accounts", template_folder="templates")


@bp.before_request
def never_stored() -> None:
    """Every page here may show what somebody typed or who somebody is: no cache keeps it."""
    g.personal = True
