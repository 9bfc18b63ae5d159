"""A blueprint as a form holds it: texts as they were typed, good or not, and what they mean.

What is typed becomes the very table that a contest file would hold and is read like one: form and file obey the
same rules and answer with the same words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from webapp.contests.rules.blueprint import Blueprint, Section
from webapp.contests.rules.parse_exam import read_exam
from webapp.contests.rules.reader import Reader, Report
from webapp.contests.rules.write_exam import exam_table
from webapp.core.words import N_, Message


@dataclass(frozen=True)
class CellValues:
    """topic "": any."""

    topic: str = ""
    difficulty: str = "any"
    count: str = "1"


@dataclass(frozen=True)
class SectionValues:
    """minutes "": no time of its own. step, tolerance_pct "": as usual."""

    key: str = ""
    title_zh: str = ""
    title_en: str = ""
    question_type: str = "single"
    mark: str = "1"
    marking_rule: str = "all_or_nothing"
    per_pick_mark: str = ""
    wrong_mark: str = ""
    minutes: str = ""
    step: str = ""
    tolerance_pct: str = ""
    shuffle_questions: bool = True
    shuffle_options: bool = True
    forward_only: bool = False
    comments: bool = False
    cells: tuple[CellValues, ...] = (CellValues(),)


@dataclass(frozen=True)
class Values:
    """A whole form. topics: none means all of the bank. lowest, highest: the band of difficulty, shares 0 .. 1."""

    bank: str = ""
    minutes: str = "60"
    grace_s: str = "10"
    attempts: str = "1"
    counting_attempt: str = "first"
    key_release: str = "never"
    layout: str = "whole"
    lowest: str = ""
    highest: str = ""
    topics: tuple[str, ...] = ()
    sections: tuple[SectionValues, ...] = ()


Problems = Mapping[str, tuple[Message, ...]]
"""By the name of the field in the form; '' for what belongs to none."""


def to_form(blueprint: Blueprint) -> Values:
    """What the form shows for a blueprint. Tools, mock exam, checks and limits of exposure have no place in it."""
    fairness = blueprint.fairness
    banded = fairness is not None and fairness.has_band
    return Values(
        bank=blueprint.bank,
        minutes=str(blueprint.duration_s // 60),
        grace_s=str(blueprint.grace_s),
        attempts=str(blueprint.attempts_allowed),
        counting_attempt=blueprint.counting_attempt,
        key_release=blueprint.key_release,
        layout=blueprint.layout,
        lowest=_shown(fairness.lowest) if fairness and banded else "",
        highest=_shown(fairness.highest) if fairness and banded else "",
        topics=blueprint.topics,
        sections=tuple(_section_values(section) for section in blueprint.sections),
    )


def from_form(values: Values, base: Blueprint | None = None) -> tuple[Blueprint, Problems]:
    """The blueprint that was typed, and every problem with the field it belongs to.

    base: what the form has no place for is taken from it. With problems the blueprint is the nearest one: for
    counting on the way, never for use."""
    report = Report("", {})
    made = read_exam(Reader(_table(values, base), "", report))
    assert made is not None, "a table was given"
    found: dict[str, list[Message]] = {}
    for problem in report.problems:
        is_untitled = problem.code == "not-texts" and problem.column.endswith("].title")
        reason = Message(N_("Give this section a Chinese title.")) if is_untitled else problem.reason
        found.setdefault(_field_of(problem.column), []).append(reason)
    if not values.sections:
        found.setdefault("sections", []).append(Message(N_("An exam needs at least one section.")))
    return made, {field: _once(reasons) for field, reasons in found.items()}


def _section_values(section: Section) -> SectionValues:
    marking = section.marking
    return SectionValues(
        key=section.key,
        title_zh=section.title.zh,
        title_en=section.title.en,
        question_type=section.question_type,
        mark=_shown(section.mark),
        marking_rule=section.marking_rule,
        per_pick_mark=_shown(section.per_pick_mark),
        wrong_mark=_shown(section.wrong_true_false_mark or None),
        minutes="" if section.duration_s is None else str(section.duration_s // 60),
        step=_shown(marking.step) if marking else "",
        tolerance_pct=_shown(marking.tolerance_pct) if marking else "",
        shuffle_questions=section.shuffle_questions,
        shuffle_options=section.shuffle_options,
        forward_only=section.forward_only,
        comments=marking is not None and marking.comments,
        cells=tuple(
            CellValues(cell.topic or "", cell.difficulty or "any", str(cell.count)) for cell in section.cells
        ),
    )


def _shown(value: Decimal | None) -> str:
    """Without zeros at the end: 2.50 is 2.5, 100 stays 100."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _table(values: Values, base: Blueprint | None) -> dict[str, Any]:
    table: dict[str, Any] = exam_table(base) if base else {}
    table |= {
        "bank": values.bank,
        "duration_min": _whole(values.minutes),
        "grace_s": _whole(values.grace_s),
        "attempts_allowed": _whole(values.attempts),
        "counting_attempt": values.counting_attempt,
        "key_release": values.key_release,
        "layout": values.layout,
        "topics": list(values.topics),
        "sections": [_section_table(section) for section in values.sections],
    }
    fairness: dict[str, Any] = dict(table.get("fairness", {}))
    fairness.pop("band", None)
    if values.lowest or values.highest:
        fairness["band"] = {"lowest": values.lowest, "highest": values.highest}
    if fairness:
        table["fairness"] = fairness
    return table


def _section_table(section: SectionValues) -> dict[str, Any]:
    table: dict[str, Any] = {
        "key": section.key,
        "title": {"zh": section.title_zh, "en": section.title_en},
        "type": section.question_type,
        "mark": section.mark,
        "marking_rule": section.marking_rule,
        "shuffle_questions": section.shuffle_questions,
        "shuffle_options": section.shuffle_options,
        "forward_only": section.forward_only,
        "cells": [
            {"topic": cell.topic, "difficulty": cell.difficulty, "count": _whole(cell.count)}
            for cell in section.cells
        ],
    }
    if section.per_pick_mark or section.marking_rule == "per_pick":
        table["per_pick_mark"] = section.per_pick_mark
    if section.wrong_mark:
        table["wrong_mark"] = section.wrong_mark
    if section.minutes:
        table["duration_min"] = _whole(section.minutes)
    marking = {"step": section.step, "tolerance_pct": section.tolerance_pct}
    given = {name: value for name, value in marking.items() if value}
    if given or section.comments:
        table["marking"] = {**given, "comments": section.comments}
    return table


def _whole(text: str) -> int | str:
    """A whole number, or the text itself: then the reader says what it should be."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,9}", text) else text


_NAMES = {
    "duration_min": "minutes",
    "attempts_allowed": "attempts",
    "title": "title_zh",
    "type": "question_type",
    "marking": "step",
}
_PLAIN = frozenset(
    field.name
    for kind in (Values, SectionValues, CellValues)
    for field in fields(kind)
    if field.name != "cells"
)


def _field_of(path: str) -> str:
    """ "sections[0].cells[2].count" stands in the field "sections-0-cells-2-count"."""
    path = path.replace("fairness.band.", "").replace(".marking.", ".")
    start, _dot, last = path.rpartition(".")
    name = _NAMES.get(last, last)
    if name not in _PLAIN or (start and not start.startswith("sections[")):
        return ""
    place = start.replace("[", "-").replace("]", "").replace(".", "-")
    return f"{place}-{name}" if place else name


def _once(reasons: Sequence[Message]) -> tuple[Message, ...]:
    found: list[Message] = []
    for reason in reasons:
        if reason not in found:
            found.append(reason)
    return tuple(found)
