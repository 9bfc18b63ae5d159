"""What other packages ask before somebody starts an exam or takes an attempt over: each may refuse by raising."""

import logging
from collections.abc import Callable

from webapp.core.db import db

log = logging.getLogger(__name__)

Gate = Callable[[int, int], None]

before_start: list[Gate] = []
"""Called with exam id and person id. A gate that does not concern the exam costs no query."""

before_take_over: list[Gate] = []
"""Called with attempt id and person id."""


def ask(gates: list[Gate], thing_id: int, person_id: int) -> None:
    """Ask every gate. raise: whatever a gate raises."""
    for gate in gates:
        gate(thing_id, person_id)


while_writing: list[Gate] = []
"""Called with attempt id and person id on requests of attempts whose contest file asks for checks."""


def tell(attempt_id: int, person_id: int) -> None:
    """Show a request of a running attempt to those who watch; whatever goes wrong there disturbs nobody."""
    for watcher in while_writing:
        try:
            watcher(attempt_id, person_id)
        except Exception:
            db.session.rollback()
            log.exception("attempt %d: a check could not look at a request", attempt_id)
