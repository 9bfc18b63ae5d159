"""The host's way from a board to a final list, public notices, objections."""

from webapp.stages.routes import (
    acting,
    circulars,
    exports,
    merging,
    objections,
    own,
    places,
    public,
    running,
    staff,
    teams,
)
from webapp.stages.routes.blueprint import NAVIGATION, bp

__all__ = [
    "NAVIGATION",
    "acting",
    "bp",
    "circulars",
    "exports",
    "merging",
    "objections",
    "own",
    "places",
    "public",
    "running",
    "staff",
    "teams",
]
