"""QTI 1.2 as Blackboard, D2L, ILIAS and Sakai write it."""

from decimal import Decimal

from tests.unit.banks.test_qti12 import equal, gives, item, labels, lid, metadata, read
from webapp.banks.formats.files import read_bank_file
from webapp.banks.rules.schema import Blank, NumberRange, Question, QuestionType


def only(text: str) -> Question:
    result = read(text)
    assert result.problems == []
    (question,) = result.questions
    return question


def flat(kind: str, points: str = "4.0") -> str:
    return (
        f"<itemmetadata><bbmd_asi_object_id>_7_1</bbmd_asi_object_id><bbmd_questiontype>{kind}</bbmd_questiontype>"
        f"<qmd_absolutescore_max>{points}</qmd_absolutescore_max></itemmetadata>"
    )


def formatted(text: str) -> str:
    escaped = text.replace("<", "&lt;")
    return (
        f'<flow class="FORMATTED_TEXT_BLOCK"><material><mat_extension><mat_formattedtext type="HTML">{escaped}'
        "</mat_formattedtext></mat_extension></material></flow>"
    )


def bb_options(*texts: str) -> str:
    return "".join(
        f'<flow_label><response_label ident="id{number}"><flow_mat>{formatted(text)}</flow_mat></response_label></flow_label>'
        for number, text in enumerate(texts, start=1)
    )


def blackboard(kind: str, body: str, conditions: str, more: str = "") -> str:
    """One item without an identifier, with its texts as Blackboard packs them."""
    return (
        f'<questestinterop><assessment title="小测"><section><item maxattempts="0">{flat(kind)}'
        f'<presentation><flow class="Block"><flow class="QUESTION_BLOCK">{formatted("<b>题</b>干")}</flow>{body}</flow>'
        '</presentation><resprocessing><outcomes><decvar maxvalue="4.0" varname="SCORE"/></outcomes>'
        f"{conditions}</resprocessing>{more}</item></section></assessment></questestinterop>"
    )


def shows(tests: str, link: str = "correct") -> str:
    return (
        f"<respcondition><conditionvar>{tests}</conditionvar>"
        f'<displayfeedback feedbacktype="Response" linkrefid="{link}"/></respcondition>'
    )


def maximal(tests: str) -> str:
    return (
        f'<respcondition title="correct"><conditionvar>{tests}</conditionvar>'
        '<setvar variablename="SCORE" action="Set">SCORE.max</setvar></respcondition>'
    )


OTHER = shows("<other/>", "incorrect")
FIB = '<flow class="RESPONSE_BLOCK"><response_str ident="response"><render_fib fibtype="String"/></response_str></flow>'


def test_blackboard_texts_are_html_and_its_metadata_are_elements() -> None:
    body = f'<response_lid ident="response" rcardinality="Single"><render_choice>{bb_options("<i>红</i>", "绿")}</render_choice></response_lid>'
    question = only(blackboard("Multiple Choice", body, maximal(equal("id2", "response")) + OTHER))
    assert (question.public.stem, question.public.options) == ("<b>题</b>干", ("<i>红</i>", "绿"))
    assert (question.secret.letters, question.mark, question.external_id) == ("B", Decimal(4), "_7_1")
    assert question.topic == "小测"


def test_blackboard_says_multiple_answer_even_where_the_response_says_single() -> None:
    body = f'<response_lid ident="response" rcardinality="Single"><render_choice>{bb_options("甲", "乙", "丙")}</render_choice></response_lid>'
    tests = f"<and>{equal('id1', 'response')}<not>{equal('id2', 'response')}</not>{equal('id3', 'response')}</and>"
    question = only(blackboard("Multiple Answer", body, maximal(tests) + OTHER))
    assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "AC")


def test_right_answers_that_only_show_the_feedback_called_correct() -> None:
    conditions = shows(equal("紫", "response")) + shows(equal("堇", "response")) + OTHER
    question = only(blackboard("Fill in the Blank", FIB, conditions))
    assert (question.public.type, question.public.stem) == (QuestionType.FILL, "<b>题</b>干 ____")
    assert (question.secret.blanks, question.mark) == ((Blank(("紫", "堇")),), Decimal(4))


def test_a_number_that_only_shows_the_feedback_called_correct() -> None:
    body = FIB.replace("response_str", "response_num").replace("String", "Decimal")
    tests = f'<vargte respident="response">3</vargte><varlte respident="response">5</varlte>{equal("4", "response")}'
    question = only(blackboard("Numeric", body, shows(tests) + OTHER))
    assert question.secret.numbers == (NumberRange(Decimal(3), Decimal(5)),)


