"""What an application says: read from and written to the JSON that is kept while people write it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

SECTIONS = ("what", "plan", "people", "money")
"""Pieces in which the form is filled; each is saved by itself."""
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Judge:
    """proof: what shows the expertise, in words (certificate, title, number)."""

    name: str
    proof: str


@dataclass(frozen=True)
class BudgetLine:
    """amount, support: yuan; support is the part that is asked of the host."""

    item: str
    amount: int
    support: int


@dataclass(frozen=True)
class PrizeLine:
    """amount: yuan for each; count: how many are given."""

    code: str
    amount: int
    count: int


@dataclass(frozen=True)
class Form:
    """An application as far as it is written. certificate: yes | no | ''. contestants: None while empty. more: codes
    of further events whose same stage is hosted with it, at one venue and by one plan."""

    title: str = ""
    title_en: str = ""
    event_class: str = ""
    name_source: str = ""
    name_reference: str = ""
    certificate: str = ""
    role: str = ""
    applies_as: str = ""
    first_day: date | None = None
    last_day: date | None = None
    venue: str = ""
    contestants: int | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    judges: tuple[Judge, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[BudgetLine, ...] = ()
    prizes: tuple[PrizeLine, ...] = ()
    more: tuple[str, ...] = ()

    @property
    def budget(self) -> int:
        """Yuan of all lines."""
        return sum(line.amount for line in self.lines)

    @property
    def support(self) -> int:
        """Yuan that are asked of the host."""
        return sum(line.support for line in self.lines)


def read_form(told: Mapping[str, Mapping[str, Any]]) -> Form:
    """The form behind the JSON, a piece at a time; what is not written yet is empty."""
    what, plan = told.get("what", {}), told.get("plan", {})
    people, money = told.get("people", {}), told.get("money", {})
    names = (
        "title",
        "title_en",
        "event_class",
        "name_source",
        "name_reference",
        "certificate",
        "role",
        "applies_as",
    )
    return Form(
        **{name: str(what.get(name) or "") for name in names},
        first_day=_day(plan.get("first_day")),
        last_day=_day(plan.get("last_day")),
        venue=str(plan.get("venue") or ""),
        contestants=plan.get("contestants"),
        parts=dict(plan.get("parts", {})),
        judges=tuple(Judge(one["name"], one["proof"]) for one in people.get("judges", ())),
        groups=dict(people.get("groups", {})),
        lines=tuple(BudgetLine(one["item"], one["amount"], one["support"]) for one in money.get("lines", ())),
        more=tuple(what.get("more") or ()),
        prizes=tuple(PrizeLine(one["code"], one["amount"], one["count"]) for one in money.get("prizes", ())),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
