"""Pages of awards."""

from webapp.awards.routes import acting, exports, own, staff
from webapp.awards.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "acting", "bp", "exports", "own", "staff"]