def test_the_solution_of_an_essay_is_what_markers_compare_with() -> None:
    solution = f'<itemfeedback ident="solution"><solution><solutionmaterial>{formatted("黄色潜水艇")}</solutionmaterial></solution></itemfeedback>'
    question = only(blackboard("Short Response", FIB, maximal(""), solution))
    assert (question.public.type, question.secret.reference) == (QuestionType.ESSAY, "黄色潜水艇")
    assert question.secret.explanation == ""


def test_blackboard_pairs_stand_beside_empty_lists() -> None:
    lists = "".join(
        f'<flow class="Block"><response_lid ident="L{left}"><render_choice><flow_label>'
        + "".join(f'<response_label ident="L{left}R{right}"/>' for right in (1, 2, 3))
        + f"</flow_label></render_choice></response_lid>{formatted(text)}</flow>"
        for left, text in ((1, "火星"), (2, "土星"))
    )
    rights = "".join(f'<flow class="Block">{formatted(text)}</flow>' for text in ("土卫一", "火卫一", "月球"))
    body = f'<flow class="RESPONSE_BLOCK">{lists}</flow><flow class="RIGHT_MATCH_BLOCK">{rights}</flow>'
    question = only(
        blackboard("Matching", body, shows(equal("L1R2", "L1")) + shows(equal("L2R1", "L2")) + OTHER)
    )
    assert (question.public.type, question.public.stem) == (QuestionType.MATCHING, "<b>题</b>干")
    assert (question.public.items, question.public.options) == (
        ("火星", "土星"),
        ("土卫一", "火卫一", "月球"),
    )
    assert (question.secret.letters, question.mark) == ("BA", Decimal(4))


def test_blackboard_names_blanks_in_brackets() -> None:
    strings = "".join(f'<response_str ident="{name}"><render_fib/></response_str>' for name in "xy")
    tests = f"<and><or>{equal('硅', 'y')}{equal('锗', 'y')}</or><or>{equal('铜', 'x')}</or></and>"
    text = blackboard("Fill in the Blank Plus", strings, maximal(tests))
    question = only(text.replace("&lt;b>题&lt;/b>干", "[x]导电，[y]半导电"))
    assert question.public.stem == "____导电，____半导电"
    assert [blank.accepted for blank in question.secret.blanks] == [("铜",), ("硅", "锗")]
    assert question.secret.fill.all_needed


def test_types_of_blackboard_without_a_key_are_refused_by_name() -> None:
    for kind in ("Calculated", "Hot Spot", "Quiz Bowl", "File Upload"):
        result = read(blackboard(kind, FIB, ""))
        assert [(one.code, one.is_error) for one in result.problems] == [("unsupported-type", True)], kind
    assert read(blackboard("Presentation Only", "", "")).rows == 0


def d2l(kind: str, body: str, conditions: str) -> str:
    fields = {"qmd_questiontype": kind, "qmd_weighting": "2.500"}
    entries = "".join(
        f"<qti_metadatafield><fieldlabel>{name}</fieldlabel><fieldentry>{value}</fieldentry></qti_metadatafield>"
        for name, value in fields.items()
    )
    return (
        '<questestinterop xmlns:d2l_2p0="urn:d2l"><objectbank><section title="库">'
        f'<item ident="o1" d2l_2p0:page="1"><itemmetadata><qtimetadata>{entries}</qtimetadata></itemmetadata>'
        '<presentation><flow><material><mattext texttype="text/html">题干</mattext></material>'
        f"<response_extension><d2l_2p0:grading_type>0</d2l_2p0:grading_type></response_extension>{body}</flow></presentation>"
        f'<resprocessing><outcomes><decvar vartype="Integer" defaultval="0"/></outcomes>{conditions}</resprocessing>'
        "</item></section></objectbank></questestinterop>"
    )


def test_d2l_keeps_its_settings_beside_the_response() -> None:
    wrong = f"<not>{equal('x')}{equal('z')}</not>"
    question = only(
        d2l("Multi-Select", lid(cardinality="Multiple"), gives(equal("\ny\n") + wrong, "1", "Add"))
    )
    assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "B")
    assert (question.mark, question.topic) == (Decimal("2.5"), "库")


def test_d2l_compares_with_the_label_inside_the_response() -> None:
    body = '<response_str ident="S"><render_fib><response_label ident="A"/></render_fib></response_str>'
    question = only(d2l("Short Answer", body, gives(equal("北京", "A", 'case="no"'))))
    assert question.secret.blanks == (Blank(("北京",)),)


