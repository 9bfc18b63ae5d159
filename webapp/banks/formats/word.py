"""Questions in a Word document (.docx): its paragraphs are read like a numbered Chinese text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from webapp.banks.errors import refused
from webapp.banks.formats.archive import member, open_zip
from webapp.banks.formats.grid import Cell, Sheet, clean, text_cell
from webapp.banks.formats.media import base_name, with_words
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.sanitise import without_controls
from webapp.banks.formats.table import read_table
from webapp.banks.formats.text import SPACES, read_lines
from webapp.banks.formats.text_marks import Line, bracketed_number_at, heading_at, number_at
from webapp.banks.formats.word_numbers import Numbers, child, local, value
from webapp.banks.formats.xml import parse_xml
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import BLANK, Question, map_key, map_public, media_token
from webapp.core.problems import WARNING, Problem, shorten
from webapp.core.words import N_, Message

_LABELLED = re.compile(r"[(（]?[A-ZＡ-Ｚ][)）]?\s*[.．、:：)）]")
_SYMBOLS = {"F0FC": "√", "F050": "√", "F052": "√", "F0FE": "√", "F0FB": "×", "F04F": "×", "F0FD": "×"}
_PASSED = frozenset(
    {"del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "delText", "tblPr", "trPr", "tcPr"}
)
_SHOWN = frozenset({"blip", "imagedata"})
_STEM, _ANSWER = re.compile("题干|题目|试题"), re.compile("答案|标答")


def read_docx(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of a document. row: the number of the paragraph; a table's row counts as one.

    Raise FileRefused when the file is damaged or no paragraph is a question."""
    document = _Document(content, file)
    lines = list(document.lines())
    result = read_lines(lines, file, options)
    result.files |= document.files
    result.skipped += document.skipped
    result.problems += document.problems
    if document.tables:
        _add_tables(document.tables, file, options, result)
    # Only now: no word about a picture is read as part of a question.
    result.questions = [_with_words(question, document.words) for question in result.questions]
    if not result.rows:
        raise refused(
            "no-questions",
            file,
            N_("No numbered question was found in this document."),
            N_("Number the questions 1. 2. 3., write options as A. B. C. and the answer as 答案：A."),
        )
    return result


def _with_words(question: Question, words: Mapping[str, str]) -> Question:
    def told(text: str) -> str:
        return with_words(text, words)

    return replace(
        question,
        public=map_public(question.public, told),
        secret=map_key(question.secret, question.public, told),
    )


def _add_tables(
    tables: Sequence[tuple[str, Sheet]], file: str, options: ReadOptions, result: FormatResult
) -> None:
    """The questions of tables, which are checked as they are read; then those of the text are too."""
    result.problems += [problem for question in result.questions for problem in check_question(question)]
    result.is_checked = True
    for title, sheet in tables:
        found = read_table(sheet, file, options)
        if found is None:
            why = Message(N_("The sheet has no heading row with a question and an answer column."))
            result.skipped.append(Skipped(title, why))
            continue
        result.questions += [replace(question, sheet=file) for question in found.questions]
        result.problems += [replace(problem, file=file, sheet=file) for problem in found.problems]
        result.rows += found.rows
        result.skipped += [
            Skipped(title, Message(N_("The column “%(title)s” is not read."), {"title": name}))
            for name in found.columns.unread
        ]
        result.skipped += [Skipped(title, words) for words in found.asides]
    result.literal = set(range(len(result.questions)))


