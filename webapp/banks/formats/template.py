"""Our own workbook: an empty template to fill in, and banks written in the same form."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from webapp.banks.formats.own_cells import blanks_text, choices_cells, keywords_text, pairs_cells, rules_text
from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.ranges import ranges_text
from webapp.banks.formats.template_notes import EXAMPLES, NOTES
from webapp.banks.rules.schema import (
    LETTERS,
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    TopicTitle,
)

QUESTIONS_SHEET, NOTES_SHEET, TOPICS_SHEET = "试题", "说明", "知识点"
OWN_SHEETS = frozenset({NOTES_SHEET, TOPICS_SHEET})
USUAL_OPTIONS = 8

TYPE_WORDS = {
    QuestionType.SINGLE: "单选题",
    QuestionType.MULTIPLE: "多选题",
    QuestionType.TRUE_FALSE: "判断题",
    QuestionType.FILL: "填空题",
    QuestionType.MATCHING: "匹配题",
    QuestionType.ORDERING: "排序题",
    QuestionType.NUMERIC: "数值题",
    QuestionType.PASSAGE: "材料题",
    QuestionType.ESSAY: "简答题",
}
DIFFICULTY_WORDS = {Difficulty.EASY: "易", Difficulty.MEDIUM: "中", Difficulty.HARD: "难"}
AFTER_OPTIONS = (
    "正确答案", "解析", "难度", "知识点", "分值", "分类", "标签", "外部编号", "出处", "图片", "图片说明",
    "填空规则", "关键词", "材料编号",
)  # fmt: skip


def empty_template() -> bytes:
    """The template to download: drop-down lists, text cells, notes, example rows that are never imported."""
    titles = headings(USUAL_OPTIONS)
    rows = [[example.get(title, "") for title in titles] for example in EXAMPLES]
    return _workbook(rows, USUAL_OPTIONS, ())


def write_workbook(questions: Sequence[Question], topics: Sequence[TopicTitle] = ()) -> bytes:
    """A bank as a workbook that `read_bank_file` reads back without loss (pictures by name)."""
    titles, *rows = table_rows(questions, topics)
    return _workbook(rows, len(titles) - len(headings(0)), topics)


def write_workbook_zip(
    questions: Sequence[Question], topics: Sequence[TopicTitle], pictures: Mapping[str, Picture], name: str
) -> bytes:
    """The workbook and its pictures in one zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        put(archive, f"{name}.xlsx", write_workbook(questions, topics))
        for path, picture in sorted(pictures.items()):
            put(archive, path, picture.content)
    return out.getvalue()


