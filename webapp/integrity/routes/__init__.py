"""Pages and beacons of evidence, cases and declarations."""

from webapp.integrity.routes import cases, evidence, focus, interests
from webapp.integrity.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "cases", "evidence", "focus", "interests"]
