"""Tables of learning, one module an activity."""

from webapp.learning.models.drills import DrillRun, DrillStep
from webapp.learning.models.ledger import PointEntry, PointReversal
from webapp.learning.models.quizzes import BookQuestion, QuizAnswer, QuizRound
from webapp.learning.models.watching import Reading, WatchProgress, WatchSession

__all__ = [
    "BookQuestion",
    "DrillRun",
    "DrillStep",
    "PointEntry",
    "PointReversal",
    "QuizAnswer",
    "QuizRound",
    "Reading",
    "WatchProgress",
    "WatchSession",
]