def put(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    """Add a file with a fixed time, so that the same bank gives the same bytes."""
    info = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def headings(options: int) -> list[str]:
    """The headings of our table with so many option columns."""
    return ["题型", "题干", *(f"选项{LETTERS[index]}" for index in range(options)), *AFTER_OPTIONS]


@dataclass(frozen=True)
class _Line:
    """A row to be: its option cells, and the other cells by heading."""

    options: Sequence[str]
    cells: Mapping[str, str]


def _lines(questions: Sequence[Question], topics: Sequence[TopicTitle]) -> list[_Line]:
    titles = {topic.key: topic.zh or topic.key for topic in topics}
    lines: list[_Line] = []
    passages = 0
    for question in questions:
        beside = {
            "难度": DIFFICULTY_WORDS[question.difficulty],
            "知识点": titles.get(question.topic, question.topic),
            "分值": "" if question.mark is None else format(question.mark, "f"),
            "标签": "、".join(question.tags),
            "外部编号": question.key,
            "出处": question.source,
        }
        if question.public.parts:
            passages += 1
            beside["材料编号"] = str(passages)
        lines.append(_line(question.public, question.secret, beside))
        for part, key, weight in zip(
            question.public.parts, question.secret.parts, question.secret.part_weights, strict=True
        ):
            of_part = {"分值": format(weight, "f"), "材料编号": str(passages)}
            lines.append(_line(part, key, of_part))
    return lines


def _line(public: PublicQuestion, secret: QuestionKey, beside: Mapping[str, str]) -> _Line:
    options, answer = _answer_cells(public, secret)
    cells = {
        "题型": TYPE_WORDS[public.type],
        "题干": public.stem,
        "正确答案": answer,
        "解析": secret.explanation,
        "图片": public.picture,
        "图片说明": public.picture_alt,
        "填空规则": rules_text(secret),
        "关键词": keywords_text(secret.keywords),
    }
    return _Line(options, {**cells, **beside})


def _answer_cells(public: PublicQuestion, secret: QuestionKey) -> tuple[Sequence[str], str]:
    """The option cells and the cell 正确答案."""
    match public.type:
        case QuestionType.TRUE_FALSE:
            return (), "正确" if secret.truth else "错误"
        case QuestionType.FILL:
            return choices_cells(public), blanks_text(secret.blanks)
        case QuestionType.MATCHING:
            return pairs_cells(public, secret.letters)
        case QuestionType.NUMERIC:
            return (), ranges_text(secret.numbers)
        case QuestionType.ESSAY:
            return (), secret.reference
    return public.options, secret.letters


def _padded(line: _Line, count: int) -> list[str]:
    titles = headings(count)
    options = [*line.options, *[""] * (count - len(line.options))]
    before = titles.index("选项A")
    return [
        *(line.cells.get(title, "") for title in titles[:before]),
        *options,
        *(line.cells.get(title, "") for title in titles[before + count :]),
    ]


def table_rows(questions: Sequence[Question], topics: Sequence[TopicTitle]) -> list[list[str]]:
    """Headings and rows of the table, for text formats."""
    lines = _lines(questions, topics)
    count = max([USUAL_OPTIONS, *(len(line.options) for line in lines)])
    return [headings(count), *(_padded(line, count) for line in lines)]


def new_book(out: io.BytesIO) -> Any:
    """A workbook in which every text stays text: nothing becomes a formula, a link or a number."""
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": datetime(2020, 1, 1)})  # noqa: DTZ001 - the same bank gives the same bytes
    return book


def text_formats(book: Any) -> tuple[Any, Any, Any]:
    """Formats of ordinary texts, of texts that look like formulas (the quote prefix keeps them texts when a
    person edits the cell), and of headings."""
    usual = {"num_format": "@", "text_wrap": True, "valign": "top"}
    return (
        book.add_format(usual),
        book.add_format({**usual, "quote_prefix": True}),
        book.add_format({"num_format": "@", "bold": True, "bg_color": "#F2E9E4", "bottom": 1}),
    )


def write_text(sheet: Any, row: int, column: int, text: str, formats: tuple[Any, Any, Any]) -> None:
    """One text cell."""
    is_risky = text.startswith(("=", "+", "-", "@", "\t", "\r"))
    if text:
        sheet.write_string(row, column, text, formats[1] if is_risky else formats[0])
    else:
        sheet.write_blank(row, column, None, formats[0])


def _workbook(rows: Sequence[Sequence[str]], options: int, topics: Sequence[TopicTitle]) -> bytes:
    out = io.BytesIO()
    with new_book(out) as book:
        formats = text_formats(book)
        sheet = book.add_worksheet(QUESTIONS_SHEET)
        titles = headings(options)
        for column, title in enumerate(titles):
            sheet.write_string(0, column, title, formats[2])
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                write_text(sheet, number, column, text, formats)
        _shape(sheet, titles, len(rows), formats[0])
        _notes(book, formats)
        _topics(book, topics, formats)
    return out.getvalue()


def _shape(sheet: Any, titles: Sequence[str], rows: int, usual: Any) -> None:
    widths = {"题干": 50, "正确答案": 16, "解析": 40, "知识点": 20, "出处": 24, "外部编号": 16}
    for column, title in enumerate(titles):
        sheet.set_column(column, column, widths.get(title, 18 if title.startswith("选项") else 10), usual)
    last = max(rows, 1000) + 200
    for title, words in (("题型", TYPE_WORDS), ("难度", DIFFICULTY_WORDS)):
        column = titles.index(title)
        sheet.data_validation(1, column, last, column, {"validate": "list", "source": list(words.values())})
    sheet.freeze_panes(1, 2)


def _notes(book: Any, formats: tuple[Any, Any, Any]) -> None:
    sheet = book.add_worksheet(NOTES_SHEET)
    sheet.set_column(0, 0, 18, formats[0])
    sheet.set_column(1, 1, 90, formats[0])
    for number, (name, text) in enumerate(NOTES):
        sheet.write_string(number, 0, name, formats[2])
        write_text(sheet, number, 1, text, formats)


def _topics(book: Any, topics: Sequence[TopicTitle], formats: tuple[Any, Any, Any]) -> None:
    if not topics:
        return
    sheet = book.add_worksheet(TOPICS_SHEET)
    sheet.set_column(0, 2, 24, formats[0])
    for column, title in enumerate(("标识", "名称", "英文名称")):
        sheet.write_string(0, column, title, formats[2])
    for number, topic in enumerate(topics, start=1):
        for column, text in enumerate((topic.key, topic.zh, topic.en)):
            write_text(sheet, number, column, text, formats)
