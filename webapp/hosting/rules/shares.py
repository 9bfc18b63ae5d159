"""The programme of an edition against its quotas by kind: shares of trades and of support."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from webapp.contests.rules.schema import Rule
from webapp.hosting.rules.terms import Terms

QUOTAS = ("traditional-trades", "innovative-trades")
TRADES, BUDGET = "trades", "budget"


@dataclass(frozen=True)
class Trade:
    """One granted trade. support: yuan granted. budget: yuan that it costs. leads: to a skill level certificate."""

    event_class: str
    support: int
    budget: int
    leads: bool


@dataclass(frozen=True)
class ShareLine:
    """One share and its bound in percent. part, whole: trades or yuan. least, most: one of them, the other None."""

    code: str
    force: str
    of: str
    classes: tuple[str, ...]
    part: int
    whole: int
    least: int | None
    most: int | None

    @property
    def pct(self) -> Decimal:
        return pct(self.part, self.whole)

    @property
    def is_kept(self) -> bool:
        """Computed with whole numbers; of nothing every share is kept."""
        return is_kept(self.part, self.whole, self.least, self.most)


def pct(part: int, whole: int) -> Decimal:
    """The share in percent with one decimal, rounded half up; 0 of nothing."""
    if not whole:
        return Decimal(0)
    return (Decimal(part * 100) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def is_kept(part: int, whole: int, least: int | None, most: int | None) -> bool:
    """Whether part of whole is at least `least` and at most `most` percent; always of nothing."""
    if not whole:
        return True
    return (least is None or part * 100 >= least * whole) and (most is None or part * 100 <= most * whole)


def lines(trades: Sequence[Trade], terms: Terms) -> tuple[ShareLine, ...]:
    """The shares that the file bounds: trades of a kind among all, and their support against what these trades cost.
    Source: CONTESTS 5 (40 / 60 of trades and of the budget; the measures name the budget of the trade itself)."""
    found = []
    for code in QUOTAS:
        rule = terms.rules.get(code)
        if rule is None or not isinstance(rule.value, dict):
            continue
        of_kind = [trade for trade in trades if not rule.classes or trade.event_class in rule.classes]
        part = {TRADES: len(of_kind), BUDGET: sum(trade.support for trade in of_kind)}
        whole = {TRADES: len(trades), BUDGET: sum(trade.budget for trade in of_kind)}
        for of in (TRADES, BUDGET):
            least, most = rule.value.get(f"{of}_pct_at_least"), rule.value.get(f"{of}_pct_at_most")
            if least is not None or most is not None:
                found.append(ShareLine(code, rule.force, of, rule.classes, part[of], whole[of], least, most))
    certificates = terms.rules.get("certificate-trades")
    if certificates is not None and certificates.value is not None:
        part_, all_ = sum(trade.leads for trade in trades), len(trades)
        found.append(
            ShareLine(
                "certificate-trades", certificates.force, TRADES, (), part_, all_, certificates.value, None
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Bound:
    """How much of what a trade costs may be support, in percent. least, most: one of them, the other None."""

    rule: Rule
    least: int | None
    most: int | None

    def is_kept(self, support: int, budget: int) -> bool:
        return is_kept(support, budget, self.least, self.most)


def bounds_of_trade(event_class: str, terms: Terms) -> Iterator[Bound]:
    """What bounds the support of one trade of this kind. Source: CONTESTS 5."""
    for code in QUOTAS:
        rule = terms.holds(code, event_class)
        if rule is not None and isinstance(rule.value, dict):
            least, most = rule.value.get("budget_pct_at_least"), rule.value.get("budget_pct_at_most")
            if least is not None or most is not None:
                yield Bound(rule, least, most)


def halves(granted: int, before_pct: int) -> tuple[int, int]:
    """(yuan before the start, yuan after the review); the first rounded down, together what was granted."""
    first = granted * before_pct // 100
    return first, granted - first
