"""Labour competitions (劳动竞赛) of a contest: named, with phases in time and a rule for progress reports."""

from dataclasses import dataclass, field

from webapp.contests.rules.blueprint import Text

LEVELS = ("provincial", "city")
PHASES = ("mobilise", "advance", "summarise")
"""Every campaign goes through these, in this order (动员部署、全面推进、总结表彰)."""
PERIODS = ("month", "quarter", "phase")


@dataclass(frozen=True)
class ReportRule:
    """How often progress is reported and what a report says. every: month | quarter | phase; None: undecided.

    due_days: so many days after the period's end a report is late; None: undecided."""

    every: str | None
    fields: tuple[str, ...] = ()
    due_days: int | None = None


@dataclass(frozen=True)
class Campaign:
    """One labour competition. phases: phase -> name of its window; a phase may be left out.

    leader: who runs it, as the source names it."""

    code: str
    title: Text
    level: str
    phases: dict[str, str]
    report: ReportRule | None = None
    leader: Text = field(default_factory=lambda: Text(""))
    is_sample: bool = False
    note: Text = field(default_factory=lambda: Text(""))
