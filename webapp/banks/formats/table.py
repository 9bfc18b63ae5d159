"""Rows of a question table → questions and problems. One heading row, one question a row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from webapp.banks.formats import notation
from webapp.banks.formats.cells import Cell, Sheet, column_name
from webapp.banks.formats.headings import Columns, find_columns
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import Blank, Difficulty, PublicQuestion, Question, QuestionKey, QuestionType
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

EXAMPLE_MARK = "示例"
"""Our own template marks its example rows so; they are never imported."""

COLUMN_OF = {
    "no-stem": "stem",
    "no-blank": "stem",
    "very-long": "stem",
    "duplicate": "stem",
    "contradiction": "stem",
    "stem-again": "stem",
    "in-bank": "stem",
    "no-answer": "answer",
    "answer-beyond-options": "answer",
    "single-with-several": "answer",
    "multiple-with-one": "answer",
    "all-right": "answer",
    "blanks-differ": "answer",
    "too-few-options": "options",
    "empty-option": "options",
    "same-options": "options",
}


@dataclass
class TableResult:
    """What a sheet brought. blank_rows: rows with nothing in them, skipped."""

    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class Row:
    """One data row, read by meaning."""

    def __init__(self, sheet: Sheet, index: int, columns: Columns, file: str) -> None:
        self.cells = sheet.rows[index]
        self.number = sheet.number(index)
        self.sheet, self.columns, self.file = sheet, columns, file
        self.problems: list[Problem] = []

    def cell(self, index: int) -> Cell:
        return self.cells[index] if index < len(self.cells) else Cell()

    def text(self, meaning: str) -> str:
        index = self.columns.at.get(meaning)
        return "" if index is None else self.cell(index).text

    def report(
        self, code: str, meaning: str, reason: Message, severity: str = ERROR, hint: Message | None = None
    ) -> None:
        index = self.columns.at.get(meaning)
        if index is None and meaning == "options" and self.columns.options:
            index = self.columns.options[0]
        self.problems.append(
            Problem(
                code,
                reason,
                severity,
                self.file,
                self.sheet.name,
                self.number,
                self.columns.title(index) if index is not None else "",
                shorten(self.cell(index).text) if index is not None else "",
                hint,
            )
        )


def read_table(sheet: Sheet, file: str, mapping: Mapping[str, str] | None = None) -> TableResult | None:
    """The questions of a sheet, or None when it has no heading row (a sheet of notes)."""
    columns = find_columns(sheet.rows, mapping)
    if columns is None:
        return None
    result = TableResult()
    sheet_type = notation.type_in(sheet.name)
    if "type" not in columns.at and sheet_type is None:
        reason = Message(N_("The table has no column for the type: it was told from each answer."))
        result.problems.append(
            Problem("no-type-column", reason, WARNING, file, sheet.name, sheet.number(columns.row))
        )
    carried = ""
    for index in range(columns.row + 1, len(sheet.rows)):
        row = Row(sheet, index, columns, file)
        if not any(cell.text for cell in row.cells):
            continue
        if row.text("external_id").startswith(EXAMPLE_MARK) or row.text("number").startswith(EXAMPLE_MARK):
            continue
        carried = row.text("category") or carried
        question = _read_row(row, sheet_type)
        if question is not None:
            row.problems += [_placed(found, row) for found in check_question(question)]
            result.questions.append(question)
        result.problems += row.problems
    return result


def _placed(found: Problem, row: Row) -> Problem:
    """A problem of the question itself, with the file, row and column it came from."""
    meaning = COLUMN_OF.get(found.code, "stem")
    where = row.columns.where(meaning)
    if not where and meaning == "options" and row.columns.options:
        where = row.columns.title(row.columns.options[0])
    value = found.value or shorten(row.text(meaning))
    return replace(found, file=row.file, sheet=row.sheet.name, row=row.number, column=where, value=value)


def _read_row(row: Row, sheet_type: QuestionType | None) -> Question | None:
    """The question of a row; None when not even its type can be told (a problem says why)."""
    _warn_about_dates(row)
    stem = notation.with_blanks(notation.strip_number(row.text("stem")))
    options = list(_options(row))
    kind = _type(row, sheet_type, options, stem.blanks)
    if kind is None:
        return None
    public, key = _by_type(row, kind, stem, options)
    explanation = row.text("explanation")
    return Question(
        key="",
        public=replace(public, picture=row.text("picture") if not _is_flag(row.text("picture")) else ""),
        secret=replace(key, explanation="" if explanation in notation.NO_EXPLANATION else explanation),
        topic=row.text("topic") or row.text("category"),
        difficulty=_difficulty(row),
        source=row.text("source"),
        tags=tuple(part.strip() for part in row.text("tags").replace("，", ",").split(",") if part.strip()),
        external_id=row.text("external_id"),
        sheet=row.sheet.name,
        row=row.number,
        mark=_mark(row),
    )


def _is_flag(text: str) -> bool:
    return notation.fold(text) in {"是", "否", "有", "无", "true", "false", "0", "1"}


def _warn_about_dates(row: Row) -> None:
    for index, cell in enumerate(row.cells):
        if cell.is_date:
            row.problems.append(
                Problem(
                    "date-cell",
                    Message(
                        N_("The workbook holds a date here; it is read as “%(shown)s”."), {"shown": cell.text}
                    ),
                    WARNING,
                    row.file,
                    row.sheet.name,
                    row.number,
                    row.columns.title(index),
                    cell.text,
                    Message(
                        N_("If a range such as 3-4 was meant, format the cell as text and type it again.")
                    ),
                )
            )


def _options(row: Row) -> Iterator[str]:
    """Options of their own columns, else of one cell; trailing empty ones dropped."""
    if row.columns.options:
        texts = [row.cell(index).text for index in row.columns.options]
        while texts and not texts[-1]:
            texts.pop()
        yield from notation.strip_labels(texts)
    elif row.text("options"):
        letters = notation.letters_of(row.text("answer"), ()) or ""
        needed = max((ord(letter) - 64 for letter in letters), default=2)
        yield from notation.split_options(row.text("options"), needed)


def _type(row: Row, sheet_type: QuestionType | None, options: list[str], blanks: int) -> QuestionType | None:
    named = row.text("type")
    if named:
        kind = notation.type_of(named)
        if kind is not None:
            return _contradicted(row, kind, options)
        other = notation.unsupported_type(named)
        if other:
            reason = Message(N_("Questions of the type “%(type)s” cannot be held yet."), {"type": named})
            row.report("unsupported-type", "type", reason)
        else:
            reason = Message(N_("The type “%(type)s” is not known."), {"type": named})
            row.report(
                "unknown-type", "type", reason, hint=Message(N_("Use 单选题, 多选题, 判断题 or 填空题."))
            )
        return None
    if sheet_type is not None:
        return sheet_type
    if "type" in row.columns.at:
        row.report(
            "no-type",
            "type",
            Message(N_("The row has no type.")),
            hint=Message(N_("Use 单选题, 多选题, 判断题 or 填空题.")),
        )
        return None
    return _inferred(row, options, blanks)


def _inferred(row: Row, options: list[str], blanks: int) -> QuestionType:
    answer = row.text("answer")
    if not options and notation.truth_of(answer) is not None and not blanks:
        return QuestionType.TRUE_FALSE
    if not options:
        return QuestionType.FILL
    if (
        len(options) == 2
        and notation.truth_of(options[0]) is not None
        and notation.truth_of(options[1]) is not None
    ):
        return QuestionType.TRUE_FALSE
    letters = notation.letters_of(answer, options)
    return QuestionType.MULTIPLE if letters and len(letters) > 1 else QuestionType.SINGLE


def _contradicted(row: Row, kind: QuestionType, options: list[str]) -> QuestionType:
    """A 'choice' type without any option is a house name for a fill-in or true/false question."""
    if (
        kind == QuestionType.SINGLE
        and not options
        and not row.columns.options
        and "options" not in row.columns.at
    ):
        truth = notation.truth_of(row.text("answer"))
        other = QuestionType.TRUE_FALSE if truth is not None else QuestionType.FILL
        reason = Message(N_("The type says choice, but the table has no options: read as another type."))
        row.report("type-contradicts", "type", reason, WARNING)
        return other
    return kind


def _by_type(
    row: Row, kind: QuestionType, stem: notation.Stem, options: list[str]
) -> tuple[PublicQuestion, QuestionKey]:
    answer = row.text("answer")
    if kind == QuestionType.FILL:
        return _fill(row, stem, answer)
    original = notation.strip_number(row.text("stem"))
    if kind == QuestionType.TRUE_FALSE:
        truth = notation.truth_of(answer, options)
        if truth is None and answer:
            row.report(
                "answer-unreadable",
                "answer",
                Message(N_("This answer to a true/false question cannot be read.")),
                hint=Message(N_("Write 正确 or 错误, 对 or 错, √ or ×.")),
            )
        return PublicQuestion(kind, _without_empty_bracket(original)), QuestionKey(truth=truth)
    letters = "" if answer in notation.NO_ANSWER or not answer else notation.letters_of(answer, options)
    if letters is None:
        row.report(
            "answer-unreadable",
            "answer",
            Message(N_("This answer cannot be read as letters of the options.")),
            hint=Message(N_("Write the letters, for example ACD.")),
        )
        letters = ""
    return PublicQuestion(kind, original, tuple(options)), QuestionKey(letters=letters)


def _without_empty_bracket(stem: str) -> str:
    return stem.replace("（ ）", "").replace("（）", "").replace("()", "").replace("( )", "").strip()


def _fill(row: Row, stem: notation.Stem, answer: str) -> tuple[PublicQuestion, QuestionKey]:
    if row.columns.blanks:
        per_blank = [row.cell(index).text for index in row.columns.blanks]
        while per_blank and not per_blank[-1]:
            per_blank.pop()
        accepted: list[list[str]] | None = [
            [part.strip() for part in text.split(";") if part.strip()] for text in per_blank
        ]
    else:
        accepted = notation.split_blanks(answer, stem.blanks) if stem.blanks else [[answer]] if answer else []
    if accepted is None:
        if answer:
            reason = Message(
                N_("The answer cannot be divided into %(blanks)s blanks."), {"blanks": stem.blanks}
            )
            hint = Message(N_("Separate the blanks with | and alternatives with ;"))
            row.report("blanks-differ", "answer", reason, hint=hint)
        accepted = []
    public = PublicQuestion(QuestionType.FILL, stem.text, blanks=stem.blanks)
    return public, QuestionKey(blanks=tuple(Blank(tuple(item)) for item in accepted))


def _difficulty(row: Row) -> Difficulty:
    text = row.text("difficulty")
    if not text:
        return Difficulty.MEDIUM
    found = notation.difficulty_of(text)
    if found is None:
        row.report(
            "difficulty",
            "difficulty",
            Message(N_("This difficulty is not known: medium is assumed.")),
            WARNING,
        )
    return found or Difficulty.MEDIUM


def _mark(row: Row) -> Decimal | None:
    text = row.text("mark").removesuffix("分").strip()
    if not text:
        return None
    try:
        mark = Decimal(text)
    except InvalidOperation:
        mark = Decimal(0)
    if not mark.is_finite() or mark <= 0:
        row.report("mark", "mark", Message(N_("The mark must be a number above 0.")))
        return None
    return mark


__all__ = ["EXAMPLE_MARK", "TableResult", "column_name", "read_table"]
