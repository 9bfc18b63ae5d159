"""TOML banks: a folder (bank.toml, topics/*.toml, media/), a zip of it, or one file with everything."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats import pictures, sounds
from webapp.banks.formats.delimited import decode
from webapp.banks.formats.value_reader import ValueReader
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import BankFile, Question, TopicTitle
from webapp.core.problems import Problem
from webapp.core.words import N_, Message


@dataclass
class TomlResult:
    """A bank with its problems."""

    bank: BankFile
    problems: list[Problem] = field(default_factory=list)


def read_folder(folder: Path) -> TomlResult:
    """The bank of a folder. Raise FileRefused when bank.toml is missing or a file is no TOML."""
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix.lower() in {".toml", *pictures.SUFFIXES, *sounds.SUFFIXES}
    }
    return read_files(files, folder.name)


def read_members(files: Mapping[str, bytes], name: str) -> TomlResult:
    """The bank among the files of an unpacked zip, wherever in it bank.toml lies."""
    tops = sorted((path for path in files if path.rsplit("/", 1)[-1] == "bank.toml"), key=len)
    prefix = tops[0][: -len("bank.toml")] if tops else ""
    return read_files(
        {path.removeprefix(prefix): data for path, data in files.items() if path.startswith(prefix)}, name
    )


def read_files(files: Mapping[str, bytes], name: str) -> TomlResult:
    """The bank of named file contents: 'bank.toml', 'topics/….toml', 'media/…'."""
    if "bank.toml" not in files:
        raise refused("no-bank-toml", name, N_("There is no bank.toml in this folder."))
    head = parse_toml(files["bank.toml"], "bank.toml")
    result = TomlResult(bank_head(head))
    questions: list[Question] = []
    for path, content in sorted(files.items()):
        if path.endswith(".toml") and path != "bank.toml":
            questions += _questions(parse_toml(content, path), decode(content, path), path, result.problems)
    questions += _questions(head, decode(files["bank.toml"], "bank.toml"), "bank.toml", result.problems)
    media = {path: data for path, data in files.items() if not path.endswith(".toml")}
    result.bank = replace(result.bank, questions=tuple(questions), pictures=media)
    result.problems += across(result.bank)
    return result


def read_single(content: bytes, name: str) -> TomlResult:
    """A bank in one file: the head of bank.toml and [[questions]] together."""
    return read_files({"bank.toml": content}, name)


def parse_toml(content: bytes, name: str) -> dict[str, Any]:
    """The table of a TOML file. Raise FileRefused with line and column."""
    text = decode(content, name)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        raise refused(
            "not-toml",
            name,
            N_("The file cannot be read as TOML: %(error)s"),
            N_("Look for a missing quotation mark or bracket on this line or the one before."),
            row=int(place.group(1)) if place else None,
            column=place.group(2) if place else "",
            error=str(error),
        ) from error


def bank_head(data: Mapping[str, Any]) -> BankFile:
    """What a bank says about itself, without its questions."""
    title, description = _pair(data.get("title")), _pair(data.get("description"))
    raw_topics = data.get("topics", [])
    topics = tuple(
        TopicTitle(str(item.get("key", "")), *_pair(item.get("title")))
        for item in (raw_topics if isinstance(raw_topics, list) else [])
        if isinstance(item, dict)
    )
    return BankFile(
        str(data.get("code", "")),
        *title,
        str(data.get("language", "zh-CN")),
        str(data.get("licence", "")),
        *description,
        topics,
        (),
    )


def _pair(value: object) -> tuple[str, str]:
    if isinstance(value, dict):
        return str(value.get("zh", "")), str(value.get("en", ""))
    return str(value or ""), ""


def _questions(data: Mapping[str, Any], text: str, path: str, problems: list[Problem]) -> list[Question]:
    lines = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip().startswith("[[questions]]")
    ]
    items = data.get("questions", [])
    found = []
    for index, item in enumerate(items if isinstance(items, list) else []):
        line = lines[index] if index < len(lines) else None
        question = entry_question(item, path, line, str(data.get("topic", "")), problems)
        if question is not None:
            found.append(question)
    return found


def entry_question(
    item: object, path: str, line: int | None, topic: str, problems: list[Problem]
) -> Question | None:
    """The question of one table of values; what is wrong with it is added to the problems."""
    reader = ValueReader(item if isinstance(item, dict) else {}, path, line, topic)
    question = reader.read()
    problems += reader.problems
    if question is not None:
        unread = any(entry.code == "answer-form" for entry in reader.problems)
        problems += [
            replace(entry, file=path, column=entry.column or question.key)
            for entry in check_question(question)
            if not (unread and entry.code in {"no-answer", "no-parts"})
        ]
    return question


def across(bank: BankFile, file: str = "bank.toml") -> list[Problem]:
    """What must fit together across the files of a bank."""
    found: list[Problem] = []
    if not bank.code or not bank.title_zh:
        reason = Message(N_("The bank needs a code and a title."))
        found.append(Problem("no-code", reason, file=file, row=1, column="code"))
    topics = {topic.key for topic in bank.topics}
    seen: set[str] = set()
    for question in bank.questions:
        if question.key in seen:
            found.append(_at(question, "key-twice", Message(N_("This key stands twice.")), question.key))
        seen.add(question.key)
        if topics and question.topic not in topics:
            reason = Message(
                N_("The topic “%(topic)s” is not listed in bank.toml."), {"topic": question.topic}
            )
            found.append(_at(question, "unknown-topic", reason, question.topic))
        if question.public.picture and question.public.picture not in bank.pictures:
            reason = Message(N_("The picture %(name)s is missing."), {"name": question.public.picture})
            found.append(_at(question, "picture-missing", reason, question.public.picture))
    return found


def _at(question: Question, code: str, reason: Message, value: str) -> Problem:
    return Problem(code, reason, file=question.sheet, row=question.row, column=question.key, value=value)


__all__ = [
    "FileRefused",
    "TomlResult",
    "parse_toml",
    "read_files",
    "read_folder",
    "read_members",
    "read_single",
]
