"""Pages of markers, chief judges and hosts."""

from webapp.marking.routes import comments, deciding, lists, marking
from webapp.marking.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "comments", "deciding", "lists", "marking"]
