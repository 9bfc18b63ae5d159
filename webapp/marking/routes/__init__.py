"""Pages of markers, chief judges and hosts."""

from webapp.marking.routes import comments, correcting, deciding, lists, marking
from webapp.marking.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "comments", "correcting", "deciding", "lists", "marking"]
