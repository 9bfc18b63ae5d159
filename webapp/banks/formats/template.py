"""Our own workbook: an empty template to fill in, and banks written in the same form."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from webapp.banks.formats.fill import rules_text
from webapp.banks.formats.notation import escape
from webapp.banks.formats.pictures import Picture
from webapp.banks.rules.schema import Difficulty, Question, QuestionType, TopicTitle

QUESTIONS_SHEET, NOTES_SHEET, TOPICS_SHEET = "试题", "说明", "知识点"
OWN_SHEETS = frozenset({NOTES_SHEET, TOPICS_SHEET})
USUAL_OPTIONS = 8

TYPE_WORDS = {
    QuestionType.SINGLE: "单选题",
    QuestionType.MULTIPLE: "多选题",
    QuestionType.TRUE_FALSE: "判断题",
    QuestionType.FILL: "填空题",
}
DIFFICULTY_WORDS = {Difficulty.EASY: "易", Difficulty.MEDIUM: "中", Difficulty.HARD: "难"}
AFTER_OPTIONS = (
    "正确答案", "解析", "难度", "知识点", "分值", "分类", "标签", "外部编号", "出处", "图片", "填空规则",
)  # fmt: skip

NOTES = (
    ("题型", "单选题、多选题、判断题或填空题，请从下拉列表中选择。"),
    ("题干", "必填。填空题的每个空写四个下划线 ____。"),
    ("选项A 至 选项H", "单选题和多选题至少填两个选项；判断题和填空题不填。选项更多时可加列：选项I、选项J……"),
    ("正确答案", "单选题写一个字母，如 B；多选题写全部字母，如 ACD；判断题写 正确 或 错误。"),
    ("", "填空题：各空之间用 | 隔开，同一空的多个可接受答案用 ; 隔开，如 绿;绿色|红;红色。"),
    ("", "填空题的答案本身含有 | 或 ; 时，在前面加 \\。"),
    ("解析", "选填。交卷并公布答案后，选手可以看到。"),
    ("难度", "易、中或难；不填按中处理。"),
    ("知识点", "写知识点的名称。新的名称会成为新的知识点。"),
    ("分值", "选填，大于 0 的数。实际分值由组卷方案决定。"),
    ("标签", "选填，多个标签用顿号隔开。"),
    ("外部编号", "选填，题库内不重复。再次导入时，编号相同的试题成为它的新版本。"),
    ("", "外部编号以“示例”开头的行不会导入。"),
    ("出处", "选填，如法规、标准的名称和条款。"),
    ("图片", "选填，写图片的文件名，并把工作簿和图片放进同一个 zip 文件上传。"),
    ("", "也可以把图片直接放在该行的单元格上。"),
    ("填空规则", "选填：顺序不限；全对得分；区分大小写；权重=2,1；误差=0.1。"),
    ("限制", "一个文件不超过 20 MB、50000 行。"),
)  # fmt: skip

EXAMPLES: tuple[Mapping[str, str], ...] = (
    {
        "题型": "单选题", "题干": "安全生产工作应当坚持的方针是什么？", "选项A": "先生产、后治理",
        "选项B": "安全第一、预防为主、综合治理", "选项C": "谁主管、谁负责", "正确答案": "B", "难度": "易",
        "解析": "见《中华人民共和国安全生产法》第三条。", "知识点": "安全生产法律法规", "外部编号": "示例1",
        "出处": "《中华人民共和国安全生产法》",
    },
    {
        "题型": "多选题", "题干": "使用手持电动工具前应当检查哪些部位？", "选项A": "外壳", "选项B": "电源线",
        "选项C": "插头", "选项D": "出厂日期", "正确答案": "ABC", "难度": "中", "知识点": "用电安全",
        "外部编号": "示例2",
    },
    {
        "题型": "判断题", "题干": "灭火器压力表指针在绿色区域表示压力正常。", "正确答案": "正确",
        "知识点": "消防安全", "外部编号": "示例3",
    },
    {
        "题型": "填空题", "题干": "L1、L2、L3 三根相线的颜色依次为黄色、____色、____色。",
        "正确答案": "绿;绿色|红;红色", "知识点": "用电安全", "外部编号": "示例4",
    },
)  # fmt: skip


def empty_template() -> bytes:
    """The template to download: drop-down lists, text cells, notes, example rows that are never imported."""
    titles = headings(USUAL_OPTIONS)
    rows = [[example.get(title, "") for title in titles] for example in EXAMPLES]
    return _workbook(rows, USUAL_OPTIONS, ())


def write_workbook(questions: Sequence[Question], topics: Sequence[TopicTitle] = ()) -> bytes:
    """A bank as a workbook that `read_bank_file` reads back without loss (pictures by name)."""
    count = max([USUAL_OPTIONS, *(len(question.public.options) for question in questions)])
    titles = {topic.key: topic.zh or topic.key for topic in topics}
    return _workbook([_row(question, count, titles) for question in questions], count, topics)


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
    return ["题型", "题干", *(f"选项{chr(65 + index)}" for index in range(options)), *AFTER_OPTIONS]


def answer_text(question: Question) -> str:
    """The cell 正确答案 of a question."""
    secret = question.secret
    if question.public.type is QuestionType.TRUE_FALSE:
        return "正确" if secret.truth else "错误"
    if question.public.type is QuestionType.FILL:
        return "|".join(";".join(escape(text) for text in blank.accepted) for blank in secret.blanks)
    return secret.letters


def _row(question: Question, count: int, titles: Mapping[str, str]) -> list[str]:
    public = question.public
    return [
        TYPE_WORDS[public.type],
        public.stem,
        *public.options,
        *[""] * (count - len(public.options)),
        answer_text(question),
        question.secret.explanation,
        DIFFICULTY_WORDS[question.difficulty],
        titles.get(question.topic, question.topic),
        "" if question.mark is None else format(question.mark, "f"),
        "",
        "、".join(question.tags),
        question.key,
        question.source,
        public.picture,
        rules_text(question.secret),
    ]


def table_rows(questions: Sequence[Question], topics: Sequence[TopicTitle]) -> list[list[str]]:
    """Headings and rows of the table, for text formats."""
    count = max([USUAL_OPTIONS, *(len(question.public.options) for question in questions)])
    titles = {topic.key: topic.zh or topic.key for topic in topics}
    return [headings(count), *(_row(question, count, titles) for question in questions)]


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
