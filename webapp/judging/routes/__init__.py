"""Pages of practical tests."""

from webapp.judging.routes import importing, judge, leading, module, own, preparing, stage  # noqa: F401 - their routes
from webapp.judging.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp"]
