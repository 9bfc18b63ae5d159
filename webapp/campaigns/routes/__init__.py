"""Labour competitions: what everybody reads, what units hand in, what leaders and hosts decide."""

from webapp.campaigns.routes import commending, leading, overview, public, units
from webapp.campaigns.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "commending", "leading", "overview", "public", "units"]
