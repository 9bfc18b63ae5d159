"""The blueprints of reports and archives, and how numbers are written."""

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_
from webapp.reports.rules.small import HIDDEN, LEAST

bp = Blueprint("reports", "webapp.reports", template_folder="templates", url_prefix="/staff/reports")
archive_bp = Blueprint(
    "archives", "webapp.reports", template_folder="templates", url_prefix="/staff/archives"
)

NAVIGATION = (
    MenuEntry(N_("Reports"), "reports.index", permission=Permission.SEE_REPORTS, order=52),
    MenuEntry(
        N_("Archives of events"), "archives.index", permission=Permission.EXPORT_LISTS,
        or_permission=Permission.READ_AUDIT, order=53,
    ),
)  # fmt: skip


@bp.app_template_filter("report_number")
def report_number(value: object) -> str:
    """A number with separators; a dash for none, “<3” for one that is not told."""
    if value is None:
        return "—"
    if value == HIDDEN:
        return f"<{LEAST}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
