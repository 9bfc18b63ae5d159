"""The blueprint of marking, and who may do what in which exam."""

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries.essays import EssayPlace, essay_place
from webapp.exam.routes.scope import head_in_scope
from webapp.marking.errors import AnswerGone

bp = Blueprint("marking", "webapp.marking", template_folder="templates")

MARK, DECIDE, HOST, WATCH = (
    Permission.MARK_ANSWERS,
    Permission.ARBITRATE_ANSWERS,
    Permission.RUN_EXAMS,
    Permission.WATCH_EXAMS,
)
LOOKING = (DECIDE, HOST, WATCH)
"""Any of them opens the figures of an exam."""

NAVIGATION = (
    MenuEntry(N_("Mark written answers"), "marking.index", permission=MARK, or_permission=HOST, order=44),
)


def place_in_scope(answer_id: int, permission: Permission) -> EssayPlace:
    """A written answer of an exam that the permission covers; a foreign one answers like a missing one."""
    place = essay_place(answer_id)
    if place is None:
        raise AnswerGone
    try:
        head_in_scope(place.exam_id, permission)
    except ExamNotFound as error:
        raise AnswerGone from error
    return place
