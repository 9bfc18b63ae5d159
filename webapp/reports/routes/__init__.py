"""Pages of reports and archives."""

from webapp.reports.routes import archives, counting, exports, pages
from webapp.reports.routes.blueprint import NAVIGATION, archive_bp, bp

blueprints = (bp, archive_bp)

__all__ = ["NAVIGATION", "archives", "blueprints", "counting", "exports", "pages"]
