"""Numbered Chinese texts (FORMATS section 6): headings, options, answers, keys at the end, cases, defects."""

import time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.banks.errors import FileRefused
from webapp.banks.formats.detect import detect
from webapp.banks.formats.files import Parsed, read_bank_file
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.text import read_text
from webapp.banks.rules.schema import Difficulty, Question

EXAM = """2024年电工理论试题

一、单选题（每题1分，共60分）
1. 安全帽的作用是（ B ）。
A. 好看  B. 保护头部 C．遮阳
D、都不是
2、安全电压一般不超过（   ）
A、220V B、380V
C、36V  D、以上A、C均正确
答案：C
解析：安全电压
为36V
难度：易
3．（多选题）下列属于的有(2分)
(A)甲 (B)乙 (C)丙
【答案】ABC【解析】全对
二、判断题（每题2分）
1.电是能量。（√）
2.水是干的（ ）
答案：错误
三、填空题（每空1.5分）
1. 首都是（北京）。
2. 直辖市有____、____。答案：北京|上海;沪
3. 分数______和（  ）
答案：①甲 ②乙
四、简答题
1. 简述安全生产方针。
答：方针是：
1. 安全第一
2. 预防为主
3. 综合治理
2. 什么是触电？
答案：电流通过人体。
(1) 一
(2) 二
五、案例分析题
1. 某企业发生事故，请回答：
(1) 原因是（ ）。(2分)
A. 甲 B. 乙
答案：A
(2) 措施？
答案：整改
"""


def read(text: str, name: str = "卷.txt") -> Parsed:
    return read_bank_file(text.encode(), name)


def answer(question: Question) -> object:
    """The key in short."""
    secret = question.secret
    if secret.blanks:
        return tuple(blank.accepted for blank in secret.blanks)
    if secret.parts:
        return tuple(part.letters or part.reference for part in secret.parts)
    return secret.letters or (secret.truth if secret.truth is not None else secret.reference)


def answers(text: str) -> list[object]:
    parsed = read(text)
    assert parsed.error_count == 0, parsed.problems
    assert parsed.format == "text"
    return [answer(question) for question in parsed.questions]


def codes(parsed: Parsed) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in parsed.problems]


def test_an_exam_paper_with_every_kind_of_section() -> None:
    parsed = read(EXAM)
    assert (parsed.error_count, parsed.rows, [item.name for item in parsed.skipped]) == (
        0, 11, ["2024年电工理论试题"],
    )  # fmt: skip
    assert [(question.public.type.value, answer(question), question.row) for question in parsed.questions] == [
        ("single", "B", 4), ("single", "C", 7), ("multiple", "ABC", 14),
        ("true_false", True, 18), ("true_false", False, 19),
        ("fill", (("北京",),), 22), ("fill", (("北京",), ("上海", "沪")), 23), ("fill", (("甲",), ("乙",)), 24),
        ("essay", "方针是：\n1. 安全第一\n2. 预防为主\n3. 综合治理", 27), ("essay", "电流通过人体。\n(1) 一\n(2) 二", 32),
        ("passage", ("A", "整改"), 37),
    ]  # fmt: skip
    marks = [question.mark for question in parsed.questions]
    assert marks == [1, 1, 2, 2, 2, Decimal("1.5"), 3, 3, None, None, 3]


def test_the_texts_of_an_exam_paper_lose_their_marks_and_keep_the_rest() -> None:
    first, second, third, *_, case = read(EXAM).questions
    assert first.public.stem == "安全帽的作用是（ ）。"
    assert first.public.options == ("好看", "保护头部", "遮阳", "都不是")
    assert second.public.options == ("220V", "380V", "36V", "以上A、C均正确")
    assert (second.secret.explanation, second.difficulty) == ("安全电压\n为36V", Difficulty.EASY)
    assert (third.public.stem, third.secret.explanation) == ("下列属于的有", "全对")
    assert case.public.stem == "某企业发生事故，请回答："
    assert [(part.type.value, part.stem, part.options) for part in case.public.parts] == [
        ("single", "原因是（ ）。", ("甲", "乙")), ("essay", "措施？", ()),
    ]  # fmt: skip
    assert case.secret.part_weights == (Decimal(2), Decimal(1))


