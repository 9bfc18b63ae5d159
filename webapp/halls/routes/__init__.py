"""Halls: places and seats, tickets, check-in."""

from webapp.exam.service import gates
from webapp.halls.routes import checking, editing, lists, own, seating
from webapp.halls.routes.blueprint import NAVIGATION, bp
from webapp.halls.service.checking import may_start

gates.before_start.append(may_start)

__all__ = ["NAVIGATION", "bp", "checking", "editing", "lists", "own", "seating"]
