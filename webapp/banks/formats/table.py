"""Rows of a question table → questions and problems. One heading row, one question a row."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from webapp.banks.formats import notation
from webapp.banks.formats.asides import Asides, Section, section_above
from webapp.banks.formats.drawings import Anchored
from webapp.banks.formats.grid import Cell, Sheet
from webapp.banks.formats.headings import Columns, columns_of, find_columns, heads_again
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.question_row import read_row
from webapp.banks.formats.row import Further, Row
from webapp.banks.formats.shape import Unsure
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import CHOICES, Question, QuestionType, part_of, tidy_words
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

EXAMPLE_MARK = "示例"
"""Our own template marks its example rows so; they are never imported."""

COLUMN_OF = {
    "no-stem": "stem", "no-answer": "answer", "answer-beyond-options": "answer",
    "single-with-several": "answer", "multiple-with-one": "answer", "all-right": "answer",
    "blanks-differ": "answer", "no-blank": "stem", "too-few-options": "options", "empty-option": "options",
    "same-options": "options", "very-long": "stem", "duplicate": "stem", "contradiction": "stem",
    "answer-incomplete": "answer", "empty-range": "answer", "too-many-options": "options",
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
    under the names that the questions use. skipped: rows that say themselves that they do not count.
    asides: rows that are no questions, in words.
    used: further accepted answers that found their blank. section: what the last rows said of those below.
    left_out: rows of types that the person left out."""

    columns: Columns
    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)
    skipped: list[int] = field(default_factory=list)
    asides: list[Message] = field(default_factory=list)
    used: set[tuple[str, int]] = field(default_factory=set)
    left_out: Counter[str] = field(default_factory=Counter)
    section: Section = field(default_factory=Section)

    def add(self, other: "TableResult") -> None:
        """Take what a further table of the same sheet brought."""
        self.questions += other.questions
        self.problems += other.problems
        self.rows += other.rows
        self.pictures |= other.pictures
        self.skipped += other.skipped
        self.asides += other.asides
        self.used |= other.used
        self.left_out += other.left_out
        self.section = other.section


def read_table(
    sheet: Sheet, file: str, options: ReadOptions | None = None, further: Further | None = None
) -> TableResult | None:
    """The questions of a sheet, or None when it has no heading row (a sheet of notes).

    further: accepted answers of a second workbook, by number of the question and of the blank."""
    options = options or ReadOptions()
    columns = find_columns(sheet.rows, options.columns, bool(_sheet_type(sheet, file)), options.ignored)
    if columns is None:
        return None
    again = [
        index
        for index in range(columns.row + 1, len(sheet.rows))
        if not columns.is_own_template
        and heads_again([cell.text for cell in sheet.rows[index]], columns.titles)
    ]
    stops = [*again, len(sheet.rows)]
    above = section_above([cell.text for cell in sheet.rows[columns.row - 1]] if columns.row else [])
    result = read_rows(_part(sheet, 0, stops[0]), columns, file, options, further or {}, above)
    for start, stop in zip(again, stops[1:], strict=True):
        part = _part(sheet, start, stop)
        below = columns_of(0, [cell.text for cell in part.rows[0]], options.columns, options.ignored)
        result.add(read_rows(part, below, file, options, further or {}, result.section))
    return result


def _part(sheet: Sheet, start: int, stop: int) -> Sheet:
    """Some rows of a sheet; they keep their numbers."""
    if (start, stop) == (0, len(sheet.rows)):
        return sheet
    numbers = tuple(sheet.number(index) for index in range(start, stop))
    return replace(sheet, rows=sheet.rows[start:stop], row_numbers=numbers)


def _sheet_type(sheet: Sheet, file: str) -> str:
    """The type that the title of a sheet or of its file names, '' for none."""
    title = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return next((found for text in (sheet.name, title) if (found := notation.type_in(text))), "")


