"""Boards for everybody, one's own place, and the hosts' boards."""

from webapp.leaderboard.routes import own, public, staff
from webapp.leaderboard.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "own", "public", "staff"]
