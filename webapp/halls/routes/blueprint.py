"""The blueprint of halls, and whose halls one may see."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, url_for

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.core.words import N_
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries import control
from webapp.exam.queries.control import ExamHead
from webapp.halls.rules import codes

bp = Blueprint("halls", "webapp.halls", template_folder="templates")

STAFF, HOST, WATCH = Permission.HALL_STAFF, Permission.RUN_EXAMS, Permission.WATCH_EXAMS
LOOKING = (STAFF, HOST, WATCH)
"""Any of them opens the pages that only show."""

NAVIGATION = (
    MenuEntry(N_("My admission tickets"), "halls.mine", signed_in=True, order=32),
    MenuEntry(N_("Halls and seats"), "halls.index", permission=STAFF, or_permission=WATCH, order=41),
)


@bp.app_template_filter("ticket_code")
def ticket_code(code: str) -> str:
    """A code as it is printed."""
    return codes.shown(code)


@dataclass(frozen=True)
class InScope:
    """An exam whose halls the signed-in person may look at. may_work: may check people in and type papers;
    is_host: may change the halls too."""

    head: ExamHead
    may_work: bool
    is_host: bool


def in_scope(exam_id: int, *permissions: Permission) -> InScope:
    """The exam, when any of the permissions (by default those of hall staff and hosts) covers it.

    raise (ExamNotFound): it does not; a foreign exam answers like a missing one."""
    head = control.head(exam_id)
    if not any(may(head, permission) for permission in permissions or (STAFF, HOST)):
        raise ExamNotFound
    return InScope(head, may(head, STAFF) or may(head, HOST), may(head, HOST))


def to_watch(exam_id: int) -> InScope:
    """The exam for a page that only shows: for hall staff, hosts and supervisors."""
    return in_scope(exam_id, *LOOKING)


def may(head: ExamHead, permission: Permission) -> bool:
    """Whether the signed-in person holds the permission over this exam."""
    return principal().allows(permission, contest_id=head.contest_id, event_id=head.event_id)


def to_exam(exam_id: int, words: str) -> Response:
    """Back to the exam's halls, with a word of what was done."""
    flash(words, "success")
    return redirect(url_for("halls.exam", exam_id=exam_id), code=303)  # type: ignore[return-value]
