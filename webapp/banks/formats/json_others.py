"""JSON banks of other programs: their keys as columns of a table, whatever options and answers look like.

Options may be an object, a list, a text that holds one of these as Python or JSON writes it, or keys A, B, C of
their own; answers letters, a list, a number that counts from 0 or 1, a truth or the text of an option; keys may have
stray spaces (FORMATS 11). What `ReadOptions.columns` says about a key goes before what its name suggests."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from webapp.banks.errors import refused
from webapp.banks.formats import notation
from webapp.banks.formats.grid import MAX_ROWS, Cell, Sheet, text_cell, too_many
from webapp.banks.formats.headings import meanings_of
from webapp.banks.formats.json_items import Items, element_rows, plain_value
from webapp.banks.formats.json_keys import KeyColumns, columns_of_keys
from webapp.banks.formats.json_shapes import TOPIC_KEY, plain_item, topic_named
from webapp.banks.formats.json_values import Options, answer_text, indexes, is_index, options_of, text_of
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.progress import Step
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.shape import Unsure
from webapp.banks.formats.table import read_rows
from webapp.banks.formats.workbooks import left_out
from webapp.banks.rules.schema import MAX_OPTIONS
from webapp.core.problems import WARNING, Problem, shorten
from webapp.core.words import N_, Message

Item = dict[str, Any]
MAX_KEYS = 100
LOOKED_AT = 100
"""So many items tell what an unnamed key means."""


def read_others(loaded: Items | dict[str, Any], file: str, options: ReadOptions) -> FormatResult:
    """The questions of another program's JSON. Raise FileRefused when it has no list of questions."""
    result = FormatResult(is_checked=True)
    lists = [(name, items) for name, items in _lists(loaded, "") if items.values or items.broken]
    if options.first_rows:
        lists = [(name, _first(items, options.first_rows)) for name, items in lists]
    if sum(len(items.values) for _, items in lists) > MAX_ROWS:
        raise too_many(file, MAX_ROWS)
    numbers = element_rows([line for _, items in lists for line in items.lines])
    options.progress.begin(Step.CHECKING, len(numbers))
    keys: list[str] = []
    start = 0
    for name, items in lists:
        rows = numbers[start : start + len(items.values)]
        start += len(items.values)
        topic = topic_named(name, len(lists) > 1) if notation.type_of(name) is None else ""
        keys += _add_list(name, _plain(items, topic), rows, file, options, result)
    if not result.rows:
        raise refused(
            "no-questions",
            file,
            N_("No list of questions was found in this JSON file. Its keys: %(keys)s"),
            N_("Say which key holds the question and which the answer."),
            keys=shorten(", ".join(dict.fromkeys(keys)) or "-", 200),
        )
    return result


def _lists(value: Any, name: str) -> Iterator[tuple[str, Items]]:
    """Every list of objects, and an object that is a question, or many by their numbers, as a list."""
    if isinstance(value, Items):
        if value.broken or any(isinstance(item, dict) for item in value.values):
            yield name, value
    elif isinstance(value, dict):
        found = [entry for key, item in value.items() for entry in _lists(item, str(key))]
        nested = [item for item in value.values() if isinstance(item, dict)]
        texts = [key for key, item in value.items() if isinstance(item, str)]
        if found and not len(texts) >= 2:
            yield from found
        elif len(nested) >= max(2, len(value) / 2):
            plain = [plain_value(item) for item in nested]
            yield name, Items(plain, [1] * len(plain))
        elif texts:
            own = columns_of_keys(_keys([value]), {}, [])
            if own is not None and not found:
                yield name, Items([plain_value(value)], [1])
            yield from found


def _plain(items: Items, topic: str) -> Items:
    """The items in the plain shape; topic: '' or what the key over the list names."""
    values = [plain_item(item) if isinstance(item, dict) else item for item in items.values]
    if topic:
        values = [{**item, TOPIC_KEY: topic} if isinstance(item, dict) else item for item in values]
    return Items(values, items.lines, items.broken)


def _first(items: Items, most: int) -> Items:
    return Items(items.values[:most], items.lines[:most], items.broken[:most])


def _keys(items: Sequence[Item]) -> list[str]:
    return list(dict.fromkeys(str(key).strip() for item in items for key in item))[:MAX_KEYS]


