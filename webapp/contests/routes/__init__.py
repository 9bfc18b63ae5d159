"""Pages of contests: what visitors see, and the administration of definitions."""

from webapp.contests.routes import editing, postponing, proposals, public, staff, starting
from webapp.contests.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "editing", "postponing", "proposals", "public", "staff", "starting"]
