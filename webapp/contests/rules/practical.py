"""The modules of a practical test as frozen values, and which of them an event has in a stage."""

from dataclasses import dataclass
from decimal import Decimal

from webapp.contests.rules.blueprint import Text

ENTRIES = ("single", "double")


@dataclass(frozen=True)
class PracticalModule:
    """One module (模块) of a practical test.

    mark: the most a sheet can give. share_pct: its part of the practical score; those of a stage add up to 100.
    judges: how many score each work. drop_extremes: the highest and the lowest sheet do not count when there are
    three or more. deviation_pct: a sheet that lies further from the median than this part of the mark raises an
    alarm; None: never. duration_min: working time at the place. take_home_h: hours for a work made at home.
    entry: single, or double: every sheet is typed a second time by somebody else."""

    code: str
    title: Text
    mark: Decimal
    share_pct: Decimal
    judges: int
    drop_extremes: bool = False
    deviation_pct: Decimal | None = None
    duration_min: int | None = None
    take_home_h: int | None = None
    entry: str = "single"
