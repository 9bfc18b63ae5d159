"""How often innocent people would be shown: simulation of the exam with people who answer independently.

Each simulated person keeps the questions, the estimated ability and the groups of a real one, and
answers by themselves. The model is estimated anew from the simulated answers, so that the error of
estimating counts too, and the same search runs over them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from webapp.integrity.rules.pairs import Model, Paper, fit, wrong_chance
from webapp.integrity.rules.search import ERROR_RATE, Limits, find_pairs, limits_for, near_pairs

ROUNDS = 20
MOST_PEOPLE = 200
PROBE = 0.001
"""The tail at which the distribution itself is checked: one innocent pair in a thousand should reach it."""


@dataclass(frozen=True)
class Calibration:
    """people: simulated in each round; pairs: over all rounds. alarms: rounds of `rounds` in which the search
    showed anybody. probe_rate: share of innocent pairs at or below PROBE (should be at most PROBE).
    expected_alarms: pairs of innocent people to expect in the real exam, measured by the worse of both."""

    rounds: int
    people: int
    pairs: int
    alarms: int
    probe_rate: float
    expected_alarms: float
    is_whole: bool


def simulate(papers: Sequence[Paper], model: Model, chance: Random) -> list[Paper]:
    """The same people, answering independently by the model."""
    return [_answer(paper, model, chance) for paper in papers]


def _answer(paper: Paper, model: Model, chance: Random) -> Paper:
    wrong = {}
    for version in sorted(paper.answered):
        shares = model.shares.get(version)
        if shares and chance.random() < wrong_chance(
            model.ability[paper.attempt_id], model.hardness[version]
        ):
            wrong[version] = chance.choices(list(shares), list(shares.values()))[0]
    return Paper(paper.attempt_id, paper.person_id, paper.answered, wrong, paper.groups)


def calibrate(
    papers: Sequence[Paper],
    model: Model,
    seed: int,
    *,
    rounds: int = ROUNDS,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Calibration:
    """Measure the false-alarm rate of `find_pairs` for this exam; the same seed gives the same answer.

    With more than MOST_PEOPLE papers a random part of them is simulated. What the corrected limits give
    in so few pairs says little about the whole, so the inflation at PROBE is carried over: expected
    alarms = ERROR_RATE x max(1, probe_rate / PROBE)."""
    chance = Random(seed)  # noqa: S311 - a simulation, no secret
    part = list(papers) if len(papers) <= MOST_PEOPLE else chance.sample(list(papers), MOST_PEOPLE)
    near = near_pairs(part)
    limits, probe = limits_for(len(part), len(near)), Limits(PROBE, 0.0)
    alarms = below = shown = 0
    for done in range(rounds):
        tell(done, rounds)
        innocent = simulate(part, model, chance)
        refit = fit(innocent)
        hits = find_pairs(innocent, refit, near, probe).pairs
        over = sum(hit.p <= (limits.near_pairs if hit.near else limits.all_pairs) for hit in hits)
        alarms += bool(over)
        shown += over
        below += len(hits)
    pairs = rounds * len(part) * (len(part) - 1) // 2
    rate = below / pairs if pairs else 0.0
    is_whole = len(part) == len(papers)
    carried = ERROR_RATE * max(1.0, rate / PROBE)
    expected = max(carried, shown / rounds) if is_whole else carried
    return Calibration(rounds, len(part), pairs, alarms, rate, round(expected, 4), is_whole)
