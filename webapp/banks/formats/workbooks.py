"""Workbooks and text tables of an upload: their sheets, and a second workbook of accepted answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.cells import read_sheets
from webapp.banks.formats.extra_answers import ExtraAnswers, read_extra
from webapp.banks.formats.grid import Sheet
from webapp.banks.formats.headings import Columns, columns_of, find_columns, meanings_of
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.progress import Step
from webapp.banks.formats.reading import Reading
from webapp.banks.formats.result import Skipped
from webapp.banks.formats.row import Further
from webapp.banks.formats.shape import Unsure
from webapp.banks.formats.table import TableResult, read_table
from webapp.banks.formats.template import OWN_SHEETS, TOPICS_SHEET
from webapp.banks.rules.schema import TopicTitle
from webapp.core.problems import WARNING, Problem, shorten
from webapp.core.words import N_, Message


def read_workbooks(files: Mapping[str, bytes], options: ReadOptions, reading: Reading) -> None:
    """Workbooks and text tables; those with further accepted answers go to the questions of the others."""
    sheets: dict[str, list[Sheet]] = {}
    for path, content in files.items():
        try:
            sheets[path] = _first(
                read_sheets(content, path, progress=options.progress, first_rows=options.first_rows), options
            )
        except FileRefused as refusal:
            if len(files) == 1:
                raise
            reading.problems.append(refusal.problem)
    extras = {
        path: found
        for path, each in sheets.items()
        if (found := [entry for sheet in each for entry in read_extra(sheet) or ()])
    }
    if extras and len(extras) == len(sheets):
        missing = N_(
            "This workbook holds only further accepted answers; the workbook with the questions is missing."
        )
        hint = N_("Put both workbooks into one zip file.")
        raise refused("questions-missing", next(iter(extras)), missing, hint)
    further: dict[tuple[str, int], Sequence[str]] = {}
    for entry in (entry for found in extras.values() for entry in found):
        known = further.get((entry.number, entry.blank), ())
        further[entry.number, entry.blank] = (*known, *entry.texts)
    options.progress.begin(Step.CHECKING, sum(len(sheet.rows) for each in sheets.values() for sheet in each))
    used: set[tuple[str, int]] = set()
    for path in (path for path in sheets if path not in extras):
        try:
            used |= _read_workbook(sheets[path], path, options, reading, further)
        except FileRefused as refusal:
            if len(sheets) - len(extras) == 1:
                raise
            reading.skipped.append(Skipped(path, refusal.problem.reason))  # A list of pictures, say.
    if not reading.columns and sheets:
        raise no_table(next(iter(sheets)))
    for path, found in extras.items():
        reading.problems += [
            _unused(entry, path) for entry in found if (entry.number, entry.blank) not in used
        ]


def _first(sheets: list[Sheet], options: ReadOptions) -> list[Sheet]:
    """The sheets, or their beginnings when no more is wanted."""
    most = options.first_rows
    return [replace(sheet, rows=sheet.rows[:most]) for sheet in sheets] if most else sheets


def _unused(entry: ExtraAnswers, file: str) -> Problem:
    reason = Message(
        N_("No fill-in has the number %(number)s and a blank %(blank)s."),
        {"number": shorten(entry.number), "blank": entry.blank},
    )
    return Problem("answers-unused", reason, WARNING, file, row=entry.row, value=shorten(entry.number))


def _read_workbook(
    sheets: Sequence[Sheet], file: str, options: ReadOptions, reading: Reading, further: Further
) -> set[tuple[str, int]]:
    """Add what the sheets hold. Return the further answers that found their blank."""
    found = False
    used: set[tuple[str, int]] = set()
    for sheet in sheets:
        label = sheet.name or file
        if sheet.is_hidden:
            reading.skipped.append(Skipped(label, Message(N_("The sheet is hidden."))))
            continue
        if sheet.name == TOPICS_SHEET:
            reading.topics += _topics(sheet)
        if sheet.name in OWN_SHEETS or not sheet.rows:
            continue
        result = read_table(sheet, file, options, further)
        if result is None:
            why = Message(N_("The sheet has no heading row with a question and an answer column."))
            reading.skipped.append(Skipped(label, why))
            continue
        found = True
        used |= result.used
        _note_columns(sheet, result.columns, options)
        _add_table(result, file, sheet.name, label, reading)
    if not found:
        for sheet in sheets:
            if not sheet.is_hidden and sheet.rows:
                _note_headings(sheet, options)
        raise no_table(file)
    return used


def _note_columns(sheet: Sheet, columns: Columns, options: ReadOptions) -> None:
    """What was found of a table, for the mapping step."""
    if columns.is_own_template:
        return
    own: Columns | None = columns
    if options.columns or options.ignored:
        own = find_columns(sheet.rows) or columns_of(columns.row, columns.titles, {})
    guesses = meanings_of(own) if own is not None and own.row == columns.row else {}
    below = [[cell.text for cell in row] for row in sheet.rows[columns.row + 1 : columns.row + 20]]
    options.shape.add_columns(columns.titles, guesses, meanings_of(columns), below)
    for meaning in columns.assumed:
        options.shape.doubt(Unsure.COLUMNS, columns.titles[columns.at[meaning]])


def _note_headings(sheet: Sheet, options: ReadOptions) -> None:
    """The likeliest headings of a sheet in which none was understood: the fullest of its first rows."""
    texts = [[cell.text for cell in row] for row in sheet.rows[:30]]
    at = max(range(len(texts)), key=lambda index: (sum(map(bool, texts[index])), -index))
    guesses = meanings_of(columns_of(at, texts[at], {}))
    options.shape.add_columns(texts[at], guesses, guesses, texts[at + 1 : at + 20])
    options.shape.doubt(Unsure.COLUMNS)


def no_table(file: str) -> FileRefused:
    """The refusal of a workbook in which no sheet is a table of questions."""
    return refused(
        "no-table",
        file,
        N_("No sheet has a heading row with a question and an answer column."),
        N_("Use the headings of the template (题型, 题干, 选项A, 正确答案), or say what each column is."),
    )


def _add_table(result: TableResult, file: str, sheet: str, label: str, reading: Reading) -> None:
    reading.columns[file, sheet] = result.columns
    reading.questions += result.questions
    reading.places += [(file, sheet, question.row) for question in result.questions]
    reading.problems += result.problems
    reading.files |= result.pictures
    reading.rows += result.rows
    reading.skipped += [
        Skipped(label, Message(N_("The column “%(title)s” is not read."), {"title": title}))
        for title in result.columns.unread
    ]
    reading.skipped += [
        Skipped(label, Message(N_("Row %(row)s says that it is not in use."), {"row": row}))
        for row in result.skipped
    ]
    reading.skipped += [Skipped(label, words) for words in result.asides]
    reading.skipped += left_out(result, label)


def left_out(result: TableResult, label: str) -> list[Skipped]:
    """Which types were left out of a table because the person said so."""
    reason = N_("%(count)s rows of the type “%(type)s” were left out, as you said.")
    return [
        Skipped(label, Message(reason, {"count": count, "type": shorten(name)}))
        for name, count in result.left_out.items()
    ]


def _topics(sheet: Sheet) -> list[TopicTitle]:
    texts = [[cell.text for cell in row] + ["", "", ""] for row in sheet.rows[1:]]
    return [TopicTitle(key, zh or key, en) for key, zh, en, *_ in texts if key]
