"""Question tables as people type them over years: each shape as a small file of its own (I01)."""

import io
import time
from typing import Any

import pytest
import xlsxwriter

from tests.unit.banks.test_layouts import codes, workbook
from webapp.banks.formats import notation
from webapp.banks.formats.files import Parsed, read_bank_file

HEAD = ["题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案"]
CALL = ["110", "119", "120", "122"]
EXTINGUISHERS = ["干粉", "二氧化碳", "水桶", "泡沫"]


def read(*rows: list[Any], name: str = "题") -> Parsed:
    return read_bank_file(workbook((name, list(rows))), "b.xlsx")


def keys(parsed: Parsed) -> list[str]:
    return [question.secret.letters for question in parsed.questions]


def said(parsed: Parsed) -> list[str]:
    return [item.why.text % item.why.params for item in parsed.skipped]


@pytest.mark.parametrize(
    "answer",
    ["A、B、D。", "A B D", "答案：abd", "A，B和D", "A及B与D", "ＡＢＤ", "A+B+D", "A-B-D", "选ABD", "正确答案：ABD", "АВD",
     "ABD（干粉、二氧化碳、泡沫）"],
)  # fmt: skip
def test_letters_of_several_are_read_however_they_are_joined(answer: str) -> None:
    parsed = read(HEAD, ["多选题", "灭火器有哪些？", *EXTINGUISHERS, answer])
    assert (codes(parsed), keys(parsed)) == ([], ["ABD"])


@pytest.mark.parametrize("answer", ["B．119", "B 119", "119", "B选项", "B（119）", "答案：B"])
def test_a_single_answer_may_repeat_its_option(answer: str) -> None:
    parsed = read(HEAD, ["单选题", "火警电话是？", *CALL, answer])
    assert (codes(parsed), keys(parsed)) == ([], ["B"])


@pytest.mark.parametrize("answer", ["A-D", "全选", "B（120）", "B（C也可以）", "第二个"])
def test_an_answer_with_two_readings_is_refused_not_guessed(answer: str) -> None:
    parsed = read(HEAD, ["多选题", "火警电话是？", *CALL, answer])
    assert (codes(parsed), len(parsed.questions)) == (["answer-unreadable"], 0)
    assert (parsed.problems[0].row, parsed.problems[0].column) == (2, "G 答案")


@pytest.mark.parametrize(
    ("answer", "truth"),
    [("正确。", True), ("√。", True), ("✔️", True), ("（ √ ）", True), ("对的", True), ("正確", True), ("真", True),
     ("ˇ", True), ("对√", True), ("A.正确", True), ("答案：对", True), ("right", True),
     ("错误！", False), ("╳", False), ("❌", False), ("х", False), ("错(×)", False), ("B、错误", False), ("假", False),
     ("wrong", False), ("A.错误", False), ("1.0", True), ("0.0", False),
     ("有", None), ("对×", None), ("符合", None), ("ab", None), ("正确答案：", None)],
)  # fmt: skip
def test_verdicts_are_read_in_all_their_signs(answer: str, truth: bool | None) -> None:
    assert notation.truth_of(answer) is truth


def test_a_label_and_a_word_that_contradict_the_options_mean_nothing() -> None:
    assert notation.truth_of("A.错误", ("正确", "错误")) is None
    assert notation.truth_of("A.错误", ("错误", "正确")) is False


def test_an_answer_in_the_bracket_of_the_stem_leaves_it() -> None:
    parsed = read(
        HEAD,
        ["单选题", "火警电话是（B）。", *CALL, ""],
        ["多选题", "灭火器有（ ＡＢ、Ｄ ）吗？", *EXTINGUISHERS, ""],
        ["单选题", "急救电话是（ C ）。", *CALL, "C"],
        ["单选题", "维生素（C）有几位电话？", *CALL, "C"],
        ["单选题", "报警电话是（A）还是（B）？", *CALL, ""],
        ["判断题", "（√）触电先断电。", "", "", "", "", ""],
        ["判断题", "水能灭电火（×）。", "", "", "", "", "错"],
        ["判断题", "湿手可操作开关（√）", "", "", "", "", "错"],
    )
    stems = [question.public.stem for question in parsed.questions]
    assert stems == ["火警电话是（ ）。", "灭火器有（ ）吗？", "急救电话是（ ）。", "维生素（C）有几位电话？", "触电先断电。",
                     "水能灭电火。", "湿手可操作开关（√）"]  # fmt: skip
    assert keys(parsed)[:4] == ["B", "ABD", "C", "C"]
    assert [question.secret.truth for question in parsed.questions[4:]] == [True, False, False]
    problems = [(problem.code, problem.row) for problem in parsed.problems]
    assert problems == [("answer-in-stem", 4), ("no-answer", 6), ("answer-in-stem", 8)]


