"""Pages of awards."""

from webapp.awards.routes import acting, certificates, exports, own, reopening, staff
from webapp.awards.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "acting", "bp", "certificates", "exports", "own", "reopening", "staff"]
