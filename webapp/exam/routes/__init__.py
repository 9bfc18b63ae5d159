"""Pages of the exam: sitting it, its result, and the hosts' control room."""

from webapp.exam.routes import answering, control, result, sitting, supply, waiting
from webapp.exam.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "answering", "bp", "control", "result", "sitting", "supply", "waiting"]
