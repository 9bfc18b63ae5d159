"""Write a table of events into a definition: only the [[events]] tables change, comments stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Table

from webapp.contests.errors import ContestInvalid
from webapp.contests.formats.event_rows import EventRow, EventTable
from webapp.contests.rules.parse import parse_contest
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message

ORDER = (
    "code", "title", "class", "profile", "trade", "organiser", "industry", "bank", "bank_topics", "sample",
    "team", "national_standard", "practical", "windows", "note",
)  # fmt: skip
"""The order of keys in a table that is new."""
LONG_LIST = 3
"""Lists with more names stand one name a line."""


@dataclass(frozen=True)
class Written:
    """The definition with the table's events. added, changed, dropped: codes of events."""

    text: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    dropped: tuple[str, ...]


def write_events(text: str, table: EventTable, file: str = "", drop: bool = False) -> Written:
    """The definition `text` with one [[events]] table for each row, in the order of the rows.

    What a table has beyond the columns stays as it is; an empty cell takes its key out. drop: take out events
    that the table does not name; else they are a problem. Raise ContestInvalid with every problem of the table
    (with its row and column) or of the definition."""
    problems = [problem for problem in table.problems if problem.is_error]
    if problems:
        raise ContestInvalid(list(table.problems))
    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, ValueError):
        parse_contest(text)  # raises, with the place
        raise
    present: dict[str, Table] = {str(event.get("code")): event for event in document.get("events", [])}
    named = {row.code for row in table.rows}
    gone = tuple(code for code in present if code not in named)
    if gone and not drop:
        raise ContestInvalid([_missing(code, file) for code in gone])
    made = tomlkit.aot()
    added, changed = [], []
    for row in table.rows:
        event = present.get(row.code)
        if event is None:
            added.append(row.code)
            made.append(_new(row))
        else:
            if _update(event, row):
                changed.append(row.code)
            made.append(event)
    if added or changed or gone or [str(code) for code in present] != [row.code for row in table.rows]:
        _put(document, made)
        text = _spaced(tomlkit.dumps(document))
    try:
        parse_contest(text)
    except ContestInvalid as error:
        raise ContestInvalid([_placed(problem, table, file) for problem in error.problems]) from error
    return Written(text, tuple(added), tuple(changed), gone)


def _put(document: tomlkit.TOMLDocument, made: AoT) -> None:
    if "events" in document:
        document["events"] = made
    else:
        document.append("events", made)


def _spaced(text: str) -> str:
    """Exactly one empty line before each [[events]] table, and one line end at the end."""
    lines: list[str] = []
    for line in text.splitlines():
        if line == "[[events]]":
            was_apart = bool(lines) and not lines[-1].strip()
            while lines and not lines[-1].strip():
                lines.pop()
            if lines and (was_apart or not lines[-1].startswith("#")):
                lines.append("")
        lines.append(line)
    return "\n".join(lines).rstrip() + "\n"


def _missing(code: str, file: str) -> Problem:
    return Problem(
        code="not-in-table",
        reason=Message(N_("The definition has this event, the table does not name it.")),
        file=file,
        value=code,
        hint=Message(N_("Add a row for it, or say that such events are to be taken out.")),
    )


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Paths 'title.zh' as nested tables; empty cells are left out."""
    made: dict[str, Any] = {}
    for path, value in values.items():
        if value is None:
            continue
        head, _dot, tail = path.partition(".")
        if tail:
            made.setdefault(head, {})[tail] = value
        else:
            made[head] = value
    return made


def _item(value: Any) -> Any:
    if isinstance(value, dict):
        made = tomlkit.inline_table()
        made.update(value)
        return made
    if isinstance(value, list):
        array = tomlkit.array()
        array.extend(value)
        return array.multiline(len(value) > LONG_LIST)
    return value


def _new(row: EventRow) -> Table:
    table = tomlkit.table()
    values = _nested(row.values)
    for key in sorted(values, key=ORDER.index):
        table.append(key, _item(values[key]))
    return table


def _update(event: Table, row: EventRow) -> bool:
    """Bring one table to what its row says; whether anything changed. Columns that the table lacks, and keys
    without a column (such as windows of their own), stay."""
    before = event.unwrap()
    for key in ("title", "note"):  # a text without a language is Chinese
        if isinstance(before.get(key), str):
            before[key] = {"zh": before[key]}
    after = _nested(row.values)
    for path in row.values:
        head, _dot, tail = path.partition(".")
        if tail and head in before and isinstance(before[head], dict):
            kept = {key: value for key, value in before[head].items() if f"{head}.{key}" not in row.values}
            if kept:
                after[head] = {**kept, **after.get(head, {})}
    changed = False
    for head in dict.fromkeys(path.partition(".")[0] for path in row.values):
        if head in after and before.get(head) != after[head]:
            event[head] = _item(after[head])
            changed = True
        elif head not in after and head in before:
            del event[head]
            changed = True
    return changed


def _placed(problem: Problem, table: EventTable, file: str) -> Problem:
    """A problem of the definition at the cell it came from, where it came from one."""
    head, _bracket, rest = problem.column.partition("[")
    if head != "events" or not rest:
        return problem
    number, _bracket, path = rest.partition("]")
    column = table.columns.get(path.strip("."), path.strip("."))
    return replace(
        problem, file=file, row=_row(table.rows, int(number)), column=column, value=shorten(problem.value)
    )


def _row(rows: Sequence[EventRow], at: int) -> int | None:
    return rows[at].number if at < len(rows) else None
