"""Pages of the exam: sitting it, its result, and the hosts' control room."""

from webapp.exam.queries import progress
from webapp.exam.routes import (
    actions,
    analysis,
    announcing,
    answering,
    control,
    deciding,
    evidence,
    fair,
    preview,
    pulse,
    questions,
    result,
    sections,
    sessions,
    sitting,
    supply,
    waiting,
    watching,
)
from webapp.exam.routes.blueprint import NAVIGATION, bp

__all__ = [
    "NAVIGATION",
    "actions",
    "analysis",
    "announcing",
    "answering",
    "bp",
    "control",
    "deciding",
    "evidence",
    "fair",
    "preview",
    "progress",
    "pulse",
    "questions",
    "result",
    "sections",
    "sessions",
    "sitting",
    "supply",
    "waiting",
    "watching",
]
