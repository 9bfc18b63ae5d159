"""An invented exam: people who answer by themselves, and some who copy."""

from math import exp
from random import Random

from webapp.integrity.rules.pairs import Paper


def crowd(people: int, seed: int, questions: int = 60, bank: int = 0) -> list[Paper]:
    """Independent people; three quarters of the questions have three wrong options, the others one."""
    chance = Random(seed)
    count = bank or questions
    hardness = [chance.gauss(-1, 1) for _ in range(count)]
    options = [("B", "C", "D") if chance.random() < 0.75 else ("F",) for _ in range(count)]
    papers = []
    for n in range(1, people + 1):
        ability = chance.gauss(0, 0.8)
        drawn = chance.sample(range(count), questions) if bank else list(range(count))
        wrong = {}
        for version in drawn:
            if chance.random() < 1 / (1 + exp(ability - hardness[version])):
                pulls = (6, 3, 1)[: len(options[version])]
                wrong[version] = chance.choices(options[version], pulls)[0]
        papers.append(Paper(n, n, frozenset(drawn), wrong, frozenset({f"unit:{n // 10}"})))
    return papers


def let_copy(papers: list[Paper], source: int, copier: int, share: float, seed: int = 1) -> None:
    """`copier` (places in the list) takes a share of the answers of `source`, right and wrong ones."""
    chance = Random(seed)
    model, own = papers[source], papers[copier]
    wrong = dict(own.wrong)
    for version in sorted(model.answered & own.answered):
        if chance.random() < share:
            wrong.pop(version, None)
            if version in model.wrong:
                wrong[version] = model.wrong[version]
    papers[copier] = Paper(own.attempt_id, own.person_id, own.answered, wrong, own.groups)
