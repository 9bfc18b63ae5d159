"""TOML banks: a folder (bank.toml, topics/*.toml, media/), a zip of it, or one file with everything."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats import pictures, sounds
from webapp.banks.formats.delimited import decode
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import (
    BLANK,
    BankFile,
    Blank,
    Difficulty,
    FillRules,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    TopicTitle,
)
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message

UNSUPPORTED_TYPES = ("matching", "ordering", "numeric", "passage", "essay")
KNOWN_KEYS = {
    "key", "type", "stem", "options", "answer", "explanation", "difficulty", "source", "picture", "tags",
    "fill_rules", "topic", "mark", "tolerance", "weights", "external_id",
}  # fmt: skip


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
    result = TomlResult(_head(head))
    questions: list[Question] = []
    for path, content in sorted(files.items()):
        if path.endswith(".toml") and path != "bank.toml":
            questions += _questions(parse_toml(content, path), decode(content, path), path, result.problems)
    questions += _questions(head, decode(files["bank.toml"], "bank.toml"), "bank.toml", result.problems)
    media = {path: data for path, data in files.items() if not path.endswith(".toml")}
    result.bank = replace(result.bank, questions=tuple(questions), pictures=media)
    result.problems += _across(result.bank)
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


def _head(data: Mapping[str, Any]) -> BankFile:
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
        reader = _QuestionReader(
            item if isinstance(item, dict) else {}, path, line, str(data.get("topic", ""))
        )
        question = reader.read()
        problems += reader.problems
        if question is not None:
            found.append(question)
            problems += [
                replace(entry, file=path, column=entry.column or question.key)
                for entry in check_question(question)
            ]
    return found


class _QuestionReader:
    """One [[questions]] table → Question, with problems at its line."""

    def __init__(self, data: Mapping[str, Any], path: str, line: int | None, topic: str) -> None:
        self.data, self.path, self.line, self.topic = data, path, line, topic
        self.problems: list[Problem] = []

    def report(self, code: str, reason: Message, column: str, hint: Message | None = None) -> None:
        label = f"{self.data.get('key', '?')}.{column}"
        value = shorten(self.data.get(column, ""))
        self.problems.append(
            Problem(code, reason, file=self.path, row=self.line, column=label, value=value, hint=hint)
        )

    def read(self) -> Question | None:
        for key in self.data:
            if key not in KNOWN_KEYS:
                self.report("unknown-key", Message(N_("“%(key)s” is not known here."), {"key": key}), key)
        kind = self._type()
        if not isinstance(self.data.get("key"), str) or not self.data["key"]:
            self.report("no-key", Message(N_("The question has no key.")), "key")
        if kind is None:
            return None
        difficulty = str(self.data.get("difficulty", "medium"))
        if difficulty not in set(Difficulty):
            self.report(
                "difficulty", Message(N_("The difficulty must be easy, medium or hard.")), "difficulty"
            )
            difficulty = "medium"
        options = self.data.get("options", [])
        tags = self.data.get("tags", [])
        stem = str(self.data.get("stem", "")).strip()
        public = PublicQuestion(
            kind,
            stem,
            tuple(str(option).strip() for option in options) if isinstance(options, list) else (),
            stem.count(BLANK) if kind == QuestionType.FILL else 0,
            str(self.data.get("picture", "")),
        )
        return Question(
            key=str(self.data.get("key", "")),
            public=public,
            secret=replace(self._key(kind), explanation=str(self.data.get("explanation", "")).strip()),
            topic=str(self.data.get("topic", self.topic)),
            difficulty=Difficulty(difficulty),
            source=str(self.data.get("source", "")),
            tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
            external_id=str(self.data.get("external_id", "")),
            sheet=self.path,
            row=self.line,
            mark=self._decimals("mark", 1)[0],
        )

    def _type(self) -> QuestionType | None:
        name = str(self.data.get("type", ""))
        if name in set(QuestionType) - set(UNSUPPORTED_TYPES):
            return QuestionType(name)
        if name in UNSUPPORTED_TYPES:
            self.report(
                "unsupported-type",
                Message(N_("Questions of the type “%(type)s” cannot be held yet."), {"type": name}),
                "type",
            )
        else:
            self.report(
                "unknown-type", Message(N_("The type “%(type)s” is not known."), {"type": name}), "type",
                Message(N_("Use one of: %(choices)s."), {"choices": ", ".join(QuestionType)}),
            )  # fmt: skip
        return None

    def _key(self, kind: QuestionType) -> QuestionKey:
        answer = self.data.get("answer")
        if kind == QuestionType.TRUE_FALSE and isinstance(answer, bool):
            return QuestionKey(truth=answer)
        if kind == QuestionType.SINGLE and isinstance(answer, str):
            return QuestionKey(letters=answer.strip().upper())
        if (
            kind == QuestionType.MULTIPLE
            and isinstance(answer, list)
            and all(isinstance(item, str) for item in answer)
        ):
            return QuestionKey(letters="".join(sorted({item.strip().upper() for item in answer})))
        if (
            kind == QuestionType.FILL
            and isinstance(answer, list)
            and all(isinstance(item, list) and item for item in answer)
        ):
            return self._fill_key(answer)
        if answer is not None:
            self.report(
                "answer-form", Message(N_("The answer does not have the form of this type.")), "answer"
            )
        return QuestionKey()

    def _fill_key(self, answer: list[list[Any]]) -> QuestionKey:
        rules = self.data.get("fill_rules", {})
        known = {"any_order", "all_needed", "case_sensitive"}
        if (
            not isinstance(rules, dict)
            or set(rules) - known
            or any(not isinstance(value, bool) for value in rules.values())
        ):
            self.report(
                "fill-rules", Message(N_("These rules of a fill-in cannot be read.")), "fill_rules",
                Message(N_("Known here: %(keys)s."), {"keys": ", ".join(sorted(known))}),
            )  # fmt: skip
            rules = {}
        tolerances = self._decimals("tolerance", len(answer))
        weights = self._decimals("weights", len(answer))
        blanks = tuple(
            Blank(
                tuple(str(item) for item in accepted), weight if weight is not None else Decimal(1), tolerance
            )
            for accepted, weight, tolerance in zip(answer, weights, tolerances, strict=True)
        )
        return QuestionKey(blanks=blanks, fill=FillRules(**rules))

    def _decimals(self, key: str, count: int) -> list[Decimal | None]:
        """A number for all blanks, or a list with one a blank ("" for none); `count` Nones when absent."""
        value = self.data.get(key)
        values = value if isinstance(value, list) else [value] * count
        try:
            found = [None if item in {None, ""} else Decimal(str(item)) for item in values]
        except (InvalidOperation, TypeError):
            found = []
        if len(found) != count or any(
            item is not None and not (item.is_finite() and item >= 0) for item in found
        ):
            self.report("not-a-number", Message(N_("This must be a number.")), key)
            return [None] * count
        return found


def _across(bank: BankFile) -> list[Problem]:
    """What must fit together across the files of a bank."""
    found: list[Problem] = []
    if not bank.code or not bank.title_zh:
        reason = Message(N_("The bank needs a code and a title."))
        found.append(Problem("no-code", reason, file="bank.toml", row=1, column="code"))
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
