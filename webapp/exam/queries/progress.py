"""Who may try a mock exam, has tried one, has sat: told to the liaisons' roster."""

from sqlalchemy import Select, select

from webapp.core.clock import datetime
from webapp.exam.models import Exam, Sheet
from webapp.registration.models import Participation
from webapp.registration.queries.progress import Step, tells


@tells(Step.MOCK_OFFERED)
def may_try_mock(now: datetime) -> Select[int]:
    """People who take part in an event whose mock exam is open."""
    return (
        select(Participation.person_id)
        .join(Exam, Exam.event_id == Participation.event_id)
        .where(
            Participation.state == "active",
            Exam.kind == "mock",
            Exam.state == "ready",
            Exam.opens_at <= now,
            Exam.closes_at > now,
        )
    )


@tells(Step.MOCK_TRIED)
def has_tried_mock(now: datetime) -> Select[int]:
    """People who have started any mock exam."""
    return _has_started("mock")


@tells(Step.SAT)
def has_sat(now: datetime) -> Select[int]:
    """People who have started any formal exam; a void attempt alone does not count."""
    return _has_started("formal").where(Sheet.state != "void")


def _has_started(kind: str) -> Select[int]:
    return (
        select(Participation.person_id)
        .join(Sheet, Sheet.participation_id == Participation.id)
        .join(Exam, Exam.id == Sheet.exam_id)
        .where(Exam.kind == kind, Sheet.state != "created", Sheet.started_at.is_not(None))
    )
