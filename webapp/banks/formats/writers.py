"""Banks written to files: our workbook, CSV, TOML. The one door of this folder for writing."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from webapp.banks.formats.delimited import escaped
from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.template import put, table_rows, write_workbook, write_workbook_zip
from webapp.banks.formats.write_moodle import write_moodle
from webapp.banks.rules.schema import BankFile, Question, QuestionType
from webapp.core.problems import Problem


class ExportFormat(StrEnum):
    """xlsx: our workbook (a zip with its pictures when there are any). toml: a zip of the folder. The others
    are formats of other systems, which cannot hold everything."""

    XLSX = "xlsx"
    CSV = "csv"
    TOML = "toml"
    MOODLE = "moodle-xml"


WHOLE = (ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.TOML)
"""Reading these back gives the same questions."""


@dataclass(frozen=True)
class Export:
    """A file to hand out. problems: what it could not hold; the column of each is the key of its question."""

    name: str
    media_type: str
    content: bytes
    problems: tuple[Problem, ...] = ()


XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write(bank: BankFile, pictures: Mapping[str, Picture], form: ExportFormat) -> Export:
    """The bank in the asked form; reading it back gives the same questions where the form is one of WHOLE.

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
        case ExportFormat.MOODLE:
            made = write_moodle(bank, pictures)
            return Export(f"{bank.code}.xml", "application/xml", made.content, tuple(made.problems))


def _csv(bank: BankFile) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in table_rows(bank.questions, bank.topics):
        writer.writerow([escaped(text) for text in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def toml_zip(bank: BankFile, pictures: Mapping[str, Picture]) -> bytes:
    """bank.toml, topics/*.toml and the pictures in one zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(toml_files(bank).items()):
            put(archive, path, content.encode())
        for path, picture in sorted(pictures.items()):
            put(archive, path, picture.content)
    return out.getvalue()


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
    public, secret = question.public, question.secret
    values: dict[str, object] = {"key": question.key, "type": public.type.value, "stem": public.stem}
    if public.options:
        values["options"] = list(public.options)
    values["answer"] = _answer(question)
    values["explanation"] = secret.explanation
    values["difficulty"] = question.difficulty.value
    values["source"] = question.source
    if public.picture:
        values["picture"] = public.picture
    if question.tags:
        values["tags"] = list(question.tags)
    if question.external_id:
        values["external_id"] = question.external_id
    if question.mark is not None:
        values["mark"] = format(question.mark, "f")
    lines = [f"{name} = {_value(value)}" for name, value in values.items()]
    return "\n".join(["[[questions]]", *lines, *_fill_lines(question)]) + "\n"


def _answer(question: Question) -> object:
    secret = question.secret
    match question.public.type:
        case QuestionType.TRUE_FALSE:
            return secret.truth
        case QuestionType.FILL:
            return [list(blank.accepted) for blank in secret.blanks]
        case QuestionType.SINGLE:
            return secret.letters
        case QuestionType.MULTIPLE:
            return list(secret.letters)
        case kind:
            raise ValueError(f"{kind} cannot be written yet")


def _fill_lines(question: Question) -> list[str]:
    secret = question.secret
    lines = []
    rules = [name for name in ("any_order", "all_needed", "case_sensitive") if getattr(secret.fill, name)]
    if rules:
        lines.append("fill_rules = {" + ", ".join(f"{name} = true" for name in rules) + "}")
    if any(blank.weight != 1 for blank in secret.blanks):
        lines.append(f"weights = {_value([blank.weight for blank in secret.blanks])}")
    if any(blank.tolerance is not None for blank in secret.blanks):
        shown = ["" if blank.tolerance is None else blank.tolerance for blank in secret.blanks]
        lines.append(f"tolerance = {_value(shown)}")
    return lines


def _pair(zh: str, en: str) -> str:
    return f"{{zh = {_value(zh)}, en = {_value(en)}}}"


def _value(value: object) -> str:
    """A value as TOML. JSON strings are TOML strings, but for DEL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


__all__ = ["Export", "ExportFormat", "toml_files", "toml_zip", "write"]
