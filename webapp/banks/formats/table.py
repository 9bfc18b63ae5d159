"""Rows of a question table → questions and problems. One heading row, one question a row."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from webapp.banks.formats import notation
from webapp.banks.formats.fill import fill_question
from webapp.banks.formats.grid import Cell, Sheet
from webapp.banks.formats.headings import Columns, find_columns
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.row import Row
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import Difficulty, PublicQuestion, Question, QuestionKey, QuestionType
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

EXAMPLE_MARK = "示例"
"""Our own template marks its example rows so; they are never imported."""

COLUMN_OF = {
    "no-stem": "stem", "no-answer": "answer", "answer-beyond-options": "answer",
    "single-with-several": "answer", "multiple-with-one": "answer", "all-right": "answer",
    "blanks-differ": "answer", "no-blank": "stem", "too-few-options": "options", "empty-option": "options",
    "same-options": "options", "very-long": "stem", "duplicate": "stem", "contradiction": "stem",
    "stem-again": "stem", "in-bank": "stem", "key-twice": "external_id", "key-too-long": "external_id",
}  # fmt: skip

NOTES = {
    "date": (
        "date-cell",
        WARNING,
        Message(N_("The workbook holds a date here; it is read as it is shown.")),
        Message(N_("If a range such as 3-4 was meant, format the cell as text and type it again.")),
    ),
    "long-number": (
        "long-number",
        WARNING,
        Message(N_("This long number may have lost its last digits in the workbook.")),
        Message(N_("Format the cell as text and type the number again.")),
    ),
    "formula": (
        "formula",
        WARNING,
        Message(N_("The cell holds a formula; the result that was saved with the file is read.")),
        None,
    ),
    "lost-sign": (
        "lost-sign",
        ERROR,
        Message(N_("A character was lost before this file came here: another program put � in its place.")),
        Message(N_("Type it again and upload the saved file.")),
    ),
    "formula-empty": (
        "formula-empty",
        ERROR,
        Message(N_("The cell holds a formula without a saved result.")),
        Message(N_("Copy the column and paste it as values.")),
    ),
}


@dataclass
class TableResult:
    """What a sheet brought. rows: rows meant as questions, good or bad. pictures: those that lie on cells,
    under the names that the questions use."""

    columns: Columns
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)


def read_table(sheet: Sheet, file: str, options: ReadOptions | None = None) -> TableResult | None:
    """The questions of a sheet, or None when it has no heading row (a sheet of notes)."""
    options = options or ReadOptions()
    columns = find_columns(sheet.rows, options.columns)
    if columns is None:
        return None
    result = TableResult(columns)
    sheet_type = notation.type_in(sheet.name)
    _note_assumptions(sheet, file, columns, sheet_type, result)
    is_numbered = not columns.is_own_template and notation.is_numbered(
        [
            row[columns.at["stem"]].text
            for row in sheet.rows[columns.row + 1 :]
            if len(row) > columns.at["stem"]
        ]
    )
    pictures = {row: data for (row, _column), data in sorted(sheet.pictures.items(), reverse=True)}
    for index in range(columns.row + 1, len(sheet.rows)):
        row = Row(sheet, index, columns, file, options, is_numbered)
        if row.is_blank or row.starts_with(EXAMPLE_MARK):
            continue
        result.rows += 1
        _warn_about_cells(row)
        question = _read_row(row, sheet_type)
        if question is not None:
            if not question.public.picture and row.number in pictures:
                name = f"{sheet.name}!{row.number}"
                result.pictures[name] = pictures[row.number]
                question = replace(question, public=replace(question.public, picture=name))
            # One mistake, one line: an answer that could not be read is not also said to be missing.
            unread = {problem.column for problem in row.problems if problem.is_error}
            checked = [placed(found, row.columns, file, row) for found in check_question(question)]
            row.problems += [
                found for found in checked if found.code != "no-answer" or found.column not in unread
            ]
            result.questions.append(question)
        result.problems += row.problems
    return result


def _note_assumptions(
    sheet: Sheet, file: str, columns: Columns, sheet_type: QuestionType | None, result: TableResult
) -> None:
    row = sheet.number(columns.row)
    if "type" not in columns.at and sheet_type is None:
        reason = Message(N_("The table has no column for the type: it was told from each answer."))
        result.problems.append(Problem("no-type-column", reason, WARNING, file, sheet.name, row))
    for meaning in columns.assumed:
        reason = (
            Message(N_("No heading names the answers: this column was taken for them."))
            if meaning == "answer"
            else Message(N_("No heading names the questions: this column was taken for them."))
        )
        result.problems.append(
            Problem(
                "column-assumed", reason, WARNING, file, sheet.name, row, columns.where(meaning),
                hint=Message(N_("If that is wrong, say which column is which.")),
            )
        )  # fmt: skip


def placed(found: Problem, columns: Columns, file: str, row: Row | None = None) -> Problem:
    """A problem of the question itself, with the file and column it came from."""
    meaning = COLUMN_OF.get(found.code, "stem")
    value = found.value or (shorten(row.text(meaning)) if row else "")
    sheet, number = (row.sheet.name, row.number) if row else (found.sheet, found.row)
    return replace(found, file=file, sheet=sheet, row=number, column=columns.where(meaning), value=value)


def _warn_about_cells(row: Row) -> None:
    for index, cell in enumerate(row.cells):
        if not cell.note or not row.columns.title(index)[1:].strip():
            continue
        code, severity, reason, hint = NOTES[cell.note]
        row.problems.append(
            Problem(
                code, reason, severity, row.file, row.sheet.name, row.number, row.columns.title(index),
                shorten(cell.text), hint,
            )
        )  # fmt: skip


def _read_row(row: Row, sheet_type: QuestionType | None) -> Question | None:
    """The question of a row; None when not even its type can be told (a problem says why)."""
    options = list(_options(row))
    kind = _type(row, sheet_type, options)
    if kind is None:
        return None
    public, key = _by_type(row, kind, options)
    explanation = row.text("explanation")
    if not row.columns.is_own_template and explanation in notation.NO_EXPLANATION:
        explanation = ""
    return Question(
        key="",
        public=replace(public, picture=_picture(row)),
        secret=replace(key, explanation=explanation),
        topic=row.text("topic") or row.text("category"),
        difficulty=_difficulty(row),
        source=row.text("source"),
        tags=tuple(notation.tags_of(row.text("tags"))),
        external_id=row.text("external_id"),
        sheet=row.sheet.name,
        row=row.number,
        mark=_mark(row),
    )


def _picture(row: Row) -> str:
    named = [
        text
        for index in row.columns.pictures
        if (text := row.cell(index).text) and notation.fold(text) not in notation.FLAGS
    ]
    if len(named) > 1:
        row.report_at(
            row.columns.pictures[1],
            "several-pictures",
            Message(N_("A question has one picture; only %(name)s is used."), {"name": named[0]}),
            WARNING,
            Message(N_("Put the pictures together into one file.")),
        )
    return named[0] if named else ""


def _options(row: Row) -> Iterator[str]:
    """Options of their own columns, else of one cell; trailing empty ones dropped."""
    if row.columns.options:
        texts = [row.cell(index).text for index in row.columns.options]
        while texts and not texts[-1]:
            texts.pop()
        yield from texts if row.columns.is_own_template else notation.strip_labels(texts)
    elif row.text("options"):
        letters = notation.letters_of(row.text("answer"), ()) or ""
        needed = max((ord(letter) - 64 for letter in letters), default=2)
        yield from notation.split_options(row.text("options"), needed)


def _type(row: Row, sheet_type: QuestionType | None, options: list[str]) -> QuestionType | None:
    named = row.text("type")
    if named:
        kind = row.options.type_of(named) or notation.type_of(named)
        if kind is not None:
            return _contradicted(row, kind, options)
        if notation.unsupported_type(named):
            reason = Message(N_("Questions of the type “%(type)s” cannot be held yet."), {"type": named})
            row.report("unsupported-type", "type", reason)
        else:
            reason = Message(N_("The type “%(type)s” is not known."), {"type": named})
            hint = Message(N_("Use 单选题, 多选题, 判断题 or 填空题."))
            row.report("unknown-type", "type", reason, hint=hint)
        return None
    if sheet_type is not None:
        return sheet_type
    if "type" in row.columns.at:
        hint = Message(N_("Use 单选题, 多选题, 判断题 or 填空题."))
        row.report("no-type", "type", Message(N_("The row has no type.")), hint=hint)
        return None
    return _inferred(row, options)


def _inferred(row: Row, options: list[str]) -> QuestionType:
    answer = row.text("answer")
    blanks = notation.with_blanks(row.stem).blanks
    if not options and notation.truth_of(answer) is not None and not blanks:
        return QuestionType.TRUE_FALSE
    if not options:
        return QuestionType.FILL
    if len(options) == 2 and all(notation.truth_of(option) is not None for option in options):
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


def _by_type(row: Row, kind: QuestionType, options: list[str]) -> tuple[PublicQuestion, QuestionKey]:
    if kind == QuestionType.FILL:
        return fill_question(row)
    if kind == QuestionType.TRUE_FALSE:
        return _true_false(row, options)
    answer = row.text("answer")
    letters = "" if answer in notation.NO_ANSWER or not answer else notation.letters_of(answer, options)
    if letters is None:
        row.report(
            "answer-unreadable",
            "answer",
            Message(N_("This answer cannot be read as letters of the options.")),
            hint=Message(N_("Write the letters, for example ACD.")),
        )
        letters = ""
    return PublicQuestion(kind, row.stem, tuple(options)), QuestionKey(letters=letters)


def _true_false(row: Row, options: list[str]) -> tuple[PublicQuestion, QuestionKey]:
    stem, answer = row.stem, row.text("answer")
    if not row.columns.is_own_template:
        if not answer:
            stem, answer = notation.answer_in_stem(stem)
        stem = notation.without_empty_bracket(stem)
    truth = notation.truth_of(answer, options)
    if truth is None and answer:
        row.report(
            "answer-unreadable",
            "answer",
            Message(N_("This answer to a true/false question cannot be read.")),
            hint=Message(N_("Write 正确 or 错误, 对 or 错, √ or ×.")),
        )
    return PublicQuestion(QuestionType.TRUE_FALSE, stem), QuestionKey(truth=truth)


def _difficulty(row: Row) -> Difficulty:
    text = row.text("difficulty")
    found = notation.difficulty_of(text) if text else Difficulty.MEDIUM
    if found is None:
        reason = Message(N_("This difficulty is not known: medium is assumed."))
        row.report("difficulty", "difficulty", reason, WARNING)
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


__all__ = ["EXAMPLE_MARK", "Cell", "TableResult", "placed", "read_table"]
