"""From the balance of the points ledger to the learning component, in exact decimals."""

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

SCALE = Decimal("0.0001")
FULL_SCORE = Decimal(100)
_EXACT = Context(prec=60)


def learning_score(points: Decimal, full: int) -> Decimal:
    """min(points, full) / full x 100, with four places, rounded half up once.

    points: the sum of the ledger; a balance below 0 (more reversed than earned) counts as 0.
    full: the points that make 100, from the contest file. raise (ValueError): full is not positive.
    Source: DECISIONS 4."""
    if full <= 0:
        raise ValueError(f"full points must be positive, not {full}")
    counted = min(max(points, Decimal(0)), Decimal(full))
    with localcontext(_EXACT):
        halves = int(counted * FULL_SCORE * 20_000 // full)  # in halves of the last place, cut: exact
        return (Decimal((halves + 1) // 2) / 10_000).quantize(SCALE, ROUND_HALF_UP)
