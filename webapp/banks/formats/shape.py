"""What a reader found of a file's shape, for the step that asks what cannot be decided: its columns, the names it
uses for types and difficulties, and how its answers are divided."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from webapp.core.problems import shorten

MAX_COLUMNS, MAX_NAMES, MAX_NAME = 80, 60, 120
SAMPLES = 3
LOOKED_AT = 400
"""So many cells of a kind tell whether its signs are certain."""


class Unsure(StrEnum):
    """What may be read in two ways, or in none."""

    COLUMNS = "columns"
    BLANKS = "blanks"
    OPTIONS = "options"
    ANSWERS = "answers"
    FIRST_OPTION = "first_option"


@dataclass
class Column:
    """A heading or key of the file. guess: what it means by itself, meaning: what it was read as ('' not at all).
    samples: some of its values."""

    title: str
    guess: str = ""
    meaning: str = ""
    samples: tuple[str, ...] = ()


@dataclass
class Named:
    """A name that the file uses, how often, and what it is known as by itself ('' unknown)."""

    count: int = 0
    guess: str = ""


@dataclass
class Shape:
    """Gathered while a file is read. unsure: how many cells of a kind are not certain, samples: some of them."""

    columns: dict[str, Column] = field(default_factory=dict)
    types: dict[str, Named] = field(default_factory=dict)
    difficulties: dict[str, Named] = field(default_factory=dict)
    unsure: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)
    looked_at: Counter[str] = field(default_factory=Counter)

    def add_columns(
        self,
        titles: Sequence[str],
        guesses: Mapping[int, str],
        meanings: Mapping[int, str],
        below: Iterable[Sequence[str]],
    ) -> None:
        """The headings of a table. guesses, meanings: by the index of a column. below: some rows of texts."""
        rows = list(below)
        for index, title in enumerate(titles):
            if (
                not title
                or len(title) > MAX_NAME
                or len(self.columns) >= MAX_COLUMNS
                or title in self.columns
            ):
                continue
            values = dict.fromkeys(shorten(row[index], 40) for row in rows if index < len(row) and row[index])
            self.columns[title] = Column(
                title, guesses.get(index, ""), meanings.get(index, ""), tuple(values)[:SAMPLES]
            )

    def name_type(self, name: str, guess: str) -> None:
        """A row says its type by this name."""
        _count(self.types, name, guess)

    def name_difficulty(self, name: str, guess: str) -> None:
        """A row says its difficulty by this name."""
        _count(self.difficulties, name, guess)

    def looks_at(self, what: Unsure) -> bool:
        """Whether one more cell of this kind is to be weighed; counts it."""
        self.looked_at[what] += 1
        return self.looked_at[what] <= LOOKED_AT

    def doubt(self, what: Unsure, sample: str = "") -> None:
        """Something of this kind is not certain."""
        self.unsure[what] += 1
        samples = self.samples.setdefault(what, [])
        if sample and len(samples) < SAMPLES:
            samples.append(shorten(sample, 80))

    @property
    def unknown_types(self) -> list[str]:
        return [name for name, found in self.types.items() if not found.guess]

    @property
    def unknown_difficulties(self) -> list[str]:
        return [name for name, found in self.difficulties.items() if not found.guess]

    def to_json(self) -> dict[str, Any]:
        """For staging; it holds answers among the samples."""
        return {
            "columns": [vars(column) | {"samples": list(column.samples)} for column in self.columns.values()],
            "types": {name: vars(found) for name, found in self.types.items()},
            "difficulties": {name: vars(found) for name, found in self.difficulties.items()},
            "unsure": dict(self.unsure),
            "samples": self.samples,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Shape":
        columns = [Column(**{**item, "samples": tuple(item["samples"])}) for item in data.get("columns", [])]
        return cls(
            {column.title: column for column in columns},
            {name: Named(**found) for name, found in data.get("types", {}).items()},
            {name: Named(**found) for name, found in data.get("difficulties", {}).items()},
            Counter(data.get("unsure", {})),
            dict(data.get("samples", {})),
        )


def _count(names: dict[str, Named], name: str, guess: str) -> None:
    found = names.get(name)
    if found is None:
        if len(names) >= MAX_NAMES or len(name) > MAX_NAME:
            return
        found = names[name] = Named(0, guess)
    found.count += 1
