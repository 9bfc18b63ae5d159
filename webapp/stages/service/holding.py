"""A hard minimum of the rules keeps the first stage of an event from beginning (decision 0065)."""

from datetime import datetime

from webapp.contests.queries import StageView, stage_by_id
from webapp.stages.errors import MinimumIsHard
from webapp.stages.queries.holding import minimum


def require_enough(stage: StageView, now: datetime) -> None:
    """raise (MinimumIsHard): too few take part, nobody comes any more, and nobody has begun."""
    found = minimum(stage, now)
    if found is not None and found.holds:
        raise MinimumIsHard(needed=found.needed, people=found.people)


def may_begin(stage_id: int, now: datetime) -> None:
    """For packages below that let people begin: see judging/service/gates.py. raise (MinimumIsHard)."""
    require_enough(stage_by_id(stage_id), now)