def read_rows(
    sheet: Sheet,
    columns: Columns,
    file: str,
    options: ReadOptions,
    further: Further,
    section: Section | None = None,
) -> TableResult:
    """The questions below a heading row whose columns are known. section: what stands above that row."""
    result = TableResult(columns, section=section or Section())
    sheet_type = _sheet_type(sheet, file)
    rows = list(_rows(sheet, columns, file, options, result))
    _note_assumptions(sheet, file, columns, sheet_type or all(row.section_type for row in rows), result)
    _count_from(rows, result, options)
    for row in rows:
        row.further = further
        if row.number in sheet.hidden:
            reason = Message(N_("This row is hidden in the workbook; it is read all the same."))
            row.report_at(None, "hidden-row", reason, WARNING)
    reader = _Reader(sheet_type, result)
    members: dict[str, list[Row]] = {}
    for row in rows:
        if row.text("passage"):
            members.setdefault(row.text("passage"), []).append(row)
    for row in rows:
        options.progress.add(1 + len(row.below))
        number = row.text("passage")
        if not number:
            result.rows += 1
            reader.add(row)
        elif number in members:
            reader.add_passage(number, members.pop(number))
    return result


def _rows(
    sheet: Sheet, columns: Columns, file: str, options: ReadOptions, result: TableResult
) -> Iterator[Row]:
    """The rows that are questions; those with one more option of the question above hang on it."""
    stem = columns.at["stem"]
    is_numbered = not columns.is_own_template and notation.is_numbered(
        [row[stem].text for row in sheet.rows[columns.row + 1 :] if len(row) > stem]
    )
    has_lines = "options" in columns.at and not columns.options
    above: Row | None = None
    asides = Asides(result.section)
    result.asides = asides.listed
    for index in range(columns.row + 1, len(sheet.rows)):
        row = Row(sheet, index, columns, file, options, is_numbered)
        if row.is_blank or row.starts_with(EXAMPLE_MARK) or asides.take(row):
            result.section = asides.section
            continue
        if "enabled" in columns.at and notation.fold(row.text("enabled")) in notation.FALSE_WORDS:
            result.skipped.append(row.number)
            continue
        if has_lines and above is not None and _is_option_line(row):
            above.below.append(row)
            continue
        above = row
        if options.skips(row.text("type")):
            result.left_out[row.text("type")] += 1
            options.shape.name_type(row.text("type"), "")
            continue
        section = asides.section
        row.section_type, row.section_topic, row.section_mark = section.type, section.topic, section.mark
        yield row


def _is_option_line(row: Row) -> bool:
    """Whether a row only brings one more option: its question stands above."""
    others = ("stem", "type") if "right" in row.columns.at else ("stem", "type", "answer")
    return bool(row.text("options")) and all(row.is_above(meaning) for meaning in others)


def _count_from(rows: Sequence[Row], result: TableResult, options: ReadOptions) -> None:
    """Where all choices of a sheet are answered by a number, say what the numbers count from."""
    if result.columns.is_own_template or not (result.columns.options or "options" in result.columns.at):
        return
    answers = []
    for row in rows:
        kind = notation.type_of(row.text("type")) or QuestionType.SINGLE
        answer = notation.fold_width(row.text("answer"))
        if kind in CHOICES and answer:
            if not answer.isdigit() or answer in {row.cell(index).text for index in row.columns.options}:
                return
            answers.append(answer)
    if not answers:
        return
    options.shape.doubt(Unsure.FIRST_OPTION, answers[0])
    base = 0 if any("0" in answer for answer in answers) else 1
    base = base if options.first_option is None else options.first_option
    for row in rows:
        row.index_base, row.is_counted = base, True
    if options.first_option is not None:
        return
    first = rows[0]
    reason = Message(N_("The answers are numbers: the first option was taken as %(base)s."), {"base": base})
    result.problems.append(
        Problem(
            "numbered-answers", reason, WARNING, first.file, first.sheet.name,
            first.sheet.number(result.columns.row), result.columns.where("answer"),
        )
    )  # fmt: skip


