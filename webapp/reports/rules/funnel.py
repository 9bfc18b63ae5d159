"""The steps from registration to the certificate, as a tree: whoever is counted in a step is counted in the
one it is measured against, so numbers never rise on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.core.words import N_, Message

REGISTERED = "registered"
SENT = "sent"
CONFIRMED = "confirmed"
LEARNING = "learning-begun"
LEARNED = "learning-finished"
STARTED = "exam-started"
SUBMITTED = "submitted"
RANKED = "ranked"
AWARDED = "awarded"
CERTIFIED = "certified"

COMMON = (
    REGISTERED,
    SENT,
    CONFIRMED,
    LEARNING,
    LEARNED,
    STARTED,
    SUBMITTED,
    RANKED,
    AWARDED,
    CERTIFIED,
)
"""Steps that every contest has."""

_AGAINST = {
    SENT: REGISTERED,
    CONFIRMED: SENT,
    LEARNING: SENT,
    LEARNED: LEARNING,
    STARTED: CONFIRMED,
    SUBMITTED: STARTED,
    RANKED: CONFIRMED,
    AWARDED: CONFIRMED,
    CERTIFIED: CONFIRMED,
}

WORDS: Mapping[str, str] = {
    REGISTERED: N_("Registered"),
    SENT: N_("Sent for review"),
    CONFIRMED: N_("Confirmed as contestants"),
    LEARNING: N_("Began to learn"),
    LEARNED: N_("Finished learning"),
    STARTED: N_("Started an exam"),
    SUBMITTED: N_("Handed a paper in"),
    RANKED: N_("Ranked"),
    AWARDED: N_("Given an award"),
    CERTIFIED: N_("Hold a certificate"),
}

MEANINGS: Mapping[str, str] = {
    REGISTERED: N_(
        "People who have applied, or whom their unit has entered, whatever became of it; each counted once."
    ),
    SENT: N_("Of these, whose application was sent to the first reviewer or needed none."),
    CONFIRMED: N_("Of these, whom the last reviewer has confirmed; who withdrew later stays counted."),
    LEARNING: N_(
        "Of those sent, who has opened a lesson, answered a practice question or begun a drill at least once."
    ),
    LEARNED: N_("Of these, who has reached the learning points that the contest asks for."),
    STARTED: N_("Of those confirmed, who has opened the paper of a formal exam; trial exams do not count."),
    SUBMITTED: N_("Of these, whose paper was handed in, by themselves or when time was over."),
    RANKED: N_("Of those confirmed, who stands on a board of any stage; members of a team count with it."),
    AWARDED: N_("Of those confirmed, to whom a decided list gives at least one award."),
    CERTIFIED: N_("Of those confirmed, who holds at least one certificate that has not been revoked."),
}


@dataclass(frozen=True)
class StageName:
    """A stage of the contest. before: code of the stage before it; '' for a first stage."""

    code: str
    title: Mapping[str, str]
    before: str


@dataclass(frozen=True)
class Step:
    """One step. against: key of the step whose people these are; '' for the first. title: of a stage, in both
    languages; level: of a review level."""

    key: str
    against: str
    title: Mapping[str, str] | None = None
    level: str = ""


def plan(levels: Sequence[str] = (), stages: Sequence[StageName] = ()) -> tuple[Step, ...]:
    """All steps of a contest in order. levels: of the review, the first to confirm first; stages: in order.

    A contest of one stage needs no line of its own for it: it is RANKED."""
    steps = [Step(REGISTERED, ""), Step(SENT, REGISTERED)]
    last = SENT
    for level in levels:
        steps.append(Step(passed(level), last, level=level))
        last = passed(level)
    steps.append(Step(CONFIRMED, last))
    steps += [Step(key, _AGAINST[key]) for key in (LEARNING, LEARNED, STARTED, SUBMITTED, RANKED)]
    if len(stages) > 1:
        steps += _of_stages(stages)
    return (*steps, Step(AWARDED, CONFIRMED), Step(CERTIFIED, CONFIRMED))


def _of_stages(stages: Sequence[StageName]) -> list[Step]:
    made: list[Step] = []
    for one in stages:
        known = {step.key for step in made}
        before = ranked_in(one.before)
        if one.before:
            made.append(Step(place_in(one.code), before if before in known else RANKED, one.title))
        made.append(Step(ranked_in(one.code), place_in(one.code) if one.before else RANKED, one.title))
    return made


def passed(level: str) -> str:
    """The step of having passed a review level."""
    return f"level:{level}"


def place_in(code: str) -> str:
    """The step of having a place in a stage."""
    return f"place:{code}"


def ranked_in(code: str) -> str:
    """The step of being ranked in a stage."""
    return f"ranked:{code}"


def masks(steps: Sequence[Step]) -> dict[str, int]:
    """Step -> the bits of this step and of all it is measured against; bit n is step n."""
    found: dict[str, int] = {"": 0}
    for at, step in enumerate(steps):
        found[step.key] = found[step.against] | 1 << at
    return found


def level_masks(steps: Sequence[Step]) -> list[int]:
    """The bits of an application that waits at the first level, at the second …; last: of a confirmed one."""
    of = masks(steps)
    made = [of[SENT], *(of[step.key] for step in steps if step.level)]
    return [*made[: sum(bool(step.level) for step in steps)], of[CONFIRMED]]


def rate(part: int, whole: int) -> float | None:
    """Percent with one place, rounded half up; None of nothing."""
    return None if whole <= 0 else (part * 2000 + whole) // (2 * whole) / 10


def title_of(step: Step) -> Message:
    """The name of a step of every contest."""
    return Message(WORDS[step.key])
