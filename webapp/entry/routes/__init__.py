"""Pages of entry."""

from webapp.entry.routes import binding, coming, doors
from webapp.entry.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "binding", "bp", "coming", "doors"]
