"""Pages of the help desk, one's own tickets, time lines, and the guides that everybody may read."""

from webapp.helpdesk.routes import desk, guides, own, tickets, timeline
from webapp.helpdesk.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "desk", "guides", "own", "tickets", "timeline"]