def test_sections_chapters_headings_and_notes_between_the_rows() -> None:
    head = ["序号", "题目", "A", "B", "C", "D", "答案"]
    parsed = read(
        ["2026 年题库"],
        head,
        ["一、单选题（每题2分，共2题）"],
        [1, "火警电话是？", *CALL, "B"],
        ["二、多选题"],
        [1, "灭火器有哪些？", *EXTINGUISHERS, "ABD"],
        head,
        ["", "三、判断题"],
        ["第二章 用电"],
        [1, "触电先断电。", "", "", "", "", "√"],
        ["四、简答题"],
        [1, "怎样报火警？", "", "", "", "", "说清地点"],
        ["注：以上由安全部提供"],
    )
    assert codes(parsed) == []
    assert [question.public.type.value for question in parsed.questions] == [
        "single", "multiple", "true_false", "essay"
    ]  # fmt: skip
    assert [str(question.mark) for question in parsed.questions] == ["2", "None", "None", "None"]
    assert [question.topic for question in parsed.questions] == ["", "", "第二章 用电", "第二章 用电"]
    assert said(parsed) == [
        "Row 3 heads a section: 一、单选题（每题2分，共2题）",
        "Row 5 heads a section: 二、多选题",
        "Row 7 repeats the headings.",
        "Row 8 heads a section: 三、判断题",
        "Row 9 heads a section: 第二章 用电",
        "Row 11 heads a section: 四、简答题",
        "Row 13 is a note: 注：以上由安全部提供",
    ]
    assert parsed.rows == 4


def test_a_row_of_only_a_stem_a_number_or_a_type_is_a_damaged_question() -> None:
    parsed = read(
        ["序号", *HEAD],
        [1, "单选题", "火警电话是？", *CALL, "B"],
        ["", "", "急救电话是几号"],
        [3],
        ["", "判断题"],
    )
    assert [(problem.row, problem.code) for problem in parsed.problems if problem.is_error] == [
        (3, "no-type"), (4, "no-type"), (5, "no-stem"), (5, "no-answer")
    ]  # fmt: skip
    assert (parsed.rows, len(parsed.questions)) == (4, 1)


@pytest.mark.parametrize(
    ("cell", "warnings"),
    [
        ("A：110，B：119，C：120", []),
        ("A、110B、119C、120", []),
        ("110/119/120", ["options-divided"]),
        ("110，119，120", ["options-divided"]),
        ("110、119、120", ["options-divided"]),
    ],
)
def test_options_of_one_cell_without_the_usual_signs(cell: str, warnings: list[str]) -> None:
    parsed = read(["题型", "题干", "选项", "答案"], ["单选题", "火警电话是？", cell, "B"])
    assert codes(parsed) == warnings
    assert parsed.questions[0].public.options == ("110", "119", "120")


def test_texts_with_commas_are_no_lists_of_options() -> None:
    parsed = read(
        ["题型", "题干", "选项", "答案"], ["单选题", "火警电话是？", "先断电、再灭火，然后报警", "B"]
    )
    assert codes(parsed) == ["too-few-options"]


def test_options_that_stand_in_the_stem() -> None:
    parsed = read(
        ["题型", "题目", "答案"],
        ["单选题", "火警电话是（ ）。\nA.110\nB.119\nC.120", "B"],
        ["多选题", "灭火器有（ ）A、干粉 B、二氧化碳 C、水", "AB"],
        ["判断题", "触电先断电。", "对"],
    )
    assert codes(parsed) == []
    assert [question.public.options for question in parsed.questions] == [
        ("110", "119", "120"), ("干粉", "二氧化碳", "水"), ()
    ]  # fmt: skip
    assert [question.public.stem for question in parsed.questions][:2] == [
        "火警电话是（ ）。",
        "灭火器有（ ）",
    ]


def test_labels_that_nobody_filled_are_no_options() -> None:
    parsed = read(HEAD, ["单选题", "先断电还是先救人？", "A.断电", "B.救人", "C.", "D. ", "A"])
    assert parsed.questions[0].public.options == ("断电", "救人")


