"""What an exam is made of, as a contest file says it. Plain values; the exam package draws from them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Text:
    """A text in both languages."""

    zh: str
    en: str = ""


@dataclass(frozen=True)
class Cell:
    """`count` questions of one topic and difficulty; None means any."""

    topic: str | None
    difficulty: str | None
    count: int


@dataclass(frozen=True)
class Section:
    """Questions of one type with one mark each.

    marking_rule: all_or_nothing | half_for_subset | per_pick | proportional | weights (FORMATS section 14).
    wrong_true_false_mark: taken off for a wrong true/false answer, 0 or negative."""

    key: str
    title: Text
    question_type: str
    mark: Decimal
    cells: tuple[Cell, ...]
    marking_rule: str = "all_or_nothing"
    per_pick_mark: Decimal | None = None
    wrong_true_false_mark: Decimal = Decimal(0)
    shuffle_questions: bool = True
    shuffle_options: bool = True

    @property
    def count(self) -> int:
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True)
class Mock:
    """The mock exam beside a formal one: the same sections, fewer questions; it never counts."""

    questions_per_section: int
    duration_s: int
    attempts_allowed: int


@dataclass(frozen=True)
class Blueprint:
    """A whole exam: from which bank, how long, which attempts count, when keys are shown.

    topics: only questions of these topics of the bank; none means all.
    counting_attempt: best | last | first. key_release: never | after_close."""

    bank: str
    duration_s: int
    grace_s: int
    attempts_allowed: int
    counting_attempt: str
    sections: tuple[Section, ...]
    key_release: str = "never"
    mock: Mock | None = None
    topics: tuple[str, ...] = ()

    @property
    def question_count(self) -> int:
        return sum(section.count for section in self.sections)

    @property
    def full_mark(self) -> Decimal:
        return sum((section.mark * section.count for section in self.sections), Decimal(0))


def to_json(blueprint: Blueprint) -> dict[str, Any]:
    """The canonical JSON of a blueprint: what an exam row keeps. Decimals as text."""
    return dict(_plain(asdict(blueprint)))


def from_json(data: Mapping[str, Any]) -> Blueprint:
    """The blueprint of `to_json`."""
    sections = tuple(
        Section(
            **{
                **section,
                "title": Text(**section["title"]),
                "mark": Decimal(section["mark"]),
                "cells": tuple(Cell(**cell) for cell in section["cells"]),
                "per_pick_mark": None
                if section["per_pick_mark"] is None
                else Decimal(section["per_pick_mark"]),
                "wrong_true_false_mark": Decimal(section["wrong_true_false_mark"]),
            }
        )
        for section in data["sections"]
    )
    mock = data.get("mock")
    topics = tuple(data.get("topics", ()))
    return Blueprint(
        **{**data, "sections": sections, "mock": Mock(**mock) if mock else None, "topics": topics}
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
