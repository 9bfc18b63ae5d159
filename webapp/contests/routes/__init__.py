"""Pages of contests: what visitors see, and the administration of definitions."""

from webapp.contests.routes import dates, editing, postponing, proposals, public, staff, starting
from webapp.contests.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "dates", "editing", "postponing", "proposals", "public", "staff", "starting"]
