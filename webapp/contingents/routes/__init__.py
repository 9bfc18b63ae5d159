"""Pages of delegations: the sending union's, the host's, the contestants', the posted list."""

from webapp.contingents.routes import host, own, union
from webapp.contingents.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "host", "own", "union"]