class _Reader:
    """Rows → questions of a result, each with its problems."""

    def __init__(self, sheet_type: str, result: TableResult) -> None:
        self.sheet_type, self.result = sheet_type, result

    def add(self, row: Row) -> None:
        """A question of one row."""
        question = self._question(row)
        if question is not None:
            self.result.questions.append(question)
        self.result.problems += row.problems

    def add_passage(self, number: str, rows: Sequence[Row]) -> None:
        """The rows that share the number of a passage: one says it, the others ask about it. The question
        comes whole or not at all."""
        self.result.rows += 1
        heads = [row for row in rows if _says_passage(row)]
        parts = [row for row in rows if row not in heads]
        if len(heads) != 1:
            reason = (
                Message(N_("Two rows say the passage %(number)s."), {"number": shorten(number)})
                if heads
                else Message(N_("No row says the passage %(number)s."), {"number": shorten(number)})
            )
            hint = Message(
                N_("One row of the type 材料题 holds the text; the rows of its sub-questions follow.")
            )
            rows[0].report("passage-rows", "passage", reason, hint=hint)
            self.result.problems += rows[0].problems
            return
        head = heads[0]
        found = []
        for row in parts:
            row.is_part = True
            question = self._question(row)
            is_good = question is not None and not any(problem.is_error for problem in row.problems)
            found.append(question if is_good else None)
            self.result.problems += row.problems
        whole = self._question(head, is_passage=True)
        if not parts:
            head.report("no-parts", "passage", Message(N_("The passage has no sub-questions.")))
        self.result.problems += head.problems
        good = [part for part in found if part is not None]
        if whole is not None and len(good) == len(found):
            self.result.questions.append(_with_parts(whole, good))

    def _question(self, row: Row, is_passage: bool = False) -> Question | None:
        _warn_about_cells(row)
        question = read_row(row, "材料题" if is_passage else row.section_type or self.sheet_type, is_passage)
        if question is None:
            return None
        if not question.public.picture and row.number in self._pictures(row.sheet):
            name = f"{row.sheet.name}!{row.number}"
            found = self._pictures(row.sheet)[row.number]
            self.result.pictures[name] = found.content
            words = question.public.picture_alt or tidy_words(found.words)
            question = replace(question, public=replace(question.public, picture=name, picture_alt=words))
        # One mistake, one line: an answer that could not be read is not also said to be missing.
        unread = {problem.column for problem in row.problems if problem.is_error}
        checked = [placed(found, row.columns, row.file, row) for found in check_question(question)]
        row.problems += [
            found
            for found in checked
            if not (found.code == "no-answer" and found.column in unread)
            and not (is_passage and found.code == "no-parts")
        ]
        self.result.used |= set(row.further) & {
            (row.text("number"), blank) for blank in range(1, question.public.blanks + 1)
        }
        return question

    def _pictures(self, sheet: Sheet) -> dict[int, Anchored]:
        if not sheet.pictures:
            return {}
        return {row: data for (row, _column), data in sorted(sheet.pictures.items(), reverse=True)}


def _says_passage(row: Row) -> bool:
    named = row.text("type")
    kind = row.options.type_of(named) or notation.type_of(named)
    return kind == QuestionType.PASSAGE or named in notation.CASES


def _with_parts(whole: Question, parts: Sequence[Question]) -> Question:
    public = replace(whole.public, parts=tuple(part_of(part.public) for part in parts))
    weights = tuple(Decimal(1) if part.mark is None else part.mark for part in parts)
    secret = replace(whole.secret, parts=tuple(part.secret for part in parts), part_weights=weights)
    return replace(whole, public=public, secret=secret)


def _note_assumptions(
    sheet: Sheet, file: str, columns: Columns, is_typed: bool | str, result: TableResult
) -> None:
    row = sheet.number(columns.row)
    if "type" not in columns.at and not is_typed:
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


__all__ = ["EXAMPLE_MARK", "Cell", "TableResult", "placed", "read_table"]
