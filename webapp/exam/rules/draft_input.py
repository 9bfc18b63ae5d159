"""The form of a blueprint as it is sent, kept, and changed by its buttons."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from webapp.exam.rules.drafts import CellValues, SectionValues, Values

MOST_SECTIONS = 30
MOST_CELLS = 60
MOST_CHARS = 300
NUMBERS = frozenset(
    {
        "minutes", "grace_s", "attempts", "lowest", "highest", "mark", "per_pick_mark", "wrong_mark", "step",
        "tolerance_pct", "count",
    }
)  # fmt: skip
"""Fields that hold a number."""


def read_values(given: Mapping[str, Sequence[str]]) -> Values:
    """The values of a form that was sent, by names such as "sections-0-cells-2-count"; what is missing has its
    default, except boxes: those are off."""
    sections = []
    for at in range(MOST_SECTIONS):
        if f"sections-{at}-key" not in given:
            break
        sections.append(_read_section(given, f"sections-{at}-"))
    named = _texts_of(Values, given, "")
    topics = tuple(dict.fromkeys(_clean(one) for one in given.get("topics", ())))
    return Values(**named, topics=tuple(filter(None, topics)), sections=tuple(sections))


def values_to_json(values: Values) -> dict[str, Any]:
    """Texts, flags and lists only."""
    return asdict(values)


def values_from_json(data: Mapping[str, Any]) -> Values:
    """The result of `values_to_json`; what older drafts did not know has its default."""
    sections = tuple(
        SectionValues(**{**one, "cells": tuple(CellValues(**cell) for cell in one["cells"])})
        for one in data["sections"]
    )
    return Values(**{**data, "topics": tuple(data["topics"]), "sections": sections})


def changed(values: Values, action: str) -> Values:
    """The form after a button: "add-section", "remove-section-1", "up-section-1", "down-section-1", "add-cell-0",
    "remove-cell-0-2". Any other action, and a place that is not there, change nothing."""
    name, numbers = _parts(action)
    sections = list(values.sections)
    if name == "add-section" and len(sections) < MOST_SECTIONS:
        sections.append(SectionValues(key=_new_key(sections)))
    elif numbers and numbers[0] < len(sections):
        _change_at(sections, name, numbers)
    return replace(values, sections=tuple(sections))


def _change_at(sections: list[SectionValues], name: str, numbers: Sequence[int]) -> None:
    at = numbers[0]
    cells = list(sections[at].cells)
    if name == "remove-section":
        del sections[at]
        return
    if name in {"up-section", "down-section"}:
        other = at + (1 if name == "down-section" else -1)
        if 0 <= other < len(sections):
            sections[at], sections[other] = sections[other], sections[at]
        return
    if name == "add-cell" and len(cells) < MOST_CELLS:
        cells.append(CellValues())
    elif name == "remove-cell" and len(numbers) > 1 and numbers[1] < len(cells) > 1:
        del cells[numbers[1]]
    sections[at] = replace(sections[at], cells=tuple(cells))


def _parts(action: str) -> tuple[str, tuple[int, ...]]:
    found = re.fullmatch(r"([a-z]+(?:-[a-z]+)*)((?:-[0-9]{1,3})*)", action)
    if found is None:
        return "", ()
    return found[1], tuple(int(number) for number in found[2].split("-")[1:])


def _new_key(sections: Sequence[SectionValues]) -> str:
    """The first of part-1, part-2, … that no section has."""
    taken = {section.key for section in sections}
    return next(key for number in range(1, len(taken) + 2) if (key := f"part-{number}") not in taken)


def _read_section(given: Mapping[str, Sequence[str]], prefix: str) -> SectionValues:
    cells = []
    for at in range(MOST_CELLS):
        if f"{prefix}cells-{at}-count" not in given:
            break
        cells.append(CellValues(**_texts_of(CellValues, given, f"{prefix}cells-{at}-")))
    return SectionValues(**_texts_of(SectionValues, given, prefix), cells=tuple(cells) or (CellValues(),))


def _texts_of(kind: type[Any], given: Mapping[str, Sequence[str]], prefix: str) -> dict[str, Any]:
    """The plain fields of a form class by their names; boxes are on when they were sent at all."""
    found: dict[str, Any] = {}
    for field in fields(kind):
        sent = given.get(prefix + field.name)
        if field.type is bool:
            found[field.name] = bool(sent)
        elif field.type is str and sent:
            found[field.name] = _clean(sent[0], is_number=field.name in NUMBERS)
    return found


def _clean(text: str, is_number: bool = False) -> str:
    """As it is stored: without NUL and outer spaces; a number typed in full width becomes a plain one."""
    kept = text.replace("\0", "").strip().strip("\u3000\u200b\ufeff")[:MOST_CHARS]
    return unicodedata.normalize("NFKC", kept) if is_number else kept
