"""Pages of the exam: sitting it, its result, and the hosts' control room."""

from webapp.contests.service.checking import further_check
from webapp.exam.queries import progress
from webapp.exam.routes import (
    actions,
    analysis,
    announcing,
    answering,
    building,
    control,
    deciding,
    evidence,
    fair,
    life,
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
from webapp.exam.service.contest_banks import banks_in_force

further_check(banks_in_force)

__all__ = [
    "NAVIGATION",
    "actions",
    "analysis",
    "announcing",
    "answering",
    "bp",
    "building",
    "control",
    "deciding",
    "evidence",
    "fair",
    "life",
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