def test_one_heading_over_several_option_columns() -> None:
    spread = read(["题型", "题干", "选项", "", "", "", "答案"], ["单选题", "火警电话是？", *CALL, "B"])
    repeated = read(
        ["题型", "题干", "选项", "选项", "选项", "选项", "答案"], ["单选题", "火警电话是？", *CALL, "B"]
    )
    two_rows = read(
        ["题型", "题干", "选项", "", "", "", "答案"],
        ["", "", "A", "B", "C", "D", ""],
        ["单选题", "火警电话是？", *CALL, "B"],
    )
    bracketed = read(
        ["题型", "题干", "选项（A）", "选项（B）", "选项（C）", "选项（D）", "答案"],
        ["单选题", "火警电话是？", *CALL, "B"],
    )
    for parsed in (spread, repeated, two_rows, bracketed):
        assert codes(parsed) == []
        assert parsed.questions[0].public.options == tuple(CALL)
        assert keys(parsed) == ["B"]


def test_headings_of_exam_systems() -> None:
    parsed = read(
        ["目录", "题目类型", "大题题干", "正确答案", "习题解析", "难易度", "题目分数", "A", "B", "题目图片"],
        ["一/二", "单选题", "火警电话是？", "B", "全国统一", "易", "2", "110", "119", ""],
    )
    question = parsed.questions[0]
    assert (question.topic, question.secret.explanation, str(question.mark)) == ("一/二", "全国统一", "2")
    levels = read(
        ["题型", "题干", "正确答案", "一级分类", "二级分类"], ["判断题", "触电先断电。", "对", "用电", "急救"]
    )
    assert levels.questions[0].topic == "用电/急救"
    flags = read(
        ["序号", "题目类型", "题目内容", "所属题库", "是否正确项", "选项内容"],
        [1, "单选题", "火警电话是？", "消防", 0, "110"],
        [1, "", "", "", 1, "119"],
        [2, "判断题", "触电先断电。", "用电", 1, "正确"],
        [2, "", "", "", 0, "错误"],
    )
    assert [(item.secret.letters, item.secret.truth, item.topic) for item in flags.questions] == [
        ("B", None, "消防"), ("", True, "用电")
    ]  # fmt: skip


def test_several_tables_one_below_the_other_on_one_sheet() -> None:
    parsed = read(
        ["一、单选题（每题2分）"],
        ["题目", "选项A", "选项B", "答案"],
        ["火警电话是？", "110", "119", "B"],
        ["二、判断题"],
        ["题目", "答案", "解析"],
        ["触电先断电。", "对", "先断后救"],
        ["三、填空题"],
        ["题目", "答案1", "答案2"],
        ["火警____，急救____。", "119", ""],
    )
    assert [(problem.code, problem.row) for problem in parsed.problems if problem.is_error] == [
        ("blanks-differ", 9)
    ]
    assert [(item.row, item.public.type.value) for item in parsed.questions] == [
        (3, "single"),
        (6, "true_false"),
    ]
    assert parsed.questions[1].secret.explanation == "先断后救"
    assert parsed.rows == 3


def test_a_sheet_named_by_its_type_may_have_its_answers_in_the_stems() -> None:
    parsed = read(
        ["序号", "题干"],
        [1, "触电先断电。（√）"],
        [2, "水能灭电火（×）"],
        [3, "湿手可以操作。"],
        name="判断题",
    )
    assert [question.secret.truth for question in parsed.questions] == [True, False]
    assert [(problem.code, problem.row) for problem in parsed.problems] == [("no-answer", 4)]
    choice = read(["题干", "选项A", "选项B"], ["火警电话是（B）", "110", "119"], ["急救电话是", "119", "120"])
    assert keys(choice) == ["B"]
    assert [(problem.code, problem.row) for problem in choice.problems if problem.is_error] == [
        ("no-answer", 3)
    ]


def test_wrong_answers_beside_the_right_one_and_accepted_answers_in_option_columns() -> None:
    parsed = read(
        ["题干", "正确答案", "干扰项1", "干扰项2", "干扰项3"], ["火警电话是？", "119", "122", "110", ""]
    )
    assert (parsed.questions[0].public.options, keys(parsed)) == (("110", "119", "122"), ["B"])
    filled = read([*HEAD[:4], "答案"], ["填空题", "火警电话是____。", "119", "一一九", ""])
    assert codes(filled) == []
    assert filled.questions[0].secret.blanks[0].accepted == ("119", "一一九")


def test_types_with_a_number_before_or_a_note_behind() -> None:
    parsed = read(
        HEAD,
        ["1-单选", "火警电话是？", *CALL, "B"],
        ["2、多选题", "灭火器有哪些？", *EXTINGUISHERS, "ABD"],
        ["判断题（2分）", "触电先断电。", "", "", "", "", "对"],
        ["A1型题", "急救电话是？", *CALL, "C"],
        ["情景分析题", "怎样报警？", "", "", "", "", "说清地点"],
    )
    assert codes(parsed) == []
    kinds = [question.public.type.value for question in parsed.questions]
    assert kinds == ["single", "multiple", "true_false", "single", "essay"]


