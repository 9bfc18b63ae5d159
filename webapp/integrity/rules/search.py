"""Comparing all papers of an exam in pairs, as fast as plain Python can.

The wrong answers of a paper are the bits of one number, so that what two papers share is counted by one
machine operation. Only pairs that share enough are examined; how much is enough is worked out per band
of ability. An exam of 42,650 people has 909 million pairs: `parts` cuts it into pieces of work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.integrity.rules.pairs import MIN_IDENTICAL, Model, Pair, Paper, compare, tail, wrong_chance

ERROR_RATE = 0.05
"""Chance of at least one pair of innocent people in the whole exam, if the model holds."""

BANDS = 12
MOST_IN_GROUP = 400
"""Larger groups (a whole city's unit) are no neighbourhood: their pairs count among all pairs only."""

PAIRS_A_PART = 300_000_000
"""About half a minute of one core."""
CAUTION = 0.45
"""A pair is examined from the count on whose chance, by agreement of average options, is alpha to this
power: rare options in common can make a smaller count significant."""


@dataclass(frozen=True)
class Limits:
    """The corrected limits of the tail: half of ERROR_RATE over all pairs, half over the neighbours."""

    all_pairs: float
    near_pairs: float


@dataclass(frozen=True)
class Search:
    """What was compared and found. least: fewest identical wrong answers that were looked at closely."""

    pairs: tuple[Pair, ...]
    least: int
    examined: int


def limits_for(people: int, near: int) -> Limits:
    """Bonferroni: so many papers make people * (people - 1) / 2 pairs."""
    pairs = people * (people - 1) // 2
    return Limits(ERROR_RATE / 2 / max(1, pairs), ERROR_RATE / 2 / max(1, near))


def near_pairs(papers: Sequence[Paper]) -> set[tuple[int, int]]:
    """Pairs (smaller id first) of papers that share a group of at most MOST_IN_GROUP papers."""
    groups: dict[str, list[int]] = {}
    for paper in papers:
        for key in paper.groups:
            groups.setdefault(key, []).append(paper.attempt_id)
    pairs: set[tuple[int, int]] = set()
    for members in groups.values():
        if len(members) <= MOST_IN_GROUP:
            members.sort()
            pairs.update((a, b) for at, a in enumerate(members) for b in members[at + 1 :])
    return pairs


def parts(people: int) -> list[tuple[int, int]]:
    """Ranges of rows with about PAIRS_A_PART pairs each; one part for a small exam."""
    ranges, start, pairs = [], 0, 0
    for row in range(people):
        pairs += people - 1 - row
        if pairs >= PAIRS_A_PART:
            ranges.append((start, row + 1))
            start, pairs = row + 1, 0
    return [*ranges, (start, people)] if start < people or not ranges else ranges


def find_pairs(
    papers: Sequence[Paper],
    model: Model,
    near: set[tuple[int, int]],
    limits: Limits,
    *,
    rows: tuple[int, int] | None = None,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Search:
    """The pairs of papers of different people whose tail is small enough, the most improbable first.

    rows: compare only these papers (in the search's own order) with all later ones; neighbours are looked at
    with the first row. tell(done, of): progress in papers."""
    order = sorted(papers, key=lambda paper: (model.ability[paper.attempt_id], paper.attempt_id))
    start, stop = rows or (0, len(order))
    masks = _masks(order)
    need = _Need(order, model, limits.all_pairs)
    found: dict[tuple[int, int], Pair] = {}
    examined = 0
    for row in range(start, stop):
        mine = masks[row]
        for first, last, least in need.spans(row):
            hits = [
                at for at, other in enumerate(masks[first:last], first) if (mine & other).bit_count() >= least
            ]
            examined += len(hits)
            for at in hits:
                _keep(found, order[row], order[at], model, limits.all_pairs, near)
        if row % 200 == 0:
            tell(row - start, stop - start)
    if start == 0:
        by_id = dict(zip((paper.attempt_id for paper in order), zip(order, masks, strict=True), strict=True))
        for a, b in near:
            if (by_id[a][1] & by_id[b][1]).bit_count() >= MIN_IDENTICAL:
                examined += 1
                _keep(found, by_id[a][0], by_id[b][0], model, limits.near_pairs, near)
    ranked = sorted(found.values(), key=lambda pair: (pair.p, pair.a, pair.b))
    return Search(tuple(ranked), need.least, examined)


def _keep(
    found: dict[tuple[int, int], Pair],
    paper: Paper,
    other: Paper,
    model: Model,
    alpha: float,
    near: set[tuple[int, int]],
) -> None:
    if paper.person_id == other.person_id:
        return
    pair = compare(paper, other, model)
    if pair.p <= alpha and pair.identical >= MIN_IDENTICAL:
        found[pair.a, pair.b] = pair.as_near() if (pair.a, pair.b) in near else pair


def _masks(papers: Sequence[Paper]) -> list[int]:
    places: dict[tuple[int, str], int] = {}
    masks = []
    for paper in papers:
        mask = 0
        for item in paper.wrong.items():
            mask |= 1 << places.setdefault(item, len(places))
        masks.append(mask)
    return masks


class _Need:
    """How many identical wrong answers a pair must have to be examined, by bands of ability.

    The most able pair of two bands agrees least by chance; less able ones need more to be significant.
    Papers of different questions are taken as thinned by the smallest overlap among sampled pairs."""

    def __init__(self, order: Sequence[Paper], model: Model, alpha: float) -> None:
        n = len(order)
        self._size = max(1, -(-n // BANDS))
        starts = range(0, n, self._size)
        self._spans = [(start, min(n, start + self._size)) for start in starts]
        tops = [model.ability[order[stop - 1].attempt_id] for _, stop in self._spans]
        overlap = _least_overlap(order)
        common = order[0].answered if order else frozenset[int]()
        self._table = [[_needed(model, common, one, other, overlap, alpha) for other in tops] for one in tops]
        self.least = min((value for row in self._table for value in row), default=MIN_IDENTICAL)

    def spans(self, row: int) -> list[tuple[int, int, int]]:
        """(first, last, least) of the later papers, band by band."""
        needed = self._table[row // self._size]
        return [
            (max(row + 1, first), last, needed[band])
            for band, (first, last) in enumerate(self._spans)
            if last > row + 1
        ]


def _least_overlap(order: Sequence[Paper]) -> float:
    """The smallest share of common questions among up to 500 pairs of papers."""
    step = max(1, len(order) // 500)
    return min(
        (
            len(a.answered & b.answered) / max(1, min(len(a.answered), len(b.answered)))
            for a, b in zip(order[::step], order[1::step], strict=False)
        ),
        default=0.0,
    )


def _needed(
    model: Model, questions: frozenset[int], one: float, other: float, overlap: float, alpha: float
) -> int:
    chances = [
        overlap
        * wrong_chance(one, model.hardness[v])
        * wrong_chance(other, model.hardness[v])
        * model.agreement[v]
        for v in questions
    ]
    need = MIN_IDENTICAL
    while need < len(chances) and tail(chances, need) > alpha**CAUTION:
        need += 1
    return need
