"""Pages of markers, chief judges and hosts."""

from webapp.marking.routes import deciding, lists, marking
from webapp.marking.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "deciding", "lists", "marking"]