KEYED = """一、选择题
1、甲（ ）
A.1 B.2 C.3
2、乙（ ）
A.1 B.2 C.3
二、判断题
1、丙
2、丁
三、填空题
1、戊____
"""


@pytest.mark.parametrize(
    "key",
    [
        "参考答案\n一、选择题\n1-2 AC\n二、判断题\n1.√ 2.×\n三、填空题\n1. 己\n",
        "附：答案与解析\n一、选择题\n1、A\n2、C\n二、判断题\n1-2：√×\n三、填空题\n1. 己",
        "答案：\n1.A 2.C\n1.√ 2.×\n1. 己",
        "【参考答案】\n一、选择题：1.A 2.C\n二、判断题：1-2 √×\n三、填空题\n1、己",
    ],
)
def test_a_key_at_the_end_finds_its_questions(key: str) -> None:
    assert answers(KEYED + key) == ["A", "C", True, False, (("己",),)]


def test_a_key_without_a_heading() -> None:
    plain = "1. a\nA.1\nB.2\n2. b\nA.1\nB.2\n3. 对吗\n"
    assert answers(plain + "1-3 AB√") == ["A", "B", True]
    assert answers(plain + "\n1.A 2.B 3.错") == ["A", "B", False]
    twice = "一、单选题\n1. 甲\nA. 1\nB. 2\n2. 乙\nA. 1\nB. 2\n二、多选题\n1. 丙\nA. 1\nB. 2\n2. 丁\nA. 1\nB. 2\nC. 3\n"
    assert answers(twice + "1-2 AB\n1-2 AB ABC") == ["A", "B", "AB", "ABC"]
    assert answers("一、单选题\n1. 甲\nA. 1\nB. 2\n2. 乙\nA. 1\nB. 2\n答案：1-2 BA\n二、简答题\n1. 丙") == [
        "B",
        "A",
        "",
    ]


def test_a_key_finds_two_sections_of_the_same_type_in_order() -> None:
    part = "{0}、单选题\n1. 甲{0}\nA. 1\nB. 2\n"
    text = (
        part.format("一")
        + part.format("二")
        + "三、判断题\n1. 丙\n参考答案\n一、单选题\n1.A\n二、单选题\n1.B\n三、判断题\n1.×"
    )
    assert answers(text) == ["A", "B", False]


def test_a_key_that_does_not_fit_is_told_and_the_questions_stay_without_answer() -> None:
    parsed = read("1. a\nA.1\nB.2\n2. b\nA.1\nB.2\n参考答案\n1-2 ABC\n9.A 10.B")
    assert codes(parsed) == [
        ("no-answer", 1), ("no-answer", 4), ("lost-answers", 8), ("lost-answers", 9), ("lost-answers", 9),
    ]  # fmt: skip
    assert parsed.questions == ()


def test_a_key_that_contradicts_the_question_is_a_warning() -> None:
    parsed = read("1. a（A）\nA.1\nB.2\n2. b\nA.1\nB.2\n答案：B\n\n1.A 2.A")
    assert codes(parsed) == [("key-differs", 4)]
    assert [answer(question) for question in parsed.questions] == ["A", "B"]


PLATFORM = """1. 【单选题】甲是什么（2分）
A、一
B、二
我的答案：A
得分：2.0分
正确答案：B
答案解析：因为
知识点：电工基础
难度：困难
2. 【判断题】乙
A. 对
B. 错
正确答案：B
3. 【填空题】丙（1）是（ ）
正确答案：
第一空：北京
4. 【简答题】丁
正确答案：略
5. 【排序题】戊
答案：ABC
6. 没有答案的（ ）
A. 1
B. 2
7. 越界（ ）
A. 1
B. 2
答案：D
8. 同一行（ ）A. 甲 B. 乙 C. 丙 D. 丁 答案：D
9. 读不懂
A. 1
B. 2
答案：第一个
10. 不对的分
答案：√
分值：很多
"""