def test_d2l_several_boxes_take_the_answers_in_any_order() -> None:
    body = '<response_str ident="S"><render_fib d2l_2p0:input_boxes="2"><response_label ident="A"/></render_fib></response_str>'
    two = d2l("Multi-Short Answer", body, gives(equal("酸", "A"), "50") + gives(equal("碱", "A"), "50"))
    question = only(two)
    assert (question.public.stem, question.public.blanks) == ("题干____ ____", 2)
    assert question.secret.blanks == (Blank(("酸",)), Blank(("碱",)))
    assert question.secret.fill.any_order
    question = only(two.replace("</resprocessing>", gives(equal("盐", "A"), "50") + "</resprocessing>"))
    assert question.secret.blanks == (Blank(("酸", "碱", "盐")),) * 2


def test_d2l_pairs_and_order() -> None:
    groups = "".join(
        lid(name, labels("a", "b"), prompt=text)
        .replace("response_lid ident", "response_grp respident")
        .replace("response_lid", "response_grp")
        for name, text in (("P", "左一"), ("Q", "左二"))
    )
    question = only(
        d2l("Matching", groups, gives(equal("b", "P"), "1", "Add") + gives(equal("a", "Q"), "1", "Add"))
    )
    assert (question.public.items, question.secret.letters) == (("左一", "左二"), "BA")
    ordered = (
        lid(cardinality="Ordered")
        .replace("response_lid ident", "response_grp respident")
        .replace("response_lid", "response_grp")
    )
    question = only(
        d2l("Ordering", ordered, gives(equal("2", "x")) + gives(equal("1", "y")) + gives(equal("3", "z")))
    )
    assert (question.public.type, question.secret.letters) == (QuestionType.ORDERING, "BAC")


def ilias(kind: str) -> str:
    return metadata().replace(
        "<qtimetadata>",
        f"<qtimetadata><qtimetadatafield><fieldlabel>QUESTIONTYPE</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield>",
    )


def test_ilias_pairs_are_subsets_of_one_group() -> None:
    group = f'<response_grp ident="MQ" rcardinality="Multiple">{labels("s1", "s2", "t1", "t2", "t3")}</response_grp>'
    group = group.replace('ident="s', 'match_group="t1,t2" ident="s')
    key = "".join(
        gives(f'<varsubset respident="MQ">{pair}</varsubset>', "2", "Add") for pair in ("s1,t2", "(s2, t1)")
    )
    question = only(item(group, key, ilias("assMatchingQuestion")))
    assert (question.public.items, question.public.options) == (("s1", "s2"), ("t1", "t2", "t3"))
    assert question.secret.letters == "BA"


def test_ilias_order_is_said_place_by_place() -> None:
    key = "".join(
        gives(equal(name, more=f'index="{place}"'), "1", "Add")
        for name, place in (("z", 0), ("x", 1), ("y", 2))
    )
    question = only(item(lid(cardinality="Ordered"), key, ilias("assOrderingQuestion")))
    assert (question.public.type, question.secret.letters) == (QuestionType.ORDERING, "CAB")


def test_ilias_asks_of_each_option_whether_it_is_right() -> None:
    tests = (
        "<and>"
        + "".join(equal(value, name) for name, value in (("x", "1"), ("y", "0"), ("z", "1")))
        + "</and>"
    )
    question = only(item(lid(cardinality="Multiple"), gives(tests, "1", "Add"), ilias("assKprimChoice")))
    assert (question.public.type, question.secret.letters, question.secret.weights) == ("multiple", "AC", {})


def test_ilias_gaps_with_lists_texts_and_numbers() -> None:
    picked = f'<response_str ident="g0"><render_choice>{labels("高", "低")}</render_choice></response_str>'
    number = '<response_num ident="g1"><render_fib fibtype="Decimal"/></response_num>'
    bounds = '<vargte respident="g1">4</vargte><varlte respident="g1">6</varlte>'
    key = gives(equal("低", "g0"), "1", "Add") + gives(bounds, "1", "Add")
    question = only(item(picked + number, key, ilias("assClozeTest")))
    assert question.public.choices == (("高", "低"), ())
    assert question.secret.blanks == (Blank(("低",)), Blank(("5",), tolerance=Decimal(1)))


def test_a_prompt_inside_the_response_is_a_part_of_the_stem() -> None:
    question = only(item(lid(prompt="选哪个"), gives(equal("x"))))
    assert question.public.stem == "题干\n选哪个"


