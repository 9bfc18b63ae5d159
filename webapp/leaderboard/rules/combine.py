"""Component scores and weights to the combined score, with every step kept for the contestant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from webapp.contests.rules.schema import Component

PLACES = Decimal("0.01")
_EXACT = Context(prec=60)


@dataclass(frozen=True)
class Term:
    """One line of the sum: score (0-100, four places) x weight (percent) = product, not rounded."""

    component: str
    score: Decimal
    weight_pct: Decimal
    product: Decimal


@dataclass(frozen=True)
class Derivation:
    """The whole arithmetic: the terms, their exact sum, and the sum rounded half up to two places."""

    terms: tuple[Term, ...]
    total: Decimal
    combined: Decimal

    def as_json(self) -> dict[str, Any]:
        """Decimals as text, so that nothing is lost on the way."""
        return {
            "terms": [
                {
                    "component": term.component,
                    "score": str(term.score),
                    "weight_pct": str(term.weight_pct),
                    "product": str(term.product),
                }
                for term in self.terms
            ],
            "total": str(self.total),
            "combined": str(self.combined),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Derivation":
        """Back from `as_json`."""
        terms = tuple(
            Term(
                line["component"],
                Decimal(line["score"]),
                Decimal(line["weight_pct"]),
                Decimal(line["product"]),
            )
            for line in data["terms"]
        )
        return cls(terms, Decimal(data["total"]), Decimal(data["combined"]))


def combine(scores: Mapping[str, Decimal], weights: Sequence[Component]) -> Derivation | None:
    """The combined score: the sum of score x weight / 100, rounded half up to two places once, at the end.

    scores: by component, 0-100 each. weights: of the stage, adding up to 100.
    None: a component has no score yet (for example no paper was submitted), so nobody is ranked by it.
    raise (ValueError): a score outside 0-100, or weights that do not add up to 100. Source: DECISIONS 4."""
    if sum((part.weight_pct for part in weights), Decimal(0)) != 100:
        raise ValueError("the weights do not add up to 100")
    if any(part.key not in scores for part in weights):
        return None
    with localcontext(_EXACT):
        terms = tuple(_term(part, scores[part.key]) for part in weights)
        total = sum((term.product for term in terms), Decimal(0))
        return Derivation(terms, total, total.quantize(PLACES, ROUND_HALF_UP))


def _term(part: Component, score: Decimal) -> Term:
    if not 0 <= score <= 100:
        raise ValueError(f"{part.key}: {score} lies outside 0-100")
    return Term(part.key, score, part.weight_pct, score * part.weight_pct / 100)