def test_the_text_of_a_learning_platform_with_all_its_defects() -> None:
    parsed = read(PLATFORM)
    assert [(question.public.type.value, answer(question)) for question in parsed.questions] == [
        ("single", "B"), ("true_false", False), ("fill", (("北京",),)), ("essay", ""), ("single", "D"),
    ]  # fmt: skip
    assert codes(parsed) == [
        ("unsupported-type", 19), ("no-answer", 21), ("answer-beyond-options", 24), ("bad-answer", 29), ("mark", 33),
    ]  # fmt: skip
    first = parsed.questions[0]
    assert (first.mark, first.difficulty, first.topic) == (Decimal(2), Difficulty.HARD, "电工基础")
    assert (first.secret.explanation, parsed.rows) == ("因为", 10)
    assert parsed.questions[4].public.options == ("甲", "乙", "丙", "丁")


def test_cases_with_plain_numbers_and_one_answer_line() -> None:
    text = (
        "四、案例分析题\n（一）某公司发生事故，\n死亡3人。\n1. 事故等级（ ）。\nA. 一般 B. 较大 C. 重大\n"
        "2. 应上报（ ）。\nA. 市 B. 省\n答案：1. B 2. A\n（二）某厂……\n1. 甲？\nA. 1 B. 2\n答案：A\n"
        "2. 乙？\n要点\n五、论述题（每题10分）\n1. 试述。\n"
    )
    first, second, essay = read(text).questions
    assert (first.public.stem, answer(first)) == ("某公司发生事故，\n死亡3人。", ("B", "A"))
    assert [part.type.value for part in second.public.parts] == ["single", "essay"]
    assert (essay.public.stem, essay.mark) == ("试述。", Decimal(10))


def test_sub_questions_with_one_answer_for_all() -> None:
    text = "一、案例题\n1. 案情。\n（1）甲？\n（2）乙？\n答案：（1）要点一（见规范）\n（2）要点二"
    assert answers(text) == [("要点一（见规范）", "要点二")]


def test_a_damaged_sub_question_keeps_the_whole_case_out() -> None:
    parsed = read("一、案例题\n1. 案情。\n(1)甲？\nA. 1\nB. 2\n答案：哪个\n(2)乙？\nA. 1\nB. 2\n答案：A")
    assert (parsed.questions, codes(parsed)) == ((), [("bad-answer", 2)])


def test_numbers_in_brackets_or_with_a_space_or_none_at_all() -> None:
    assert answers("（1）题一（ ）\nA. 1 B. 2\n答案：A\n（2）题二（A）\nA. 1 B. 2") == ["A", "A"]
    assert answers("多选题\n1 下列(   )\nA. 1\nB. 2\n答案：A、B\n2 下列哪些\nA. 1\nB. 2\nC. 3\n答案：AC") == [
        "AB",
        "AC",
    ]
    assert answers("第1题 题一\nA. 1\nB. 2\n答案 B\n第2题：题二\n答案：对") == ["B", True]
    bare = "题一\nA. 1\nB. 2\n答案：A\n\n题二（ ）\n答案：√\n题三\nA. 1\nB. 2\nC. 3\n正确答案：A,C"
    assert answers(bare) == ["A", True, "AC"]


def test_the_type_is_inferred_from_the_answer() -> None:
    text = "1. 甲____\n答案：乙\n2. 丙\n答案：丁是戊\n3. 己是（庚）。\n4. 辛\n答案：×\n5. 壬？"
    parsed = read(text)
    assert [question.public.type.value for question in parsed.questions] == [
        "fill", "essay", "fill", "true_false", "essay",
    ]  # fmt: skip
    assert codes(parsed) == [("type-guessed", 5)]


def test_a_heading_that_contradicts_options_and_answer_is_a_warning() -> None:
    parsed = read("一、填空题\n1. 甲（ ）\nA. 1\nB. 2\n答案：A")
    assert codes(parsed) == [("type-contradicts", 2)]
    assert parsed.questions[0].public.type.value == "single"
    assert codes(read("一、单选题\n1. 甲（ ）\nA. 1\nB. 2\nC. 3\n答案：AC")) == [("single-with-several", 2)]


