"""Pages of the exam: sitting it, its result, and the hosts' control room."""

from webapp.contests.service.checking import further_check
from webapp.contests.service.moves import move_along_with
from webapp.contests.service.proposing import follow_with
from webapp.contests.service.rows import pin_with
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
from webapp.exam.service.drafting import drop_applied_drafts, is_pinned
from webapp.exam.service.moving import foresee_sessions, move_sessions

further_check(banks_in_force)
follow_with(drop_applied_drafts)
pin_with(is_pinned)
move_along_with(foresee_sessions, move_sessions)

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
