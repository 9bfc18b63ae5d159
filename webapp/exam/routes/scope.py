"""Which exams a host may see: those in the scope of a grant."""

from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries import control as queries
from webapp.exam.queries.control import ExamHead


def head_in_scope(exam_id: int, permission: Permission = Permission.RUN_EXAMS) -> ExamHead:
    """The exam, if it lies in this host's scope; a foreign one answers like a missing one."""
    found = queries.head(exam_id)
    if not may(found, permission):
        raise ExamNotFound
    return found


def may(head: ExamHead, permission: Permission) -> bool:
    """Whether the signed-in person holds the permission over this exam."""
    return principal().allows(permission, contest_id=head.contest_id, event_id=head.event_id)
