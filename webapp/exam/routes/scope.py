"""Which exams hosts and supervisors may see: those in the scope of a grant."""

from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries import control as queries
from webapp.exam.queries.control import ExamHead

LOOKING = (Permission.RUN_EXAMS, Permission.WATCH_EXAMS)
"""Either of them opens the pages that only show; doing anything there takes more."""


def head_in_scope(exam_id: int, *permissions: Permission) -> ExamHead:
    """The exam, when any of the permissions (by default that of hosts) covers it; a foreign one answers like a
    missing one."""
    found = queries.head(exam_id)
    if not any(may(found, permission) for permission in permissions or (Permission.RUN_EXAMS,)):
        raise ExamNotFound
    return found


def head_to_watch(exam_id: int) -> ExamHead:
    """The exam for a page that only shows: for its hosts and supervisors."""
    return head_in_scope(exam_id, *LOOKING)


def may(head: ExamHead, permission: Permission) -> bool:
    """Whether the signed-in person holds the permission over this exam."""
    return principal().allows(permission, contest_id=head.contest_id, event_id=head.event_id)


def may_watch(head: ExamHead) -> bool:
    """Whether the signed-in person may read the staff pages of this exam."""
    return any(may(head, permission) for permission in LOOKING)


def may_run(head: ExamHead) -> bool:
    """Whether the signed-in person may do something on the staff pages of this exam: forms show only then."""
    return may(head, Permission.RUN_EXAMS)