def test_chapters_are_topics_and_html_signs_are_text() -> None:
    parsed = read("第一章 总则\n1. 标签<table>是表格？\n答案：√\n第二章 附则\n1. 乙\n答案：×")
    assert [question.topic for question in parsed.questions] == ["第一章 总则", "第二章 附则"]
    assert parsed.questions[0].public.stem == "标签<table>是表格？"


def test_numbers_within_a_text_begin_no_question() -> None:
    stem = "1. 额定电压\n380、220 伏的线路有\n3.5 米高\nA. 1\nB. 2\n答案：A\n解析：见\n1. 甲\n2. 乙\n2. 下一题\nA. 1\nB. 2\n答案：B"
    first, second = read(stem).questions
    assert first.public.stem == "额定电压\n380、220 伏的线路有\n3.5 米高"
    assert first.secret.explanation == "见\n1. 甲\n2. 乙"
    assert second.public.stem == "下一题"


def test_options_without_a_sign_behind_their_letter_and_with_semicolons() -> None:
    (first,) = read("1. 安全色包括\nA红色\nB黄色；\nC蓝色\n答案：AC").questions
    assert (first.public.stem, first.public.options) == ("安全色包括", ("红色", "黄色；", "蓝色"))
    (second,) = read("1. 三违\nA、指挥；B、作业；C、纪律。\n答案：C").questions
    assert second.public.options == ("指挥", "作业", "纪律。")
    (third,) = read("1. A型与\nB型的区别？\n答案：略").questions
    assert third.public.options == ()


def test_a_text_without_questions_is_refused() -> None:
    parsed = read("今天天气很好。\n明天也好。")
    assert [problem.code for problem in parsed.problems] == ["no-questions"]
    assert read("").problems[0].is_error


def test_gb18030_and_utf_16_are_read() -> None:
    for encoding in ("gb18030", "utf-16", "utf-8-sig"):
        assert len(read_bank_file(EXAM.encode(encoding), "a.txt").questions) == 11


def test_texts_are_told_from_other_formats() -> None:
    assert detect(EXAM.encode(), "x") == "text"
    assert detect("1. 空是{}。\n答案：甲".encode(), "x.txt") == "text"
    assert detect("题型,题干,选项A,答案\n单选题,甲,乙,A".encode(), "x.txt") == ""
    assert detect("甲{=乙}。".encode(), "x.txt") == "gift"
    assert detect("[html]甲{}".encode(), "x") == "gift"


SIGNS = "1.2、(3) \n一、单选题ABC.答案：√×【】解析_（）分每题-5\t甲"


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=120) | st.text(SIGNS, max_size=160).map(str.encode))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        result = read_text(content, "a.txt", ReadOptions())
    except FileRefused:
        return
    assert len(result.questions) <= result.rows
    read_bank_file(content, "a.txt")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.sampled_from([*EXAM.splitlines(), *KEYED.splitlines(), "1-2 AB", "参考答案"]), max_size=25)
)
def test_no_mixture_of_good_lines_breaks_the_reader(lines: list[str]) -> None:
    read_bank_file("\n".join(lines).encode(), "a.txt")


@pytest.mark.parametrize(
    "part",
    ["1. " + "_" * 50_000 + "x", "1. (" + " " * 50_000 + "x", "1-5" + " " * 50_000 + "#", "1. 甲\n" + "答案：\n1.\n" * 5_000,
     "【" * 50_000, "1. 甲\n" + "乙\n" * 50_000, "{" + "=" * 50_000, "A) x\n" * 10_000 + "ANSWER:", "1.A" * 20_000,
     "a{" + " \t" * 30_000, "::" + "a:" * 30_000, "1. 甲" + " A." * 20_000],
)  # fmt: skip
def test_no_text_keeps_the_reader_busy(part: str) -> None:
    started = time.process_time()
    read_bank_file(part.encode(), "a.txt")
    assert time.process_time() - started < 4
