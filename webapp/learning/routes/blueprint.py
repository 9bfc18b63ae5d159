"""The blueprint that all learning pages share."""

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.contests.rules.schema import ActivityKind
from webapp.core.words import N_

bp = Blueprint("learning", "webapp.learning", template_folder="templates")

ACTIVITY_WORDS = {
    ActivityKind.VIDEO: N_("Videos"),
    ActivityKind.TEXT: N_("Texts"),
    ActivityKind.QUIZ: N_("Quizzes"),
    ActivityKind.DRILL: N_("Drills"),
}
LESSON_WORDS = {
    ActivityKind.VIDEO: N_("Video"),
    ActivityKind.TEXT: N_("Text"),
    ActivityKind.QUIZ: N_("Quiz"),
    ActivityKind.DRILL: N_("Drill"),
}
UNIT_WORDS = {
    "lesson": N_("each lesson"),
    "question": N_("each question"),
    "run": N_("each drill, by its score"),
}
CUT_WORDS = {
    "already": N_("You have these points already; practising again is always possible."),
    "activity-daily-cap": N_("Today's most for this kind of activity is reached. It counts again tomorrow."),
    "activity-total-cap": N_("The most for this kind of activity is reached."),
    "daily-cap": N_("Today's most points are reached. It counts again tomorrow."),
    "weekly-cap": N_("This week's most points are reached. It counts again on Monday."),
    "total-cap": N_("The most points of this event are reached."),
    "closed": N_("No points are counted now; practising is always possible."),
}
"""What to say when points are less than wanted, by `Credit.cut_by`."""

NAVIGATION = (
    MenuEntry(N_("Learning"), "learning.mine", signed_in=True, order=25),
    MenuEntry(
        N_("Correct points"),
        "learning.corrections",
        permission=Permission.CORRECT_POINTS,
        or_permission=Permission.READ_AUDIT,
        order=44,
    ),
)