class _Document:
    """The parts of a document that questions need."""

    def __init__(self, content: bytes, file: str) -> None:
        self.file, self.archive = file, open_zip(content, file)
        self.names = set(self.archive.namelist())
        root = self._part("word/document.xml")
        if root is None:
            raise refused("damaged", file, N_("The document has no text part."))
        self.root = root
        self.numbers = Numbers(self._part("word/numbering.xml"), self._part("word/styles.xml"))
        relations = self._part("word/_rels/document.xml.rels")
        self.targets = {
            value(one, "Id"): value(one, "Target") for one in (relations if relations is not None else ())
        }
        self.files: dict[str, bytes] = {}
        self.words: dict[str, str] = {}
        self.skipped: list[Skipped] = []
        self.problems: list[Problem] = []
        self.row = 0
        self.has_formula = False
        self.heading = ""
        self.tables: list[tuple[str, Sheet]] = []

    def _part(self, name: str) -> etree._Element | None:
        return parse_xml(member(self.archive, name, self.file), self.file) if name in self.names else None

    def lines(self) -> Iterator[Line]:
        """The paragraphs as lines; a line break inside one begins another line of the same number."""
        for block in _blocks(child(self.root, "body")):
            if local(block) == "p":
                self.row += 1
                yield from self._paragraph(block)
            else:
                yield from self._table(block)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Line]:
        text = self._text(paragraph)
        label = self.numbers.label(paragraph) if text else ""
        if label and not (
            number_at(text)
            or bracketed_number_at(text)
            or _LABELLED.match(text)
            or heading_at(text.split("\n")[0])
        ):
            text = f"{label} {text}"
        elif label and heading_at(text.split("\n")[0]) and heading_at(f"{label}{text}".split("\n")[0]):
            text = f"{label}{text}"
        if self.has_formula:
            self.has_formula = False
            reason = Message(N_("A formula was read as plain text: check it."))
            self.problems.append(
                Problem("formula", reason, WARNING, self.file, self.file, self.row, value=shorten(text))
            )
        if text and heading_at(text) is not None:
            self.heading = text
        for line in text.split("\n") if text else [""]:
            yield Line(self.row, line.strip(SPACES))

    def _text(self, element: etree._Element) -> str:
        """The text of a paragraph, without what is deleted or hidden, with tokens for its pictures."""
        found: list[str] = []
        waiting = list(reversed(element))
        while waiting:
            one = waiting.pop()
            name = local(one)
            if name == "r":
                found.append(self._run(one))
            elif name in {"oMath", "oMathPara"}:
                self.has_formula = True
                found.append("".join(part.text or "" for part in one.iter() if local(part) == "t"))
            elif name not in _PASSED:
                waiting += reversed(one)
        return without_controls("".join(found)).strip(f"{SPACES}\n")

    def _run(self, run: etree._Element) -> str:
        properties = child(run, "rPr")
        if _is_on(child(properties, "vanish")):
            return ""
        text = "".join(self._piece(one) for one in run)
        line = value(child(properties, "u"))
        if line not in {"", "none"} and len(text) > 1 and not text.strip(f"{SPACES}_"):
            return BLANK
        position = value(child(properties, "vertAlign"))
        tag = {"superscript": "sup", "subscript": "sub"}.get(position)
        return f"<{tag}>{text}</{tag}>" if tag and text.strip() and "[[media:" not in text else text

    def _piece(self, element: etree._Element) -> str:
        match local(element):
            case "t":
                return element.text or ""
            case "tab":
                return "\t"
            case "br" | "cr":
                return "\n"
            case "noBreakHyphen":
                return "-"
            case "sym":
                return _SYMBOLS.get(value(element, "char").upper(), "")
            case "drawing" | "pict" | "object" | "AlternateContent":
                return self._drawing(element)
        return ""

    def _drawing(self, element: etree._Element) -> str:
        """Tokens for the pictures of a drawing and the text of its boxes; what it says of them is kept."""
        found: list[str] = []
        words = ""
        waiting = [element]
        while waiting:
            one = waiting.pop()
            name = local(one)
            if name in {"docPr", "shape"}:
                words = value(one, "descr") or value(one, "alt")
            if name in _SHOWN:
                found.append(
                    self._token(value(one, "embed") or value(one, "id") or value(one, "link"), words)
                )
            elif name == "t":
                found.append(one.text or "")
            if name not in _PASSED:
                waiting += reversed(one)
        return "".join(found)

    def _token(self, relation: str, words: str) -> str:
        target = self.targets.get(relation, "")
        name = base_name(target)
        if not name:
            return ""
        path = target.lstrip("/") if target.startswith("/") else f"word/{target}"
        if name not in self.files and path in self.names:
            self.files[name] = member(self.archive, path, self.file)
        self.words.setdefault(name, words)
        return media_token(name)

    def _table(self, table: etree._Element) -> Iterator[Line]:
        """A table in a question: a line for each row. A table of questions is kept as a sheet."""
        for number, row in enumerate(one for one in table if local(one) == "tr"):
            self.row += 1
            cells = [
                [text for part in cell.iter() if local(part) == "p" and (text := self._text(part))]
                for cell in row
                if local(cell) == "tc"
            ]
            joined = "\t".join(" ".join(cell) for cell in cells)
            if number == 0 and _STEM.search(joined) and _ANSWER.search(joined) and len(cells) > 1:
                self._keep(table, shorten(joined))
                return
            if any(len(cell) > 1 for cell in cells):
                for cell in cells:
                    for text in cell:
                        for line in text.split("\n"):
                            yield Line(self.row, line.strip(SPACES))
            else:
                yield Line(self.row, joined.replace("\n", " ").strip(SPACES))

    def _keep(self, table: etree._Element, title: str) -> None:
        """A table of questions as a sheet; its first row was counted already."""
        rows, above = [], list[Cell]()
        for row in (one for one in table if local(one) == "tr"):
            cells: list[Cell] = []
            for cell in (one for one in row if local(one) == "tc"):
                properties = child(cell, "tcPr")
                merged = child(properties, "vMerge")
                parts = [text for part in cell.iter() if local(part) == "p" and (text := self._text(part))]
                if merged is not None and value(merged) != "restart" and len(cells) < len(above):
                    cells.append(Cell(above[len(cells)].text, is_merged=True))
                else:
                    cells.append(text_cell(clean("\n".join(parts))))
                width = value(child(properties, "gridSpan"))
                cells += [Cell()] * (min(int(width), 30) - 1 if width.isdigit() else 0)
            rows.append(tuple(cells))
            above = cells
        numbers = tuple(range(self.row, self.row + len(rows)))
        self.tables.append((title, Sheet(self.heading, tuple(rows), row_numbers=numbers)))
        self.row = numbers[-1]


def _blocks(body: etree._Element | None) -> Iterator[etree._Element]:
    """Paragraphs and tables in order, those of content controls too."""
    waiting = list(reversed(body)) if body is not None else []
    while waiting:
        one = waiting.pop()
        name = local(one)
        if name in {"p", "tbl"}:
            yield one
        elif name in {"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"}:
            waiting += reversed(one)


def _is_on(element: etree._Element | None) -> bool:
    return element is not None and value(element) not in {"0", "false", "off"}