def _add_list(
    name: str, items: Items, rows: Sequence[int], file: str, options: ReadOptions, result: FormatResult
) -> list[str]:
    """Add the questions of one list. Return its keys."""
    objects = [
        {str(key).strip(): value for key, value in item.items()} if isinstance(item, dict) else None
        for item in items.values
    ]
    keys = _keys([item for item in objects if item is not None])
    empty: tuple[Any, ...] = (None, "", [], {})
    keys = [key for key in keys if any(item is not None and item.get(key) not in empty for item in objects)]
    raw = [[Cell(text_of((item or {}).get(key))) for key in keys] for item in objects[:LOOKED_AT]]
    columns = columns_of_keys(keys, options.columns, raw, options.ignored)
    own = columns_of_keys(keys, {}, raw) if options.columns or options.ignored else columns
    texts = [[cell.text for cell in row] for row in raw[:20]]
    options.shape.add_columns(keys, meanings_of(own), meanings_of(columns), texts)
    for meaning in ("stem",) if columns is None else columns.assumed:
        options.shape.doubt(Unsure.COLUMNS, meaning)
    for line, error in items.broken:
        reason = Message(N_("This line is not JSON: %(error)s"), {"error": error})
        result.problems.append(Problem("not-json", reason, file=file, row=line))
        result.rows += 1
    if columns is None:
        return keys
    good = [
        (_filled(item, columns), row) for item, row in zip(objects, rows, strict=True) if item is not None
    ]
    for item, row in zip(objects, rows, strict=True):
        if item is None:
            reason = Message(N_("This entry is no object with a question."))
            result.problems.append(Problem("no-object", reason, file=file, row=row))
            result.rows += 1
    columns, sheet = _table(
        columns, name, [item for item, _ in good], [row for _, row in good], options, result, file
    )
    table = read_rows(sheet, columns, file, options, {})
    result.questions += [replace(question, sheet=file) for question in table.questions]
    result.problems += [replace(problem, file=file, sheet="") for problem in table.problems]
    result.rows += table.rows
    result.skipped += left_out(table, name or file)
    result.skipped += [
        Skipped(name or file, Message(N_("The key “%(key)s” is not read."), {"key": key}))
        for key in columns.unread
    ]
    return keys


def _filled(item: Item, columns: KeyColumns) -> Item:
    """An item that calls something otherwise than most, with the usual key too."""
    for meaning, names in columns.others.items():
        key = columns.titles[columns.at[meaning]]
        if item.get(key) in (None, "", [], {}):
            other = next((item[name] for name in names if item.get(name) not in (None, "", [], {})), None)
            item = item if other is None else {**item, key: other}
    return item


def _table(
    columns: KeyColumns, name: str, items: Sequence[Item], rows: Sequence[int], options: ReadOptions,
    result: FormatResult, file: str,
) -> tuple[KeyColumns, Sheet]:  # fmt: skip
    """The items as a sheet whose option columns follow the keys."""
    keys = columns.titles
    option_key = keys[columns.at["options"]] if "options" in columns.at and not columns.options else ""
    answer_key = keys[columns.at["answer"]] if "answer" in columns.at else ""
    given = [
        options_of(item.get(option_key), item.get(answer_key), options.between_options)
        if option_key
        else _own_keys(
            [text_of(item.get(keys[at])) for at in columns.options], [keys[at] for at in columns.options]
        )
        for item in items
    ]
    base = _base([item.get(answer_key) for item in items], given, answer_key, file, options, result)
    width = min(max((len(each.texts) for each in given), default=0), MAX_OPTIONS + 1) if option_key else 0
    cells = []
    for item, each in zip(items, given, strict=True):
        answer = answer_text(item.get(answer_key), each, base, options.between_blanks, options.alternatives)
        row = [text_cell(answer) if key == answer_key else text_cell(text_of(item.get(key))) for key in keys]
        if not answer_key:
            row.append(text_cell(answer))
        texts = each.texts[:width]
        cells.append((*row, *(text_cell(text) for text in texts), *[Cell()] * (width - len(texts))))
    at = {meaning: index for meaning, index in columns.at.items() if meaning != "options"}
    titles = list(keys)
    if not answer_key:
        at["answer"] = len(titles)
        titles.append(option_key or "answer")
    first = len(titles)
    shape = replace(
        columns,
        at=at,
        titles=(*titles, *[option_key] * width),
        options=tuple(range(first, first + width)) if option_key else columns.options,
        blanks=(),
    )
    heading = tuple(Cell(title) for title in shape.titles)
    label = name if notation.type_of(name) is not None else ""
    return shape, Sheet(label, (heading, *cells), row_numbers=(1, *rows))


def _own_keys(texts: list[str], names: list[str]) -> Options:
    while texts and not texts[-1]:
        texts.pop()
    return Options(tuple(texts), () if all(name.isdigit() for name in names) else tuple(names[: len(texts)]))


def _base(
    answers: Sequence[Any],
    given: Sequence[Options],
    key: str,
    file: str,
    options: ReadOptions,
    result: FormatResult,
) -> int:
    """What answers in numbers count from: 0 where a 0 is among them, else 1; said as a warning."""
    numbers = [
        number
        for answer, each in zip(answers, given, strict=True)
        if each.texts and is_index(answer, each)
        for number in indexes(answer)
    ]
    if not numbers:
        return 1
    options.shape.doubt(Unsure.FIRST_OPTION, str(numbers[0]))
    if options.first_option is not None:
        return options.first_option
    last = any(
        number == len(each.texts)
        for answer, each in zip(answers, given, strict=True)
        if each.texts and is_index(answer, each)
        for number in indexes(answer)
    )
    is_position = re.search("index|idx|position", key, re.IGNORECASE) and not last
    base = 0 if 0 in numbers or is_position else 1
    reason = Message(N_("The answers are numbers: the first option was taken as %(base)s."), {"base": base})
    result.problems.append(Problem("numbered-answers", reason, WARNING, file, row=1, column=key))
    return base
