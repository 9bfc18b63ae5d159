"""Halls: places and seats, tickets, check-in."""

from webapp.contests.service.moves import move_along_with
from webapp.exam.service import gates
from webapp.halls.routes import checking, editing, lists, own, papers, seating, shared
from webapp.halls.routes.blueprint import NAVIGATION, bp
from webapp.halls.service.checking import may_start
from webapp.halls.service.going_on import may_take_over
from webapp.halls.service.moving import foresee_halls, move_halls

move_along_with(foresee_halls, move_halls)
gates.before_start.append(may_start)
gates.before_take_over.append(may_take_over)

__all__ = ["NAVIGATION", "bp", "checking", "editing", "lists", "own", "papers", "seating", "shared"]
