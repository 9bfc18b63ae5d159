"""Rules of a contest file, and facts about finalists, as the values of the document."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from webapp.awards.rules.derive import LAST_RANK
from webapp.awards.rules.standing import Finalist
from webapp.contests.rules.schema import Award, Rule, Stage


def instant(at: datetime | None) -> str | None:
    """ISO 8601 with its offset; None stays None."""
    return at.isoformat() if at is not None else None


def stage_rules(rules: Stage) -> dict[str, Any]:
    """What the order of a board and the line across it depend on. weight_pct: as text, in percent."""
    return {
        "weights": [{"component": part.key, "weight_pct": str(part.weight_pct)} for part in rules.components],
        "display": rules.rank.display,
        "breakers": list(rules.rank.breakers),
        "cut": rules.rank.cut,
        "quota": rules.quota,
    }


def award_rules(award: Award) -> dict[str, Any]:
    """One award of the file. rank_to: None where the band has no end."""
    return {
        "code": award.code,
        "kind": award.kind,
        "rank_from": award.rank_from,
        "rank_to": award.rank_to if award.rank_to < LAST_RANK else None,
        "classes": list(award.classes),
        "amount": award.amount,
        "conditions": dict(award.conditions),
    }


def prize_limit(limits: Iterable[Rule]) -> dict[str, Any] | None:
    """The file's rule about the most a prize may be, by which a sum above the ceiling may be excepted."""
    found = next((one for one in limits if one.code == "max-prize"), None)
    return {"force": found.force, "value": found.value} if found else None


def asked_facts(awards: Sequence[Award], one: Finalist, on: date | None) -> dict[str, Any]:
    """What the conditions of these awards ask about a finalist, and nothing else.

    Ages only as answers: under so many years on the day `on`; before, within or after the limit of birth."""
    facts: dict[str, Any] = {}
    for award in awards:
        conditions = award.conditions
        if "sex" in conditions:
            facts["is_woman"] = one.sex == "female" if one.sex else None
        if "born_after" in conditions:
            limit = str(conditions["born_after"])
            facts.setdefault("born_after", {})[limit] = _born(limit, one.born_on)
        if isinstance(conditions.get("under_age"), int):
            limit_age = conditions["under_age"]
            facts.setdefault("under_age", {})[str(limit_age)] = _under(limit_age, one.born_on, on)
        if conditions.get("locality"):
            place = conditions["locality"]
            facts.setdefault("localities", {})[place] = place in one.places
        for name in ("learning", "exam"):
            if name in conditions:
                facts.setdefault("finished", {})[name] = name in one.finished
        if award.kind == "level":
            facts["held_level"] = one.held.value if one.held else None
    return facts


def _born(limit: str, born_on: date | None) -> str | None:
    if born_on is None:
        return None
    born = born_on.isoformat()[: len(limit)]
    return "after" if born > limit else "within" if born == limit else "before"


def _under(limit: int, born_on: date | None, on: date | None) -> bool | None:
    if born_on is None or on is None:
        return None
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day)) < limit
