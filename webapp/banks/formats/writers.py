"""Banks written to files: our workbook, CSV, TOML, JSON. The one door of this folder for writing."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from importlib import import_module
from typing import cast

from webapp.banks.formats.delimited import escaped
from webapp.banks.formats.export import Export, ExportFormat
from webapp.banks.formats.json_bank import JSON_FORMAT, JSON_NAME
from webapp.banks.formats.named_values import Entry, entry_of
from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.template import put, table_rows, write_workbook, write_workbook_zip
from webapp.banks.rules.schema import BankFile, Question

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write(bank: BankFile, pictures: Mapping[str, Picture], form: ExportFormat) -> Export:
    """The bank in the asked form; reading it back gives the same questions where the form is one of export.WHOLE.

    CSV carries no pictures and no titles of topics in English."""
    match form:
        case ExportFormat.XLSX if pictures:
            content = write_workbook_zip(bank.questions, bank.topics, pictures, bank.code)
            return Export(f"{bank.code}.zip", "application/zip", content)
        case ExportFormat.XLSX:
            return Export(f"{bank.code}.xlsx", XLSX_TYPE, write_workbook(bank.questions, bank.topics))
        case ExportFormat.CSV:
            return Export(f"{bank.code}.csv", "text/csv; charset=utf-8", _csv(bank))
        case ExportFormat.TOML:
            return Export(f"{bank.code}.zip", "application/zip", toml_zip(bank, pictures))
        case ExportFormat.JSON if pictures:
            media = {path: picture.content for path, picture in pictures.items()}
            content = _zip({JSON_NAME: _json(bank)} | media)
            return Export(f"{bank.code}.zip", "application/zip", content)
        case ExportFormat.JSON:
            return Export(f"{bank.code}.json", "application/json", _json(bank))
        case _:
            # Most web processes never write these: their libraries are loaded when they do.
            foreign = import_module("webapp.banks.formats.foreign_writers")
            return cast(Export, foreign.write_foreign(bank, pictures, form))


def _csv(bank: BankFile) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in table_rows(bank.questions, bank.topics):
        writer.writerow([escaped(text) for text in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def toml_zip(bank: BankFile, pictures: Mapping[str, Picture]) -> bytes:
    """bank.toml, topics/*.toml and the pictures in one zip."""
    texts = {path: text.encode() for path, text in toml_files(bank).items()}
    return _zip(texts | {path: picture.content for path, picture in pictures.items()})


def toml_files(bank: BankFile) -> dict[str, str]:
    """The text files of a bank's folder by path. Questions keep their order within a topic."""
    files = {"bank.toml": _head(bank)}
    by_topic: dict[str, list[Question]] = {}
    for question in bank.questions:
        by_topic.setdefault(question.topic, []).append(question)
    for index, (topic, questions) in enumerate(by_topic.items(), start=1):
        body = "\n".join(_question(question) for question in questions)
        files[f"topics/{index:02d}-{_file_name(topic)}.toml"] = f"topic = {_value(topic)}\n\n{body}"
    return files


def _file_name(topic: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in topic)[:40] or "topic"


def _head(bank: BankFile) -> str:
    lines = [
        "schema = 1",
        f"code = {_value(bank.code)}",
        f"title = {_pair(bank.title_zh, bank.title_en)}",
        f"language = {_value(bank.language)}",
        f"licence = {_value(bank.licence)}",
        f"description = {_pair(bank.description_zh, bank.description_en)}",
    ]
    for topic in bank.topics:
        lines += ["", "[[topics]]", f"key = {_value(topic.key)}", f"title = {_pair(topic.zh, topic.en)}"]
    return "\n".join(lines) + "\n"


def _question(question: Question) -> str:
    entry = entry_of(question)
    parts = cast(list[Entry], entry.pop("parts", []))
    blocks = [_table("questions", entry), *(_table("questions.parts", part) for part in parts)]
    return "\n\n".join(blocks) + "\n"


def _table(name: str, entry: Entry) -> str:
    return "\n".join([f"[[{name}]]", *(f"{key} = {_value(value)}" for key, value in entry.items())])


def _pair(zh: str, en: str) -> str:
    return f"{{zh = {_value(zh)}, en = {_value(en)}}}"


def _value(value: object) -> str:
    """A value as TOML. JSON strings are TOML strings, but for DEL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(str(key))} = {_value(item)}" for key, item in value.items())
        return "{" + inside + "}"
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _value(name)


def _json(bank: BankFile) -> bytes:
    """The bank as one JSON file; question_banks/README.md says what its keys mean."""
    whole = {
        "format": JSON_FORMAT,
        "schema": 1,
        "code": bank.code,
        "title": {"zh": bank.title_zh, "en": bank.title_en},
        "language": bank.language,
        "licence": bank.licence,
        "description": {"zh": bank.description_zh, "en": bank.description_en},
        "topics": [{"key": topic.key, "title": {"zh": topic.zh, "en": topic.en}} for topic in bank.topics],
        "questions": [entry_of(question) | {"topic": question.topic} for question in bank.questions],
    }
    return (json.dumps(whole, ensure_ascii=False, indent=1, default=_decimal_text) + "\n").encode()


def _decimal_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(value)


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            put(archive, path, content)
    return out.getvalue()


__all__ = ["Export", "ExportFormat", "toml_files", "toml_zip", "write"]
