"""Identical wrong answers between two papers, against what independent people would share.

Model of independence: person a gets question i wrong with p(a,i) = 1 / (1 + exp(ability_a - hardness_i)),
and of those who are wrong the share q(i,k) chooses the wrong option k. Given the wrong answers of b, an
independent a gives the same one to question i with p(a,i) * q(i, what b chose): the number of identical
wrong answers is a sum of independent yes/no trials (Poisson binomial), and its tail is the chance that
an innocent a shares so much with b (the manner of Wollack's omega and of the K-index, restricted to
wrong answers). Both directions are tested, the smaller tail counts twice.

Corrected for the number of pairs (Bonferroni), half of the error rate on all pairs and half on neighbours
(same unit, hall, device or address), who are few, so that less is needed there. The correction holds for
the model; how far it holds for the exam at hand is measured by simulation (`calibration`)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log

MIN_IDENTICAL = 5
"""Fewer identical wrong answers are never shown, whatever the statistics say."""


@dataclass(frozen=True)
class Paper:
    """The choice questions of one attempt. answered: question versions; wrong: version -> the wrong answer in
    the question's own letters (shuffles undone). groups: keys of unit, hall, device, address."""

    attempt_id: int
    person_id: int
    answered: frozenset[int]
    wrong: Mapping[int, str]
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Model:
    """Ability by attempt and hardness by question, in logits; shares: of each wrong answer to a question
    among all wrong ones; agreement: the sum of their squares."""

    ability: Mapping[int, float]
    hardness: Mapping[int, float]
    shares: Mapping[int, Mapping[str, float]]
    agreement: Mapping[int, float]


@dataclass(frozen=True)
class Pair:
    """Two papers, a < b by attempt id. expected: identical wrong answers that independence explains (of both
    directions the larger); shared: questions that both answered; both_wrong of them; p: the corrected
    smaller tail; near: they share a unit, hall, device or address."""

    a: int
    b: int
    identical: int
    expected: float
    shared: int
    both_wrong: int
    p: float
    questions: tuple[int, ...] = ()
    near: bool = False

    def as_near(self) -> "Pair":
        """The same pair, known to be neighbours."""
        return replace(self, near=True)


def fit(papers: Sequence[Paper], rounds: int = 8) -> Model:
    """Estimate the model from the papers themselves, by alternating logit steps (a few suffice; each
    count is moved by a half towards the middle, so that nobody is infinitely able)."""
    n_wrong: dict[int, int] = {}
    n_answered: dict[int, int] = {}
    picks: dict[int, dict[str, int]] = {}
    for paper in papers:
        for version in paper.answered:
            n_answered[version] = n_answered.get(version, 0) + 1
        for version, letters in paper.wrong.items():
            n_wrong[version] = n_wrong.get(version, 0) + 1
            chosen = picks.setdefault(version, {})
            chosen[letters] = chosen.get(letters, 0) + 1
    hardness = {v: _logit(n_wrong.get(v, 0), n) for v, n in n_answered.items()}
    ability = {paper.attempt_id: 0.0 for paper in papers}
    for _round in range(rounds):
        _move_abilities(papers, ability, hardness)
        _move_hardness(papers, ability, hardness, n_wrong)
    shares = {version: _shares(chosen) for version, chosen in picks.items()}
    agreement = {v: sum(share * share for share in shares.get(v, {}).values()) for v in n_answered}
    return Model(ability, hardness, shares, agreement)


def _move_abilities(
    papers: Sequence[Paper], ability: dict[int, float], hardness: Mapping[int, float]
) -> None:
    for paper in papers:
        theta, expected, slope = ability[paper.attempt_id], 0.0, 0.25
        for version in paper.answered:
            p = wrong_chance(theta, hardness[version])
            expected += p
            slope += p * (1 - p)
        wrong = min(max(len(paper.wrong), 0.5), max(0.5, len(paper.answered) - 0.5))
        ability[paper.attempt_id] = max(-5.0, min(5.0, theta - _step(wrong - expected, slope)))


def _move_hardness(
    papers: Sequence[Paper],
    ability: Mapping[int, float],
    hardness: dict[int, float],
    n_wrong: Mapping[int, int],
) -> None:
    expected = dict.fromkeys(hardness, 0.0)
    slope = dict.fromkeys(hardness, 0.25)
    count = dict.fromkeys(hardness, 0)
    for paper in papers:
        theta = ability[paper.attempt_id]
        for version in paper.answered:
            p = wrong_chance(theta, hardness[version])
            expected[version] += p
            slope[version] += p * (1 - p)
            count[version] += 1
    for version, present in hardness.items():
        wrong = min(max(n_wrong.get(version, 0), 0.5), max(0.5, count[version] - 0.5))
        moved = present + _step(wrong - expected[version], slope[version])
        hardness[version] = max(-6.0, min(6.0, moved))


def _step(gap: float, slope: float) -> float:
    return max(-1.0, min(1.0, gap / slope))


def wrong_chance(ability: float, hardness: float) -> float:
    """Chance of a wrong answer, both in logits."""
    return 1.0 / (1.0 + exp(ability - hardness))


def _logit(hits: int, of: int) -> float:
    return log((hits + 0.5) / (of - hits + 0.5))


def _shares(chosen: Mapping[str, int]) -> dict[str, float]:
    total = sum(chosen.values())
    return {letters: count / total for letters, count in sorted(chosen.items())}


def tail(chances: Iterable[float], at_least: int) -> float:
    """P(at least so many successes) of independent trials: exact, by adding one trial after the other."""
    if at_least <= 0:
        return 1.0
    below = [1.0] + [0.0] * (at_least - 1)  # below[n] = P(n successes so far), n < at_least
    above = 0.0
    for p in chances:
        above += below[-1] * p
        for n in range(at_least - 1, 0, -1):
            below[n] += (below[n - 1] - below[n]) * p
        below[0] *= 1 - p
    return min(1.0, above)


def compare(paper: Paper, other: Paper, model: Model) -> Pair:
    """The numbers of one pair, the same whichever comes first."""
    same = sorted(version for version, letters in paper.wrong.items() if other.wrong.get(version) == letters)
    ways = (_chances(paper, other, model), _chances(other, paper, model))
    a, b = sorted((paper.attempt_id, other.attempt_id))
    return Pair(
        a=a,
        b=b,
        identical=len(same),
        expected=round(max(sum(chances) for chances in ways), 2),
        shared=len(paper.answered & other.answered),
        both_wrong=len(paper.wrong.keys() & other.wrong.keys()),
        p=min(1.0, 2 * min(tail(chances, len(same)) for chances in ways)),
        questions=tuple(same),
    )


def _chances(paper: Paper, source: Paper, model: Model) -> list[float]:
    """For each wrong answer of the source: the chance that `paper` gives the same by itself."""
    theta = model.ability[paper.attempt_id]
    return [
        wrong_chance(theta, model.hardness[version]) * model.shares[version][letters]
        for version, letters in source.wrong.items()
        if version in paper.answered
    ]
