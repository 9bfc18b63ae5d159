"""Background work of learning. It may run twice."""

from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.learning.service.watching.earning import left_behind, settle


def settle_left_behind() -> int:
    """Ask the ledger for the points of videos watched enough, where a process died before it did."""
    done = 0
    for participation_id, lesson_id in left_behind(clock.now()):
        with transaction():
            done += settle(participation_id, lesson_id, clock.now()) is not None
    return done


PERIODIC = (("learning.settle_left_behind", 60.0, settle_left_behind),)
