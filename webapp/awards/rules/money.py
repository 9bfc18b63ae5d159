"""How much may be paid where the rules name only the most."""

from collections.abc import Iterable

from webapp.awards.errors import AmountNeedsReason, AmountTooHigh
from webapp.contests.rules.schema import Rule

HARD = "hard"


def check_amount(amount: int, ceiling: int, limits: Iterable[Rule], *, has_reason: bool) -> None:
    """Whether `amount` yuan may be given for an award of at most `ceiling`.

    Up to the ceiling: yes. Beyond it only where the file's rule max-prize has the force "normal" (原则上), and
    then with a reason, which is kept. Source: CONTESTS 5 (prizes at most 5,000 / 3,000 / 2,000 yuan, normal).
    raise (AmountTooHigh, AmountNeedsReason)."""
    if amount <= ceiling:
        return
    rule = next((one for one in limits if one.code == "max-prize"), None)
    if rule is None or rule.force == HARD:
        raise AmountTooHigh(most=ceiling)
    if not has_reason:
        raise AmountNeedsReason(most=ceiling)
