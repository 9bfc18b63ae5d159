"""Pages and beacons of evidence, cases and declarations."""

from webapp.exam.service import gates
from webapp.integrity.routes import cases, checks, evidence, focus, interests, snapshots
from webapp.integrity.routes.blueprint import NAVIGATION, bp

gates.before_start.append(checks.may_start)
gates.while_writing.append(checks.look)

__all__ = ["NAVIGATION", "bp", "cases", "checks", "evidence", "focus", "interests", "snapshots"]
