"""What organisations may apply for in a contest, when, and with what."""

from dataclasses import dataclass

OFFERS = ("trade", "event", "stage")
"""trade: a new event of an annual programme; event: one that stands in the file; stage: to be the host of a stage."""
PLAN_PARTS = (
    "purpose",
    "course",
    "conditions",
    "equipment",
    "service",
    "publicity",
    "recordings",
    "emergency",
)
"""Parts of a plan that are written in words; dates, place, people and money are asked for always."""
STEPS = (
    "feasibility-review",
    "collective-decision",
    "party-group-decision",
    "committee-decision",
    "agreement",
)
AGREEMENT = "agreement"
"""The step after the decision: it is signed outside this system and noted."""


@dataclass(frozen=True)
class Hosting:
    """How organisations apply. window: name of the window in which applications are sent.

    plan: the parts of the plan that must be written. steps: of the review, in order; empty: those of the rule
    approval-steps. budget: yuan for support in this edition; None: undecided or not told. remind_days: so many
    days before a deadline of the performance file its organiser is reminded."""

    offers: tuple[str, ...]
    window: str
    plan: tuple[str, ...]
    steps: tuple[str, ...] = ()
    budget: int | None = None
    remind_days: tuple[int, ...] = ()
