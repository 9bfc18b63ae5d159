"""Who has learned anything: told to the liaisons' roster."""

from sqlalchemy import Select, select

from webapp.core.clock import datetime
from webapp.learning.models import PointEntry
from webapp.registration.models import Participation
from webapp.registration.queries.progress import Step, tells


@tells(Step.LEARNED)
def has_learned(now: datetime) -> Select[int]:
    """People with at least one entry of points."""
    return select(Participation.person_id).join(PointEntry, PointEntry.participation_id == Participation.id)
