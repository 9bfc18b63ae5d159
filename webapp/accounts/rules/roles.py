"""The names of roles, and what their scope may be."""

from collections.abc import Mapping

from webapp.access.permissions import Role, ScopeKind
from webapp.core.words import N_

ROLE_TEXTS: Mapping[Role, str] = {
    Role.UNION_REVIEWER: N_("Union reviewer"),
    Role.UNIT_LIAISON: N_("Unit liaison"),
    Role.HELP_DESK: N_("Help desk"),
    Role.ORGANISER: N_("Organiser"),
    Role.QUESTION_SETTER: N_("Question setter"),
    Role.QUESTION_REVIEWER: N_("Question reviewer"),
    Role.JUDGE: N_("Judge"),
    Role.CHIEF_JUDGE: N_("Chief judge"),
    Role.HOST: N_("Host"),
    Role.INVIGILATOR: N_("Invigilator"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

SCOPE_TEXTS: Mapping[ScopeKind, str] = {
    ScopeKind.EVERYTHING: N_("Everything"),
    ScopeKind.ORGANISATION: N_("One organisation and all below it"),
    ScopeKind.CONTEST: N_("One contest"),
    ScopeKind.EVENT: N_("One event"),
}

_BY_ORGANISATION = frozenset({Role.UNION_REVIEWER, Role.UNIT_LIAISON})
_BY_CONTEST = frozenset({Role.ORGANISER, Role.JUDGE, Role.CHIEF_JUDGE, Role.INVIGILATOR})


def fits(role: Role, kind: ScopeKind) -> bool:
    """Whether a role makes sense with a scope: reviewers and liaisons belong to an organisation,
    organisers, judges and invigilators to a contest or event; the others to any."""
    if role in _BY_ORGANISATION:
        return kind in {ScopeKind.EVERYTHING, ScopeKind.ORGANISATION}
    if role in _BY_CONTEST:
        return kind in {ScopeKind.EVERYTHING, ScopeKind.CONTEST, ScopeKind.EVENT}
    return True
