"""Background work of lists."""

from webapp.core import clock
from webapp.core.queue import Job, job
from webapp.core.transaction import transaction
from webapp.stages.service import regrading


@job(Job.REGRADE_STAGE)
def regrade_stage(regrade_id: int) -> bool:
    """Compute a list a second time; running again leaves a finished run as it is."""
    with transaction():
        return regrading.regrade(regrade_id, clock.now())
