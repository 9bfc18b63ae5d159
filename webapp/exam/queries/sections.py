"""How the sections of a running attempt stand; asked only for papers with section rules."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from webapp.contests.rules.blueprint import Section
from webapp.core.db import db
from webapp.exam.errors import AttemptNotStarted
from webapp.exam.queries.plans import plan
from webapp.exam.rules.sections import Grant, SectionStand, Visit, first_visits, stands

_LOOK = text(
    """
    SELECT s.exam_id, s.started_at, s.grace_s, p.time_factor,
           g.granted_at, g.extra_s
    FROM sheets s
    JOIN participations p ON p.id = s.participation_id
    LEFT JOIN time_grants g ON g.exam_id = s.exam_id
        AND (g.attempt_id IS NULL OR g.attempt_id = s.attempt_id)
        AND (g.participation_id IS NULL OR g.participation_id = p.id)
        AND (g.hall IS NULL OR g.hall = p.hall)
    WHERE s.attempt_id = :attempt_id
    """
)
_VISITS = text("SELECT section, entered_at, left_at FROM section_visits WHERE attempt_id = :attempt_id")


@dataclass(frozen=True)
class Course:
    """The way of one attempt through its sections."""

    sections: tuple[Section, ...]
    visits: dict[int, Visit]
    factor: Decimal
    grants: tuple[Grant, ...]
    grace_s: int

    def at(self, now: datetime) -> tuple[SectionStand, ...]:
        """How the sections stand for the eye, and for going from one to another."""
        return stands(self.sections, self.visits, now, self.factor, self.grants)

    def takes(self, number: int, arrival: datetime) -> bool:
        """Whether an answer to a question of section `number` counts when it arrives then, grace included."""
        found = stands(self.sections, self.visits, arrival, self.factor, self.grants, self.grace_s)[number]
        return found.is_written or (found.may_enter and not self.sections[number].has_rules)


def course(attempt_id: int) -> Course:
    """The way of a started attempt. raise (AttemptNotStarted)."""
    rows = db.session.execute(_LOOK, {"attempt_id": attempt_id}).all()
    if not rows or rows[0].started_at is None:
        raise AttemptNotStarted
    row = rows[0]
    visits = db.session.execute(_VISITS, {"attempt_id": attempt_id})
    return Course(
        sections=plan(row.exam_id).blueprint.sections,
        visits=first_visits(
            {one.section: Visit(one.entered_at, one.left_at) for one in visits}, row.started_at
        ),
        factor=row.time_factor,
        grants=tuple(Grant(one.granted_at, one.extra_s) for one in rows if one.granted_at is not None),
        grace_s=row.grace_s,
    )
