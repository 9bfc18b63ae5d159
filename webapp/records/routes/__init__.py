"""One's own skill record, links to it, and what others may read."""

from webapp.records.routes import own, public
from webapp.records.routes.blueprint import bp

__all__ = ["bp", "own", "public"]
