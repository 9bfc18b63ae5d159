"""Pages of learning: the way through an event's courses, and each kind of lesson."""

from webapp.learning.queries import progress
from webapp.learning.routes import (
    corrections,
    drills,
    home,
    ledger,
    player,
    quizzes,
    reading,
    wrong_answers,
)
from webapp.learning.routes.blueprint import NAVIGATION, bp

__all__ = [
    "NAVIGATION",
    "bp",
    "corrections",
    "drills",
    "home",
    "ledger",
    "player",
    "progress",
    "quizzes",
    "reading",
    "wrong_answers",
]
