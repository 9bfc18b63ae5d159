"""Background work of lists."""

from webapp.core import clock
from webapp.core.queue import Job, job
from webapp.core.transaction import transaction
from webapp.exam.service.doors import register_freeze
from webapp.stages.queries.lists import newest
from webapp.stages.rules.states import LIVE
from webapp.stages.service import attending, regrading


def is_frozen(stage_id: int) -> bool:
    """Whether a list of this stage is under way, posted or final."""
    found = newest(stage_id)
    return found is not None and found.state in LIVE


register_freeze(is_frozen)


@job(Job.REGRADE_STAGE)
def regrade_stage(regrade_id: int) -> bool:
    """Compute a list a second time; running again leaves a finished run as it is."""
    with transaction():
        return regrading.regrade(regrade_id, clock.now())


def ask_substitutes() -> int:
    """Note who did not say in time whether they come, and ask the next in rank; return in how many stages."""
    with transaction():
        stages = attending.due(clock.now())
    for stage_id in stages:
        with transaction():
            attending.move_up(stage_id, clock.now())
    return len(stages)


PERIODIC = (("stages.ask_substitutes", 300.0, ask_substitutes),)
