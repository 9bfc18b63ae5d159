"""Certificates: one's own, the public check, the hosts' lists, issuing and print files."""

from webapp.certificates.routes import contests, events, gone, issuing, own, printing, public, staff
from webapp.certificates.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "contests", "events", "gone", "issuing", "own", "printing", "public", "staff"]
