"""The host's way from a board to a final list, public notices, objections."""

from webapp.stages.routes import acting, exports, objections, own, places, public, staff
from webapp.stages.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "acting", "bp", "exports", "objections", "own", "places", "public", "staff"]
