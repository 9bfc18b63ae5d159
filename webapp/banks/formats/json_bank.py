"""JSON banks: our own (all nine types, nothing lost) and those of others, told apart by what stands at the top.

Ours is an object with "format": "jiangsai-bank", the head of a bank.toml and "questions", a list of tables with the
same keys as [[questions]]; question_banks/README.md describes them."""

from dataclasses import replace
from typing import Any

from webapp.banks.formats.json_items import Items, element_rows, load_json, plain_value
from webapp.banks.formats.json_others import read_others
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult
from webapp.banks.formats.toml_bank import across, bank_head, entry_question
from webapp.core.problems import Problem
from webapp.core.words import N_, Message

JSON_FORMAT = "jiangsai-bank"
JSON_NAME = "bank.json"


def read_json(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of a JSON file. Raise FileRefused when it is no JSON or holds no list of questions."""
    loaded = load_json(content, file)
    if isinstance(loaded, dict) and loaded.get("format") == JSON_FORMAT:
        return _own(loaded, file)
    return read_others(loaded, file, options)


def _own(data: dict[str, Any], file: str) -> FormatResult:
    found = data.get("questions")
    items = found if isinstance(found, Items) else Items()
    rows = element_rows(items.lines)
    head = bank_head({name: plain_value(value) for name, value in data.items() if name != "questions"})
    result = FormatResult(topics=list(head.topics), rows=len(items.values), head=head, is_checked=True)
    if not isinstance(found, Items):
        reason = Message(N_("The bank has no list of questions."))
        result.problems.append(Problem("no-questions", reason, file=file, row=1, column="questions"))
    for item, row in zip(items.values, rows, strict=True):
        question = entry_question(item, file, row, "", result.problems)
        if question is not None:
            result.questions.append(question)
    whole = replace(head, questions=tuple(result.questions))
    missing = "picture-missing"  # The media come in a zip beside this file; a later step looks for them.
    result.problems += [entry for entry in across(whole, file) if entry.code != missing]
    return result
