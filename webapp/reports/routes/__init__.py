"""Pages of reports."""

from webapp.reports.routes import counting, exports, pages
from webapp.reports.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "counting", "exports", "pages"]
