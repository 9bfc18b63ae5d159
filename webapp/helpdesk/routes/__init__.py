"""Pages of the help desk, and the guides that everybody may read."""

from webapp.helpdesk.routes import desk, guides
from webapp.helpdesk.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "desk", "guides"]
