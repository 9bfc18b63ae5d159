"""Blueprint → the exam table of a definition file: what `read_exam` reads, and an event's own one put into a text."""

from collections.abc import Mapping, MutableMapping
from decimal import Decimal
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from webapp.contests.rules.blueprint import Blueprint, Cell, Checks, Fairness, Mock, Section, Text
from webapp.contests.rules.essay_marking import EssayMarking


def with_exam(text: str, event_code: str, stage_code: str, blueprint: Blueprint) -> str:
    """The definition with this exam for one stage of one event; everything else stays as it is, comments too.

    The text is a valid definition. Raise KeyError when it has no event of this code."""
    document = tomlkit.parse(text)
    events: Any = document["events"]
    event = next((item for item in events if item["code"] == event_code), None)
    if event is None:
        raise KeyError(event_code)
    table = exam_table(blueprint)
    if not isinstance(event, Table):  # events = [{…}, {…}]: nothing but more of the same fits in there
        exams = event.get("exam") or tomlkit.inline_table()
        event["exam"] = _put_in(tomlkit.inline_table(), {**exams, stage_code: table})
    elif "exam" in event:
        event["exam"][stage_code] = _block(table)
    else:
        tail = _take_tail(event)
        event["exam"] = tomlkit.table(is_super_table=True)
        event["exam"][stage_code] = _block(table)
        event.value.body.extend(tail)
    return tomlkit.dumps(document)


def exam_table(blueprint: Blueprint) -> dict[str, Any]:
    """Plain values of TOML from which `read_exam` makes this blueprint again. Times are whole minutes."""
    table: dict[str, Any] = {
        "bank": blueprint.bank,
        "duration_min": blueprint.duration_s // 60,
        "grace_s": blueprint.grace_s,
        "attempts_allowed": blueprint.attempts_allowed,
        "counting_attempt": blueprint.counting_attempt,
        "key_release": blueprint.key_release,
        "layout": blueprint.layout,
    }
    if blueprint.topics:
        table["topics"] = list(blueprint.topics)
    if blueprint.tools:
        table["tools"] = list(blueprint.tools)
    if blueprint.formula_sheet is not None:
        table["formula_sheet"] = _texts(blueprint.formula_sheet)
    if blueprint.mock is not None:
        table["mock"] = _mock(blueprint.mock)
    if blueprint.fairness is not None:
        table["fairness"] = _fairness(blueprint.fairness)
    checks = _checks(blueprint.checks)
    if checks:
        table["checks"] = checks
    table["sections"] = [_section(section) for section in blueprint.sections]
    return table


def _section(section: Section) -> dict[str, Any]:
    table: dict[str, Any] = {
        "key": section.key,
        "title": _texts(section.title),
        "type": section.question_type,
        "mark": _number(section.mark),
        "marking_rule": section.marking_rule,
        "shuffle_questions": section.shuffle_questions,
        "shuffle_options": section.shuffle_options,
    }
    if section.per_pick_mark is not None:
        table["per_pick_mark"] = _number(section.per_pick_mark)
    if section.wrong_true_false_mark:
        table["wrong_mark"] = _number(section.wrong_true_false_mark)
    if section.forward_only:
        table["forward_only"] = True
    if section.duration_s is not None:
        table["duration_min"] = section.duration_s // 60
    table["cells"] = [_cell(cell) for cell in section.cells]
    if section.marking is not None:
        table["marking"] = _marking(section.marking)
    return table


def _cell(cell: Cell) -> dict[str, Any]:
    named = {"topic": cell.topic, "difficulty": cell.difficulty}
    return {**{key: value for key, value in named.items() if value}, "count": cell.count}


def _marking(marking: EssayMarking) -> dict[str, Any]:
    return {
        "step": _number(marking.step),
        "tolerance_pct": _number(marking.tolerance_pct),
        "comments": marking.comments,
    }


def _mock(mock: Mock) -> dict[str, Any]:
    table: dict[str, Any] = {
        "questions_per_section": mock.questions_per_section,
        "duration_min": mock.duration_s // 60,
        "attempts_allowed": mock.attempts_allowed,
    }
    return {**table, "layout": mock.layout} if mock.layout else table


def _fairness(fairness: Fairness) -> dict[str, Any]:
    table: dict[str, Any] = {
        "facility": {name: _number(fairness.facility(name)) for name in ("easy", "medium", "hard")}
    }
    if fairness.max_exposure is not None:
        table["max_exposure"] = _number(fairness.max_exposure)
    if fairness.most_earlier_papers is not None:
        table["most_earlier_papers"] = fairness.most_earlier_papers
    if fairness.lowest is not None and fairness.highest is not None:
        table["band"] = {"lowest": _number(fairness.lowest), "highest": _number(fairness.highest)}
    return table


def _checks(checks: Checks) -> dict[str, Any]:
    table: dict[str, Any] = {}
    browser, pictures = checks.exam_browser, checks.snapshots
    if browser is not None:
        table["exam-browser"] = {
            "config_keys": list(browser.config_keys),
            "exam_keys": list(browser.exam_keys),
            "setup": _texts(browser.setup),
            **({"setup_url": browser.setup_url} if browser.setup_url else {}),
        }
    if pictures is not None:
        table["snapshots"] = {
            "count": pictures.count,
            "required": pictures.required,
            "keep_days": pictures.keep_days,
        }
    return table


def _texts(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en} if text.en else {"zh": text.zh}


def _number(value: Decimal) -> int | float | str:
    """As people write it; as a text where a binary number would be another one."""
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(str(float(value))) == value else str(value)


def _take_tail(event: Table) -> list[Any]:
    """The comments and empty lines below an event, taken out: they belong to what follows it."""
    tail: list[Any] = []
    body = event.value.body
    while body and body[-1][0] is None:
        tail.insert(0, body.pop())
    return tail


_SMALL = ("title", "formula_sheet", "setup")
"""Tables that stand on one line."""


def _block(data: Mapping[str, Any]) -> Table:
    """A table with tables below it; cells stand one a line."""
    made = tomlkit.table()
    for key, value in data.items():
        if key == "sections":
            made[key] = AoT([_block(item) for item in value])
        elif key == "cells":
            made[key] = _lines(value)
        elif isinstance(value, Mapping):
            made[key] = _put_in(tomlkit.inline_table(), value) if key in _SMALL else _block(value)
        else:
            made[key] = value
    return made


def _lines(items: list[dict[str, Any]]) -> Array:
    made = tomlkit.array()
    made.multiline(True)
    for item in items:
        made.append(_put_in(tomlkit.inline_table(), item))
    return made


def _put_in(made: InlineTable, data: Mapping[str, Any]) -> InlineTable:
    """Everything on one line, whatever it is."""
    target: MutableMapping[str, Any] = made
    for key, value in data.items():
        target[key] = _inline(value)
    return made


def _inline(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _put_in(tomlkit.inline_table(), value)
    if isinstance(value, list):
        made = tomlkit.array()
        for item in value:
            made.append(_inline(item))
        return made
    return value