def test_hidden_rows_are_read_and_named() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("题")
        for index, row in enumerate(
            [HEAD, ["单选题", "火警？", *CALL, "B"], ["单选题", "急救？", *CALL, "C"]]
        ):
            sheet.write_row(index, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
    parsed = read_bank_file(out.getvalue(), "b.xlsx")
    assert [(problem.code, problem.row) for problem in parsed.problems] == [("hidden-row", 3)]
    assert keys(parsed) == ["B", "C"]


@pytest.mark.parametrize(
    "cell", ["( " * 9000, "A、" * 9000, "（A" + "、A" * 9000, "__a" * 9000, "、".join("甲乙" * 4000)]
)
def test_long_cells_of_signs_take_no_time(cell: str) -> None:
    """A09: nobody can keep a worker busy with brackets."""
    rows = [[kind, cell, cell, cell] for kind in ("单选题", "多选题", "填空题", "判断题", "")]
    start = time.process_time()
    read(["题型", "题干", "选项", "答案"], *rows)
    assert time.process_time() - start < 3


@pytest.mark.parametrize("name", ["quizizz", "kahoot", "gimkit", "pipe"])
def test_tables_of_quiz_sites(name: str) -> None:
    table = {
        "quizizz": "Question Text,Question Type,Option 1,Option 2,Option 3,Option 4,Correct Answer\n火警？,Multiple Choice,110,119,120,122,2\n",
        "kahoot": "Question - max 120 characters,Answer 1 - max 75 characters,Answer 2 - max 75 characters,Answer 3,Answer 4,"
                  "Correct answer(s) - choose at least one\n火警？,110,119,120,122,2\n",
        "gimkit": "Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3\n火警？,119,110,120,122\n",
        "pipe": "题型|题干|选项A|选项B|选项C|选项D|答案\n单选题|火警？|110|119|120|122|B\n",
    }[name]  # fmt: skip
    parsed = read_bank_file(table.encode(), f"{name}.csv")
    assert [problem for problem in parsed.problems if problem.is_error] == []
    assert (parsed.questions[0].public.options, keys(parsed)) == (tuple(CALL), ["B"])


@pytest.mark.parametrize(
    "answer",
    [
        "安培；伏特",
        "1.安培 2.伏特",
        "①安培②伏特",
        "（1）安培；（2）伏特",
        "安培\n伏特",
        "第一空：安培 第二空：伏特",
    ],
)
def test_answers_of_several_blanks_lose_their_numbers(answer: str) -> None:
    parsed = read(["题型", "题干", "答案"], ["填空题", "电流单位是___，电压单位是（  ）。", answer])
    assert codes(parsed) == []
    assert [blank.accepted for blank in parsed.questions[0].secret.blanks] == [("安培",), ("伏特",)]


@pytest.mark.parametrize("gap", ["      ", "_ _ _", "…………", "———"])
def test_gaps_that_people_leave_for_a_blank(gap: str) -> None:
    parsed = read(["题型", "题干", "答案"], ["填空题", f"电流单位是{gap}。", "安培"])
    assert codes(parsed) == []
    assert parsed.questions[0].public.stem == "电流单位是____。"


def test_numbers_that_are_a_place_or_a_verdict() -> None:
    counted = read(
        ["问题", "选项1", "选项2", "选项3", "答案"],
        ["先断电？", "正确", "错误", "", 2],
        ["几伏？", "36", "24", "12", 3],
    )
    assert [item.secret.letters or item.secret.truth for item in counted.questions] == [False, "C"]
    mixed = read(
        HEAD,
        ["判断题", "先断电。", "错误", "正确", "", "", "1"],
        ["判断题", "后断电。", "对", "错", "", "", "错"],
    )
    assert [(problem.code, problem.row) for problem in mixed.problems] == [("answer-unreadable", 2)]


def test_types_in_the_stems_and_answers_that_repeat_a_text() -> None:
    parsed = read(
        ["题号", "题目", "选择项", "答案", "章", "节"],
        [1, "[判断题]先断电。", "", "正确", "一", "二"],
        [2, "【多选】灭火器有哪些？", "A.干粉 B.水 C.泡沫", "AC", "一", "三"],
        [3, "（单选题）火警电话是？", "110|119|120", "119。", "", ""],
    )
    assert [problem.code for problem in parsed.problems if problem.is_error] == []
    assert [question.public.stem for question in parsed.questions] == [
        "先断电。",
        "灭火器有哪些？",
        "火警电话是？",
    ]
    assert [item.secret.letters or item.secret.truth for item in parsed.questions] == [True, "AC", "B"]
    assert [question.topic for question in parsed.questions] == ["一/二", "一/三", ""]
