"""How people mark the written answers of a section, as a contest file says it. Plain values."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class EssayMarking:
    """step: marks are given in multiples of it (and the full mark). tolerance_pct: two markers may differ by
    so many percent of the full mark, else a third decides; both defaults are proposals. comments: whether
    contestants read what the markers wrote, once keys are shown."""

    step: Decimal = Decimal("0.5")
    tolerance_pct: Decimal = Decimal(10)
    comments: bool = False
