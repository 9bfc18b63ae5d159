"""Certificates: one's own, the public check, and the hosts' lists."""

from webapp.certificates.routes import own, public, staff
from webapp.certificates.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "own", "public", "staff"]
