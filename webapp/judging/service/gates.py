"""What packages above ask before a practical test begins: each may refuse by raising."""

from collections.abc import Callable
from datetime import datetime

Gate = Callable[[int, datetime], None]

before_begin: list[Gate] = []
"""Called with stage id and the present before judges get their sheets or a work is handed out."""


def ask(stage_id: int, now: datetime) -> None:
    """Ask every gate. raise: whatever a gate raises."""
    for gate in before_begin:
        gate(stage_id, now)
