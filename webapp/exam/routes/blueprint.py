"""The blueprint that all exam pages share."""

from datetime import datetime

from flask import Blueprint
from flask_babel import format_datetime

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.i18n import pick
from webapp.core.words import N_

bp = Blueprint("exam", "webapp.exam", template_folder="templates")


@bp.app_template_filter("exam_when")
def exam_when(at: datetime | None) -> str:
    """An instant in Shanghai time, to the minute."""
    return str(format_datetime(at, "yyyy-MM-dd HH:mm")) if at else "–"


@bp.app_template_filter("exam_second")
def exam_second(at: datetime | None) -> str:
    """Month, day and time of day in Shanghai, to the second: windows last several days."""
    return str(format_datetime(at, "MM-dd HH:mm:ss")) if at else "–"


@bp.app_template_filter("exam_pick")
def exam_pick(texts: object) -> str:
    """One of a {zh, en} pair, by the reader's language."""
    return pick(texts)


NAVIGATION = (
    MenuEntry(N_("My exams"), "exam.mine", signed_in=True, order=30),
    MenuEntry(N_("Exam control"), "exam.control_list", permission=Permission.WATCH_EXAMS, order=40),
    MenuEntry(N_("Exam blueprints"), "exam.blueprints", permission=Permission.WATCH_EXAMS, order=42),
)
