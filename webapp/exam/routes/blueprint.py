"""The blueprint that all exam pages share."""

from flask import Blueprint

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_

bp = Blueprint("exam", "webapp.exam", template_folder="templates")

NAVIGATION = (
    MenuEntry(N_("My exams"), "exam.mine", signed_in=True, order=30),
    MenuEntry(N_("Exam control"), "exam.control_list", permission=Permission.RUN_EXAMS, order=40),
)
