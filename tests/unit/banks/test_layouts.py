"""Layouts of question tables that people use (FORMATS 3 to 5), each as a small file of its own."""

import io
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import csv_file, zipped
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.options import ReadOptions
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import NumberRange, QuestionType

HEAD = ["题型", "题干", "选项A", "选项B", "选项C", "选项D", "正确答案"]


def workbook(*sheets: tuple[str, list[list[Any]]], merged: tuple[str, ...] = ()) -> bytes:
    """A workbook; merged: ranges of the first sheet whose first cell keeps its text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for number, (name, rows) in enumerate(sheets):
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                sheet.write_row(index, 0, row)
            for area in merged if number == 0 else ():
                column, top = area[0], int(area.split(":")[0][1:])
                sheet.merge_range(area, rows[top - 1]["ABCDEFGH".index(column)])
    return out.getvalue()


def codes(parsed: Parsed) -> list[str]:
    return [problem.code for problem in parsed.problems if problem.code != "no-type-column"]


def test_one_option_a_row_with_flags() -> None:
    rows = [
        ["题型", "题干", "选项内容", "是否正确"],
        ["单选题", "扑救带电设备火灾用什么？", "水", "否"],
        ["", "", "二氧化碳灭火器", "是"],
        ["", "", "泡沫灭火器", "否"],
        ["多选题", "哪些是劳动防护用品？", "安全帽", "√"],
        ["", "", "手套", "√"],
        ["", "", "西装", ""],
    ]
    parsed = read_bank_file(workbook(("题", rows)), "b.xlsx")
    assert codes(parsed) == []
    assert [(question.row, question.secret.letters) for question in parsed.questions] == [(2, "B"), (5, "AB")]
    assert parsed.questions[0].public.options == ("水", "二氧化碳灭火器", "泡沫灭火器")
    assert parsed.rows == 2


def test_one_option_a_row_with_letters_and_an_answer_in_the_first_row() -> None:
    table = csv_file(
        ["1", "单选题", "先做什么？", "A", "停电", "A"],
        ["", "", "", "B", "验电", ""],
        ["", "", "", "C", "接地", ""],
        ["2", "单选题", "后做什么？", "A", "停电", "B"],
        ["", "", "", "B", "验电", ""],
        head=["序号", "题型", "题干", "选项", "选项内容", "答案"],
    )
    parsed = read_bank_file(table, "b.csv")
    assert codes(parsed) == []
    assert [(item.public.options, item.secret.letters) for item in parsed.questions] == [
        (("停电", "验电", "接地"), "A"),
        (("停电", "验电"), "B"),
    ]


def test_one_option_a_row_below_merged_stems() -> None:
    rows = [
        ["题型", "题干", "选项", "答案"],
        ["单选题", "先做什么？", "A. 停电", "A"],
        ["", "", "B. 验电", ""],
        ["判断题", "先验电。", "", "错"],
    ]
    parsed = read_bank_file(workbook(("题", rows), merged=("A2:A3", "B2:B3", "D2:D3")), "b.xlsx")
    assert codes(parsed) == []
    assert parsed.questions[0].public.options == ("停电", "验电")
    assert [question.row for question in parsed.questions] == [2, 4]


def test_merged_categories_hold_for_all_their_rows() -> None:
    rows = [
        ["知识点", "题干", "答案"],
        ["消防", "水能灭电火。", "错"],
        ["", "二氧化碳能灭电火。", "对"],
        ["用电", "湿手可以操作开关。", "×"],
    ]
    parsed = read_bank_file(workbook(("判断题", rows), merged=("A2:A3",)), "b.xlsx")
    assert [question.topic for question in parsed.questions] == ["消防", "消防", "用电"]
    assert [question.secret.truth for question in parsed.questions] == [False, True, False]


def test_heading_in_row_thirty_and_in_any_column() -> None:
    rows = [["2026 年题库"]] * 29 + [
        ["", "", "", *HEAD],
        ["", "", "", "单选题", "问？", "甲", "乙", "", "", "B"],
    ]
    parsed = read_bank_file(workbook(("题", rows)), "b.xlsx")
    assert [(question.row, question.secret.letters) for question in parsed.questions] == [(31, "B")]
    assert codes(read_bank_file(workbook(("题", [["注"], *rows])), "b.xlsx")) == ["no-table"]


def test_sheets_and_files_named_by_their_type_need_no_type_column() -> None:
    choice = [["题干", "选项A", "选项B", "答案"], ["甲或乙？", "甲", "乙", "AB"]]
    content = workbook(
        ("多项选择题", choice), ("不定项选择题", [choice[0], ["甲？", "甲", "乙", "A"]]),
        ("简答题", [["题目", "参考答案"], ["简述停电步骤。", "停电、验电、接地"]]),
        ("计算题", [["题目", "答案"], ["12 V、4 A，多少欧？", "3"]]),
        ("任务分工", [["姓名", "日期"]]),
    )  # fmt: skip
    parsed = read_bank_file(content, "b.xlsx")
    kinds = [question.public.type.value for question in parsed.questions]
    assert kinds == ["multiple", "multiple", "essay", "numeric"]
    assert [item.name for item in parsed.skipped] == ["任务分工"]
    one = read_bank_file(csv_file(choice[1], head=choice[0]), "一、多选题.csv")
    assert one.questions[0].public.type == QuestionType.MULTIPLE


@pytest.mark.parametrize(
    ("name", "answer", "kind"),
    [
        ("单项选择题", "A", "single"), ("选择题", "A", "single"), ("多项选择题", "AB", "multiple"),
        ("不定项选择题", "AB", "multiple"), ("是非题", "对", "true_false"), ("对错题", "X", "true_false"),
        ("简答题", "文", "essay"), ("问答题", "文", "essay"), ("论述题", "文", "essay"), ("案例题", "文", "essay"),
        ("名词解释", "文", "essay"), ("计算题", "约 3 欧", "essay"), ("计算题", "3±0.1", "numeric"),
        ("数值题", "3～6", "numeric"), ("匹配题", "", "matching"), ("连线题", "", "matching"), ("排序题", "BAC", "ordering"),
    ],
)  # fmt: skip
def test_types_are_known_by_their_usual_names(name: str, answer: str, kind: str) -> None:
    options = ["红→停", "绿→行", "黄→慢"] if kind == "matching" else ["甲", "乙", "丙"]
    row = [
        name,
        "问？",
        *(options if kind in {"single", "multiple", "matching", "ordering"} else ["", "", ""]),
        "",
        answer,
    ]
    parsed = read_bank_file(csv_file(row, head=HEAD), "b.csv")
    assert codes(parsed) == []
    assert parsed.questions[0].public.type.value == kind


def test_pairs_orders_and_numbers_of_tables() -> None:
    parsed = read_bank_file(
        csv_file(
            ["匹配题", "对应起来。", "红——禁止", "绿 => 安全", "蓝->指令", "", ""],
            ["排序题", "排列。", "验电", "停电", "接地", "", "B-A-C"],
            ["排序题", "排列它们。", "验电", "停电", "接地", "", "停电、验电、接地"],
            ["数值题", "多少欧？", "", "", "", "", "3.5±0.1；3~4 得50%"],
            head=HEAD,
        ),
        "b.csv",
    )
    assert codes(parsed) == []
    matching, first, second, numeric = parsed.questions
    assert (matching.public.items, matching.public.options) == (("红", "绿", "蓝"), ("禁止", "安全", "指令"))
    assert (matching.secret.letters, first.secret.letters, second.secret.letters) == ("ABC", "BAC", "BAC")
    assert [(str(n.low), str(n.high), str(n.share)) for n in numeric.secret.numbers] == [
        ("3.4", "3.6", "1"),
        ("3", "4", "0.50"),
    ]


def test_tolerance_may_stand_in_a_column_of_its_own() -> None:
    table = csv_file(["数值题", "多少欧？", "3.5", "0.1"], head=["题型", "题干", "答案", "误差"])
    assert read_bank_file(table, "b.csv").questions[0].secret.numbers == (
        NumberRange(*map(type(NumberRange.share), ("3.4", "3.6"))),
    )


def test_a_legend_in_the_heading_gives_numbers_of_types_their_meaning() -> None:
    head = ["题型（0单选，1判断，2多选）", "题目（必填）", "选项A", "选项B", "答案*"]
    rows = [["0", "甲？", "甲", "乙", "A"], ["1", "对吗。", "", "", "对"], ["2", "哪些？", "甲", "乙", "AB"]]
    parsed = read_bank_file(csv_file(*rows, head=head), "b.csv")
    assert [question.public.type.value for question in parsed.questions] == [
        "single",
        "true_false",
        "multiple",
    ]
    parsed = read_bank_file(csv_file(*rows, head=["题型", *head[1:]]), "b.csv")
    assert [question.public.type.value for question in parsed.questions] == [
        "single",
        "true_false",
        "multiple",
    ]
    assert codes(parsed).count("type-assumed") == 3


def test_rows_that_say_they_are_not_in_use_are_skipped_and_listed() -> None:
    rows = [
        ["TRUE", "判断题", "一。", "对"],
        ["FALSE", "判断题", "二。", "对"],
        ["TURE", "判断题", "三。", "错"],
    ]
    parsed = read_bank_file(csv_file(*rows, head=["是否启用", "题型", "题干", "答案"]), "b.csv")
    assert [question.public.stem for question in parsed.questions] == ["一。", "三。"]
    assert [item.why.params.get("row") for item in parsed.skipped] == [3]


def test_answers_with_their_shares_in_columns() -> None:
    head = ["题型", "题干", "答案0", "答案0分值", "答案1", "答案1分值", "答案2", "答案2分值"]
    parsed = read_bank_file(
        csv_file(
            ["单选题", "首都是哪里？", "上海", "0", "北京", "100", "广州", "0"],
            ["多选题", "直辖市有哪些？", "上海", "60", "北京", "40", "广州", "-20"],
            ["填空题", "水的化学式是____。", "H2O", "100", "H₂O", "100", "HOH", "50"],
            ["判断题", "地球绕太阳转。", "正确", "100", "错误", "0", "", ""],
            head=head,
        ),
        "b.csv",
    )
    assert codes(parsed) == []
    single, multiple, fill, truth = parsed.questions
    assert (single.public.options, single.secret.letters) == (("上海", "北京", "广州"), "B")
    assert multiple.secret.letters == "AB"
    assert {letter: str(share) for letter, share in multiple.secret.weights.items()} == {
        "A": "0.6",
        "B": "0.4",
        "C": "-0.2",
    }
    assert fill.secret.blanks[0].accepted == ("H2O", "H₂O")
    assert [(text, str(share)) for text, share in fill.secret.blanks[0].partial] == [("HOH", "0.5")]
    assert truth.secret.truth is True


def test_numbers_as_answers_are_said_to_count_from_one_or_from_zero() -> None:
    for answers, base in ((["1", "3"], 1), (["0", "2"], 0)):
        rows = [["单选题", f"问{n}？", "甲", "乙", "丙", "", n] for n in answers]
        parsed = read_bank_file(csv_file(*rows, head=HEAD), "b.csv")
        assert [question.secret.letters for question in parsed.questions] == ["A", "C"]
        assert [problem.reason.params["base"] for problem in parsed.problems if problem.code == "numbered-answers"] == [base]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ("甲**乙**丙", ("甲", "乙", "丙")), ("甲##乙##丙", ("甲", "乙", "丙")), ("甲$$乙$$丙", ("甲", "乙", "丙")),
        ("甲|乙|丙", ("甲", "乙", "丙")), ("A、甲\nB、乙\nC、丙", ("甲", "乙", "丙")), ("甲;乙;丙", ("甲", "乙", "丙")),
        ("A.甲 B.乙 C.丙", ("甲", "乙", "丙")), ("（A）甲（B）乙（C）丙", ("甲", "乙", "丙")),
        ("Ａ．甲　Ｂ．乙　Ｃ．丙", ("甲", "乙", "丙")), ("①甲②乙③丙", ("甲", "乙", "丙")),
        ("a）甲 b）乙 c）丙", ("甲", "乙", "丙")), ('{"A": "甲", "B": "乙", "C": "丙"}', ("甲", "乙", "丙")),
        ("['甲', '乙', '丙']", ("甲", "乙", "丙")), ("A甲 B乙 C丙", ("甲", "乙", "丙")), ("A甲;B乙;C丙", ("甲", "乙", "丙")),
        ("A类 B类 C类", ("A类", "B类", "C类")), ("A类;B类;C类", ("A类", "B类", "C类")),
        ('[{"prefix": "A", "content": "甲"}, {"prefix": "B", "content": "乙"}, {"prefix": "C", "content": "丙"}]', ("甲", "乙", "丙")), ("A: 16A B: 25A C: 以上A、B均正确", ("16A", "25A", "以上A、B均正确")),
    ],
)  # fmt: skip
def test_one_cell_of_options_is_split_at_its_separator_or_labels(cell: str, options: tuple[str, ...]) -> None:
    table = csv_file(["单选题", "问？", cell, "C"], head=["题型", "题干", "选项", "答案"])
    parsed = read_bank_file(table, "b.csv")
    assert codes(parsed) == []
    assert parsed.questions[0].public.options == options


@pytest.mark.parametrize(
    "answer",
    ["ABD", "abd", "ＡＢＤ", "A,B,D", "A，B，D", "A、B、D", "A;B;D", "A；B；D", "A|B|D", "A/B/D", "A B D", "A##B##D", "DBA", "AABD ", "(ABD)", "选项A、选项B、选项D", "A.B.D"],
)  # fmt: skip
def test_letters_are_read_in_every_notation(answer: str) -> None:
    parsed = read_bank_file(
        csv_file(["多选题", "哪些？", "一", "二", "三", "四", answer], head=HEAD), "b.csv"
    )
    assert (codes(parsed), parsed.questions[0].secret.letters) == ([], "ABD")


@pytest.mark.parametrize(
    ("answer", "letters"),
    [("D、四", "D"), ("D.四", "D"), ("四", "D"), ("一;四", "AD"), ("一、四", "AD"), ("A、三", None)],
)
def test_answers_may_repeat_the_texts_of_options(answer: str, letters: str | None) -> None:
    kind = "多选题" if letters == "AD" else "单选题"
    parsed = read_bank_file(csv_file([kind, "哪些？", "一", "二", "三", "四", answer], head=HEAD), "b.csv")
    assert [question.secret.letters for question in parsed.questions] == ([letters] if letters else [])


@pytest.mark.parametrize(
    ("answer", "truth"),
    [
        *((word, True) for word in ("正确", "对", "√", "✓", "✔", "是", "T", "TRUE", "true", "Y", "1", "A")),
        *((word, False) for word in ("错误", "错", "不正确", "×", "✗", "✘", "X", "x", "否", "F", "FALSE", "N", "0", "B")),
    ],
)  # fmt: skip
def test_truths_are_read_in_every_notation(answer: str, truth: bool) -> None:
    for head, row in (
        (HEAD, ["判断题", "对吗。", "", "", "", "", answer]),
        (HEAD, ["判断题", "对吗。", "正确", "错误", "", "", answer]),
    ):
        parsed = read_bank_file(csv_file(row, head=head), "b.csv")
        assert (codes(parsed), parsed.questions[0].secret.truth) == ([], truth)


def test_a_letter_follows_options_that_are_listed_the_other_way_round() -> None:
    parsed = read_bank_file(csv_file(["判断题", "对吗。", "错误", "正确", "", "", "A"], head=HEAD), "b.csv")
    assert parsed.questions[0].secret.truth is False


@pytest.mark.parametrize("mark", ["____", "＿＿＿", "（）", "（  ）", "( )", "[]", "【】", "[[1]]", "{}", "(%___%)", "___1___", "______"])  # fmt: skip
def test_blanks_are_known_by_every_mark(mark: str) -> None:
    table = csv_file(
        ["填空题", f"方针是{mark}（含综合治理）。", "安全第一;安全"], head=["题型", "题干", "答案"]
    )
    question = read_bank_file(table, "b.csv").questions[0]
    assert question.public.stem == "方针是____（含综合治理）。"
    assert question.secret.blanks[0].accepted == ("安全第一", "安全")


@pytest.mark.parametrize("answer", ["安全|预防", "安全｜预防", "安全######预防", "安全###预防", "安全；预防", "安全、预防", "安全,预防", "（安全）（预防）"])  # fmt: skip
def test_blanks_are_divided_by_every_sign_that_gives_their_count(answer: str) -> None:
    table = csv_file(["填空题", "____第一、____为主。", answer], head=["题型", "题干", "答案"])
    assert [blank.accepted for blank in read_bank_file(table, "b.csv").questions[0].secret.blanks] == [
        ("安全",),
        ("预防",),
    ]


def test_own_columns_for_blanks_and_declared_signs() -> None:
    table = csv_file(
        ["填空题", "____第一、____为主。", "安全;平安", "预防"], head=["题型", "题干", "答案1", "答案2"]
    )
    blanks = read_bank_file(table, "b.csv").questions[0].secret.blanks
    assert [blank.accepted for blank in blanks] == [("安全", "平安"), ("预防",)]
    table = csv_file(["填空题", "____第一、____为主。", "安全#平安&预防"], head=["题型", "题干", "答案"])
    blanks = (
        read_bank_file(table, "b.csv", ReadOptions(between_blanks="&", alternatives="#"))
        .questions[0]
        .secret.blanks
    )
    assert [blank.accepted for blank in blanks] == [("安全", "平安"), ("预防",)]


@pytest.mark.parametrize("answer", ["无", "略", "-"])
def test_no_answer_is_an_error_and_no_explanation_is_none(answer: str) -> None:
    table = csv_file(["单选题", "问？", "甲", "乙", "", "", answer, "略。"], head=[*HEAD, "解析"])
    assert codes(read_bank_file(table, "b.csv")) == ["no-answer"]
    table = csv_file(["单选题", "问？", "甲", "乙", "", "", "A", "略。"], head=[*HEAD, "解析"])
    assert read_bank_file(table, "b.csv").questions[0].secret.explanation == ""


@pytest.mark.parametrize(
    "head",
    [
        ["题型", "题干", "选项A", "选项B", "答案", "解析"], ["试题类型", "题目", "A", "B", "正确答案", "试题解析"],
        ["*题目类型", "*试题", "A选项", "B选项", "*标准答案", "答案解析"], ["类型", "问题", "选项1", "选项2", "标答", "整体解析"],
        ["题型（必填）", "题目内容（必填）", "选项 A", "选项 B", "参考答案", "说明"],
        ["题型", "题目描述", "答案A", "答案B", "正确选项", "备注"], ["题型", "试题内容", "选项一", "选项二", "题目答案", "解析"],
        ["Type", "Question", "Option A", "Option B", "Answer", "Explanation"], ["题　型", "题  干", "Ａ", "Ｂ", "答案：", "解析"],
    ],
)  # fmt: skip
def test_headings_are_known_by_their_synonyms(head: list[str]) -> None:
    parsed = read_bank_file(csv_file(["单选题", "问？", "甲", "乙", "B", "因为。"], head=head), "b.csv")
    question = parsed.questions[0]
    assert (codes(parsed), parsed.skipped) == ([], ())
    assert (question.public.options, question.secret.letters) == (("甲", "乙"), "B")
    assert question.secret.explanation == "因为。"


cells = st.text("甲乙AB12|;；()（）_=%~√对错单选题多填空匹配数值材料→\n,'\"{}[]:", max_size=10)
titles = st.sampled_from(["题型", "题干", "选项A", "选项B", "选项", "选项内容", "答案", "答案1", "答案2", "答案0", "答案0分值",
                          "是否正确", "材料编号", "填空规则", "关键词", "误差", "分值", "难度", "是否启用", "序号", "第几空", "解析", "1", "2"])  # fmt: skip


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(titles, min_size=2, max_size=9, unique=True), st.lists(st.lists(cells, max_size=9), max_size=6)
)
def test_no_table_raises(head: list[str], rows: list[list[str]]) -> None:
    parsed = read_bank_file(csv_file(*rows, head=head), "b.csv")
    assert parsed.bad_rows >= 0
    for question in parsed.questions:
        assert [problem for problem in check_question(question) if problem.is_error] == []


def test_an_empty_option_between_filled_ones_is_left_out_with_a_warning() -> None:
    parsed = read_bank_file(csv_file(["单选题", "问？", "甲", "", "丙", "", "C"], head=HEAD), "b.csv")
    assert (codes(parsed), parsed.error_count) == (["option-gap"], 0)
    assert (parsed.questions[0].public.options, parsed.questions[0].secret.letters) == (("甲", "丙"), "B")
    parsed = read_bank_file(csv_file(["单选题", "问？", "甲", "", "丙", "", "B"], head=HEAD), "b.csv")
    assert (codes(parsed), parsed.error_count) == (["empty-option"], 1)


def test_options_of_a_type_without_options_are_not_dropped_in_silence() -> None:
    parsed = read_bank_file(
        csv_file(["填空题", "____第一。", "安全", "生产", "", "", "安全"], head=HEAD), "b.csv"
    )
    assert (codes(parsed), parsed.questions[0].secret.blanks[0].accepted) == (["options-unused"], ("安全",))


def test_passages_hold_together_or_not_at_all() -> None:
    head = ["题型", "题干", "选项A", "选项B", "正确答案", "分值", "材料编号"]
    whole = [
        ["材料题", "某车间停电检修。", "", "", "", "", "M1"],
        ["单选题", "先做什么？", "停电", "验电", "A", "2", "M1"],
        ["判断题", "要挂标示牌。", "", "", "对", "", "M1"],
    ]
    parsed = read_bank_file(csv_file(*whole, head=head), "b.csv")
    passage = parsed.questions[0]
    assert (codes(parsed), parsed.rows, passage.public.type) == ([], 1, QuestionType.PASSAGE)
    assert [part.type.value for part in passage.public.parts] == ["single", "true_false"]
    assert [str(weight) for weight in passage.secret.part_weights] == ["2", "1"]
    broken = [
        whole[0],
        [*whole[1][:4], "F", "2", "M1"],
        whole[2],
        ["判断题", "另一题。", "", "", "对", "", ""],
    ]
    parsed = read_bank_file(csv_file(*broken, head=head), "b.csv")
    assert [(problem.code, problem.row) for problem in parsed.problems] == [("answer-beyond-options", 3)]
    assert [question.public.stem for question in parsed.questions] == ["另一题。"]
    assert codes(read_bank_file(csv_file(*whole[1:], head=head), "b.csv")) == ["passage-rows"]


def test_a_zip_with_a_damaged_workbook_still_gives_the_others() -> None:
    good = csv_file(["单选题", "问？", "甲", "乙", "", "", "A"], head=HEAD)
    parsed = read_bank_file(
        zipped({"a.csv": good, "b.xlsx": b"PK\x03\x04 broken", "说明.txt": "请看。".encode()}), "b.zip"
    )
    assert (codes(parsed), len(parsed.questions)) == (["damaged"], 1)
