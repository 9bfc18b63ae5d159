"""What a rehearsal tells at its end: a table of the steps, the digest of all standings, what was assumed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from webapp.rehearsal.decisions import Decision
from webapp.rehearsal.play import StepReport

SHOWN = 20
"""Problems shown in the table; JSON has all."""


@dataclass
class Rehearsal:
    """The result of a whole run. digest: the same on a replay. left_open: places of the definition that are still
    undecided. cpu_seconds: of all processes but the database; database_cpu_seconds: of that, 0 where its server was
    there before. peak_mib: the most memory that all processes took together (gauge.py)."""

    contest: str
    seed: int
    contestants: int
    events: int
    assumed: tuple[Decision, ...] = ()
    left_open: tuple[str, ...] = ()
    steps: list[StepReport] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    database_cpu_seconds: float = 0.0
    peak_mib: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        return [problem for step in self.steps for problem in step.problems]

    @property
    def digest(self) -> str:
        return digest(self.steps)

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs; documented in the operations guide."""
        return {
            "contest": self.contest,
            "seed": self.seed,
            "contestants": self.contestants,
            "events": self.events,
            "ok": not self.problems,
            "digest": self.digest,
            "seconds": round(self.seconds, 2),
            "cpu_seconds": round(self.cpu_seconds, 2),
            "database_cpu_seconds": round(self.database_cpu_seconds, 2),
            "peak_mib": round(self.peak_mib, 1),
            "assumed": [asdict(decision) for decision in self.assumed],
            "left_open": list(self.left_open),
            "notes": self.notes,
            "table": [asdict(row) for row in table(self.steps)],
            "steps": [
                {**asdict(step), "seconds": round(step.seconds, 3), "cpu_seconds": round(step.cpu_seconds, 3)}
                for step in self.steps
            ],
            "problems": self.problems,
        }


@dataclass(frozen=True)
class Row:
    """One step of one stage, over all events. seconds: added up over the processes."""

    step: str
    stage: str
    events: int
    people_in: int
    people_out: int
    seconds: float
    cpu_seconds: float
    problems: int


def digest(steps: Sequence[StepReport]) -> str:
    """SHA-256 over what every step came to: counts and facts, no times; in an order that no process decides."""
    rows = sorted(
        json.dumps(
            [one.step, one.stage, one.event, one.people_in, one.people_out, one.facts, sorted(one.problems)],
            ensure_ascii=False,
            sort_keys=True,
            default=str,
        )
        for one in steps
    )
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def table(steps: Sequence[StepReport]) -> list[Row]:
    """The steps in the order in which they were played, added up over the events."""
    together: dict[tuple[str, str], list[StepReport]] = {}
    for one in steps:
        together.setdefault((one.step, one.stage), []).append(one)
    return [
        Row(
            step,
            stage,
            len({one.event for one in found if one.event}),
            sum(one.people_in for one in found),
            sum(one.people_out for one in found),
            round(sum(one.seconds for one in found), 2),
            round(sum(one.cpu_seconds for one in found), 2),
            sum(len(one.problems) for one in found),
        )
        for (step, stage), found in together.items()
    ]


def text(done: Rehearsal) -> list[str]:
    """The report in lines for a terminal."""
    lines = [f"{done.contest}: {done.contestants} people, {done.events} events, seed {done.seed}"]
    for decision in done.assumed:
        value = json.dumps(decision.value, ensure_ascii=False, default=str)
        lines.append(f"  assumed 假定 {decision.path} = {value[:100]}{'…' if len(value) > 100 else ''}")
    lines += [f"  still open 仍待定 {path}" for path in done.left_open]
    lines += [f"  {note}" for note in done.notes]
    lines.append(
        f"{'step':<14}{'stage':<14}{'events':>7}{'in':>9}{'out':>9}{'seconds':>10}{'CPU':>9}{'problems':>10}"
    )
    lines += [
        f"{row.step:<14}{row.stage:<14}{row.events or '':>7}{row.people_in:>9}{row.people_out:>9}"
        f"{row.seconds:>10.1f}{row.cpu_seconds:>9.1f}{row.problems:>10}"
        for row in table(done.steps)
    ]
    lines += [f"  PROBLEM {problem}" for problem in done.problems[:SHOWN]]
    if len(done.problems) > SHOWN:
        lines.append(f"  … and {len(done.problems) - SHOWN} more (--json has all)")
    lines.append(
        f"{done.seconds:.0f} s, {done.cpu_seconds:.0f} s of CPU here, {done.database_cpu_seconds:.0f} s in the database,"
        f" {done.peak_mib:.0f} MiB at most"
        f" · digest {done.digest[:16]}"
    )
    return lines
