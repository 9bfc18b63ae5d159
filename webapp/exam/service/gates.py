"""What other packages ask before somebody starts an exam or takes an attempt over: each may refuse by raising."""

from collections.abc import Callable

Gate = Callable[[int, int], None]

before_start: list[Gate] = []
"""Called with exam id and person id. A gate that does not concern the exam costs no query."""

before_take_over: list[Gate] = []
"""Called with attempt id and person id."""


def ask(gates: list[Gate], thing_id: int, person_id: int) -> None:
    """Ask every gate. raise: whatever a gate raises."""
    for gate in gates:
        gate(thing_id, person_id)