def test_named_gaps_without_a_type() -> None:
    body = lid("response_a", labels("红", "绿"), prompt="a") + lid("response_b", labels("B", "b"), prompt="b")
    key = gives(equal("绿", "response_a"), "50", "Add") + gives(equal("B", "response_b"), "50", "Add")
    question = only(item(body, key, stem="先[a]后[b]"))
    assert (question.public.stem, question.public.choices) == ("先____后____", (("红", "绿"), ()))
    assert question.secret.blanks == (Blank(("绿",)), Blank(("B", "b")))


def test_full_marks_need_not_be_the_whole_scale() -> None:
    key = gives(equal("x"), "10") + gives(equal("y"), "5")
    question = only(item(lid(), key, metadata("multiple_choice_question", "10")))
    assert (question.secret.letters, question.secret.weights) == ("A", {"A": Decimal(1), "B": Decimal("0.5")})
    key = gives(equal("x"), "250", "Add") + gives(equal("y"), "250", "Add") + gives(equal("z"), "-100", "Add")
    question = only(item(lid(cardinality="Multiple"), key))
    assert question.secret.weights == {"A": Decimal("0.5"), "B": Decimal("0.5"), "C": Decimal("-0.2")}


def test_a_matching_question_may_have_one_pair_in_its_file() -> None:
    text = item(lid("P", prompt="左"), gives(equal("y", "P")), metadata("matching_question"))
    question = only(text)
    assert (question.public.type, question.public.items, question.secret.letters) == (
        "matching",
        ("左",),
        "B",
    )


def test_what_a_section_shows_stands_before_its_questions() -> None:
    shown = "<presentation_material><flow_mat><material><mattext>见下表。</mattext></material></flow_mat></presentation_material>"
    text = item(lid(), gives(equal("x"))).replace('<item ident="i1">', f'<section>{shown}<item ident="i1">')
    question = only(text.replace("</item>", "</item></section>"))
    assert question.public.stem == "见下表。\n题干"


def test_a_document_type_of_the_format_with_declarations_is_passed_over() -> None:
    subset = "<!-- note -->\n<!ELEMENT ims_render_object (flow_label+)>\n<!ATTLIST ims_render_object shuffle (Yes|No) 'No' >"
    doctype = f'<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2.dtd" [\n{subset}\n]>\n'
    text = item(lid(), gives(equal("x")))
    assert len(read_bank_file((doctype + text).encode(), "a.xml").questions) == 1
    evil = doctype.replace("<!-- note -->", '<!ENTITY a "b">')
    assert read_bank_file((evil + text).encode(), "a.xml").problems[0].code == "dtd"


def test_formulas_that_canvas_draws_are_their_latex() -> None:
    image = '&lt;img class="equation_image" src="/equation_images/x%5E2" alt="LaTeX: x^2"&gt;'
    question = only(item(lid(), gives(equal("x")), stem=f"求 {image} 的导数"))
    assert question.public.stem == "求 \\(x^2\\) 的导数"


def test_labels_may_be_html_written_as_text() -> None:
    options = labels("t", "f").replace("<mattext>t", '<mattext texttype="text/html">&lt;p&gt;True&lt;/p&gt;')
    options = options.replace("<mattext>f", '<mattext texttype="text/html">&lt;p&gt;False&lt;/p&gt;')
    question = only(item(lid(options=options), gives(equal("f")), metadata("true_false_question")))
    assert (question.public.type, question.secret.truth) == (QuestionType.TRUE_FALSE, False)


def statement(value: str, score: str, negated: bool = False) -> str:
    test = f'<varequal respident="R">{value}</varequal>'
    test = f"<not>{test}</not>" if negated else f"<and>{test}</and>"
    return f'<respcondition><conditionvar>{test}</conditionvar><setvar action="Add">{score}</setvar></respcondition>'


def test_statements_that_are_each_right_or_wrong_are_a_multiple_choice() -> None:
    told = ("x:correct", "y:wrong", "z:correct")
    tests = "".join(statement(one, "0.5") + statement(one, "-0.5", negated=True) for one in told)
    result = read(item(lid(options=labels("x", "y", "z"), cardinality="Multiple"), tests))
    (question,) = result.questions
    assert (question.public.type, question.secret.letters) == (QuestionType.MULTIPLE, "AC")
    assert [problem.code for problem in result.problems] == ["changed"], "its parts of the mark are given up"


def test_points_for_an_option_left_unchosen_are_told_as_lost() -> None:
    tests = statement("x", "1") + statement("y", "1", negated=True)
    result = read(item(lid(options=labels("x", "y"), cardinality="Multiple"), tests))
    assert [problem.code for problem in result.problems] == ["changed"]
