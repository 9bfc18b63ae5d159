"""Permissions, roles and which role has which. Plain Python.

A grant is (person, role, scope): the scope is everything, one organisation with all below it,
one contest or one event. Every permission names what it is about, so that a check can be made
against the scope of the thing itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class ScopeKind(StrEnum):
    """What a grant is limited to."""

    EVERYTHING = "everything"
    ORGANISATION = "organisation"
    CONTEST = "contest"
    EVENT = "event"


class Permission(StrEnum):
    """What a person may do."""

    REVIEW_APPLICATIONS = "review-applications"
    REVIEW_PEOPLE = "review-people"
    REGISTER_WORKERS = "register-workers"
    NOMINATE_PEOPLE = "nominate-people"
    HELP_PEOPLE = "help-people"
    CONFIRM_FOR_EVENT = "confirm-for-event"
    EDIT_COURSES = "edit-courses"
    EDIT_BANKS = "edit-banks"
    APPROVE_BANKS = "approve-banks"
    RUN_EXAMS = "run-exams"
    WATCH_EXAMS = "watch-exams"
    HALL_STAFF = "hall-staff"
    MARK_ANSWERS = "mark-answers"
    ARBITRATE_ANSWERS = "arbitrate-answers"
    APPROVE_EXAM_ACTIONS = "approve-exam-actions"
    SEE_FULL_BOARDS = "see-full-boards"
    UNMASK_PEOPLE = "unmask-people"
    EXPORT_LISTS = "export-lists"
    PUBLISH_RESULTS = "publish-results"
    CORRECT_POINTS = "correct-points"
    MANAGE_CERTIFICATES = "manage-certificates"
    RECHECK_ELIGIBILITY = "recheck-eligibility"
    READ_AUDIT = "read-audit"
    MANAGE_CONTESTS = "manage-contests"
    MANAGE_ORGANISATIONS = "manage-organisations"
    MANAGE_ROLES = "manage-roles"
    SEE_HEALTH = "see-health"
    SEE_REPORTS = "see-reports"
    APPLY_TO_HOST = "apply-to-host"
    SEE_HOSTING = "see-hosting"
    DECIDE_HOSTING = "decide-hosting"


class Role(StrEnum):
    """The roles of PRODUCT.md that are granted. Visitor and contestant need no grant."""

    UNION_REVIEWER = "union-reviewer"
    UNIT_LIAISON = "unit-liaison"
    HELP_DESK = "help-desk"
    ORGANISER = "organiser"
    QUESTION_SETTER = "question-setter"
    QUESTION_REVIEWER = "question-reviewer"
    JUDGE = "judge"
    CHIEF_JUDGE = "chief-judge"
    HOST = "host"
    INVIGILATOR = "invigilator"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.UNION_REVIEWER: frozenset(
        {
            Permission.REVIEW_APPLICATIONS,
            Permission.REVIEW_PEOPLE,
            Permission.NOMINATE_PEOPLE,
            Permission.SEE_REPORTS,
        }
    ),
    Role.UNIT_LIAISON: frozenset(
        {Permission.REGISTER_WORKERS, Permission.NOMINATE_PEOPLE, Permission.APPLY_TO_HOST}
    ),
    Role.HELP_DESK: frozenset({Permission.HELP_PEOPLE}),
    Role.ORGANISER: frozenset(
        {
            Permission.CONFIRM_FOR_EVENT,
            Permission.APPLY_TO_HOST,
            Permission.EDIT_COURSES,
            Permission.SEE_FULL_BOARDS,
            Permission.RECHECK_ELIGIBILITY,
            Permission.SEE_REPORTS,
        }
    ),
    Role.QUESTION_SETTER: frozenset({Permission.EDIT_BANKS}),
    Role.QUESTION_REVIEWER: frozenset({Permission.APPROVE_BANKS}),
    Role.JUDGE: frozenset({Permission.MARK_ANSWERS}),
    Role.CHIEF_JUDGE: frozenset({Permission.MARK_ANSWERS, Permission.ARBITRATE_ANSWERS}),
    Role.HOST: frozenset(
        {
            Permission.EDIT_COURSES,
            Permission.RUN_EXAMS,
            Permission.WATCH_EXAMS,
            Permission.HALL_STAFF,
            Permission.APPROVE_EXAM_ACTIONS,
            Permission.SEE_FULL_BOARDS,
            Permission.UNMASK_PEOPLE,
            Permission.EXPORT_LISTS,
            Permission.PUBLISH_RESULTS,
            Permission.CORRECT_POINTS,
            Permission.MANAGE_CERTIFICATES,
            Permission.RECHECK_ELIGIBILITY,
            Permission.SEE_HEALTH,
            Permission.SEE_REPORTS,
            Permission.SEE_HOSTING,
            Permission.DECIDE_HOSTING,
        }
    ),
    Role.INVIGILATOR: frozenset({Permission.HALL_STAFF}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.WATCH_EXAMS,
            Permission.READ_AUDIT,
            Permission.SEE_FULL_BOARDS,
            Permission.SEE_HEALTH,
            Permission.SEE_REPORTS,
            Permission.SEE_HOSTING,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.EDIT_COURSES,
            Permission.MANAGE_CONTESTS,
            Permission.MANAGE_ORGANISATIONS,
            Permission.MANAGE_ROLES,
            Permission.READ_AUDIT,
            Permission.SEE_HEALTH,
            Permission.SEE_REPORTS,
            Permission.SEE_HOSTING,
        }
    ),
}


SENSITIVE = frozenset(
    {
        Permission.APPROVE_BANKS,
        Permission.RUN_EXAMS,
        Permission.APPROVE_EXAM_ACTIONS,
        Permission.ARBITRATE_ANSWERS,
        Permission.UNMASK_PEOPLE,
        Permission.EXPORT_LISTS,
        Permission.PUBLISH_RESULTS,
        Permission.CORRECT_POINTS,
        Permission.MANAGE_CERTIFICATES,
        Permission.MANAGE_CONTESTS,
        Permission.MANAGE_ROLES,
        Permission.DECIDE_HOSTING,
    }
)
"""What publishes, voids, exports, unmasks, or changes scores, keys, time or rights: doing it needs a fresh
second factor where one is needed at all (RELIABILITY rule 28). Looking does not."""

EVERYDAY = frozenset({Permission.HALL_STAFF})
"""Work done hundreds of times within minutes: a route that these open asks for no fresh factor."""


def needs_fresh_factor(permissions: Iterable[Permission], method: str) -> bool:
    """Whether a call of a route with these permissions changes something sensitive."""
    held = frozenset(permissions)
    return method not in {"GET", "HEAD", "OPTIONS"} and bool(held & SENSITIVE) and not held & EVERYDAY


@dataclass(frozen=True)
class Grant:
    """One role of a person within one scope. `scope_id` is 0 when the scope is everything."""

    role: Role
    scope_kind: ScopeKind
    scope_id: int = 0

    def covers(
        self, contest_id: int | None, event_id: int | None, organisation_path: tuple[int, ...]
    ) -> bool:
        """Whether a thing of this contest, event and organisation (with its ancestors) lies in scope."""
        match self.scope_kind:
            case ScopeKind.EVERYTHING:
                return True
            case ScopeKind.ORGANISATION:
                return self.scope_id in organisation_path
            case ScopeKind.CONTEST:
                return self.scope_id == contest_id
            case ScopeKind.EVENT:
                return self.scope_id == event_id


def holding(grants: tuple[Grant, ...], permission: Permission) -> tuple[Grant, ...]:
    """The grants that carry a permission."""
    return tuple(grant for grant in grants if permission in ROLE_PERMISSIONS[grant.role])
