"""QTI 1.2 as Blackboard, D2L, ILIAS and Sakai write it, put into the one shape that the reader knows."""

import copy
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from webapp.banks.formats.qti2_model import Element, number
from webapp.banks.formats.qti_text import plain

PARTS = "parts-of-the-mark"
"""Set on an item whose parts of a mark were given up on the way into the one shape."""
TYPES = {
    # Blackboard: bbmd_questiontype.
    "multiple choice": "multiple_choice_question",
    "multiple answer": "multiple_answers_question",
    "true/false": "true_false_question",
    "either/or": "multiple_choice_question",
    "essay": "essay_question",
    "short response": "essay_question",
    "fill in the blank": "short_answer_question",
    "fill in the blank plus": "short_answer_question",
    "matching": "matching_question",
    "ordering": "ordering_question",
    "numeric": "numerical_question",
    "calculated": "calculated_question",
    "jumbled sentence": "multiple_dropdowns_question",
    "hot spot": "hot_spot_question",
    "file upload": "file_upload_question",
    "quiz bowl": "quiz_bowl_question",
    "opinion scale": "multiple_choice_question",
    "presentation only": "text_only_question",
    # D2L: qmd_questiontype.
    "multi-select": "multiple_answers_question",
    "short answer": "short_answer_question",
    "multi-short answer": "short_answer_question",
    "fill in the blanks": "short_answer_question",
    "long answer": "essay_question",
    "written response": "essay_question",
    "arithmetic": "calculated_question",
    "significant figures": "calculated_question",
    "likert": "likert_question",
    "text information": "text_only_question",
    "image": "text_only_question",
    # Sakai: qmd_itemtype.
    "true false": "true_false_question",
    "multiple correct answer": "multiple_answers_question",
    "multiple correct single selection": "multiple_choice_question",
    "short answers/essay": "essay_question",
    "numeric response": "numerical_question",
    "audio recording": "audio_recording_question",
    # ILIAS: QUESTIONTYPE.
    "asssinglechoice": "multiple_choice_question",
    "assmultiplechoice": "multiple_answers_question",
    "asskprimchoice": "multiple_answers_question",
    "assorderingquestion": "ordering_question",
    "assorderinghorizontal": "ordering_question",
    "assmatchingquestion": "matching_question",
    "assclozetest": "short_answer_question",
    "asstextsubset": "short_answer_question",
    "assnumeric": "numerical_question",
    "asstextquestion": "essay_question",
    "assimagemapquestion": "hot_spot_question",
    "assformulaquestion": "calculated_question",
    "assfileupload": "file_upload_question",
    "asserrortext": "error_text_question",
}
"""What other programs call their types, in small letters, under the names of Canvas."""

TYPE_FIELDS = ("bbmd_questiontype", "qmd_questiontype", "questiontype", "qmd_itemtype")
POINT_FIELDS = (
    "points_possible", "qmd_absolutescore_max", "respondusapi_qpoints", "points", "cc_weighting",
)  # fmt: skip
LISTS = ("response_str", "response_num")
TESTED = "varequal"


def put_into_shape(item: Element) -> None:
    """Change an item (names without namespace) in place. Nothing is changed in the shape of Canvas and IMS."""
    for text in item.iter("mat_formattedtext"):
        kind = str(text.get("type") or "").lower()
        text.tag = "mattext"
        text.set("texttype", "text/html" if "html" in kind else "")
    for group in item.iter("response_grp"):
        if group.get("respident") and not group.get("ident"):
            group.set("ident", str(group.get("respident")))
            group.tag = "response_lid"
    _without_settings(item)
    _blackboard_pairs(item)
    _pairs_of_groups(item)
    _tests_of_labels(item)
    _each_option_by_itself(item)
    _each_statement_by_itself(item)
    _key_by_feedback(item)


def _without_settings(item: Element) -> None:
    """D2L keeps how a question looks in a response_extension beside its responses."""
    names = {str(one.tag) for one in item.iter() if str(one.tag).startswith("response_")}
    if names & {"response_lid", "response_str", "response_num"}:
        for extension in list(item.iter("response_extension")):
            _take_out(extension)


def _take_out(element: Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _blackboard_pairs(item: Element) -> None:
    """Blackboard shows the texts of the left side beside empty lists, and those of the right side below."""
    rights = [flow for flow in item.iter("flow") if flow.get("class") == "RIGHT_MATCH_BLOCK"]
    if not rights:
        return
    texts = [block for right in rights for block in right if block.tag == "flow"]
    for response in item.iter("response_lid"):
        for label, text in zip(response.iter("response_label"), texts, strict=False):
            if len(label) == 0:
                label.extend(copy.deepcopy(one) for one in text.iter("material"))
        beside = response.getparent()
        if beside is None or response.find("material") is not None:
            continue
        for other in [one for one in beside if one is not response]:
            for place, material in enumerate(list(other.iter("material"))):
                response.insert(place, material)
            _take_out(other)
    for right in rights:
        _take_out(right)


def _pairs_of_groups(item: Element) -> None:
    """ILIAS and the drag and drop of IMS: one group of labels, its right pairs as “a,b” in varsubset."""
    for group in list(item.iter("response_grp")):
        tests = [one for one in item.iter("varsubset") if one.get("respident") == group.get("ident")]
        pairs = [(test, *_pair(plain(test))) for test in tests]
        labels = {str(one.get("ident") or ""): one for one in group.iter("response_label")}
        firsts = {first for _, first, _ in pairs}
        movable = {name for name, label in labels.items() if label.get("match_group")}
        if not pairs or any({first, second} - set(labels) for _, first, second in pairs):
            continue
        lefts = [name for name in labels if name in firsts or (firsts <= movable and name in movable)]
        rights = [name for name in labels if name not in lefts]
        parent = group.getparent()
        if parent is None or not rights:
            continue
        for name in lefts:
            response = etree.SubElement(parent, "response_lid", ident=name)
            response.extend(copy.deepcopy(one) for one in labels[name].iter("material"))
            choice = etree.SubElement(response, "render_choice")
            choice.extend(copy.deepcopy(labels[right]) for right in rights)
        for test, first, second in pairs:
            test.tag = TESTED
            test.set("respident", first)
            test.text = second
        _take_out(group)


def _pair(text: str) -> tuple[str, str]:
    first, _, second = text.strip().strip("()").partition(",")
    return first.strip(), second.strip()


def _tests_of_labels(item: Element) -> None:
    """D2L compares with the label inside a response, not with the response. ILIAS asks for a subset of one."""
    owners = {
        str(label.get("ident") or ""): str(response.get("ident") or "")
        for response in item.iter(*LISTS)
        for label in response.iter("response_label")
    }
    names = {str(response.get("ident") or "") for response in item.iter(*LISTS, "response_lid")}
    for test in item.iter(TESTED, "varsubset", "varsubstring", "vargte", "varlte", "vargt", "varlt"):
        asked = str(test.get("respident") or "")
        if asked not in names and asked in owners:
            test.set("respident", owners[asked])
        if test.tag == "varsubset":
            test.tag = TESTED


def _each_option_by_itself(item: Element) -> None:
    """ILIAS asks of each option whether it is right: 1 is as if it were chosen, 0 as if it were not."""
    responses = list(item.iter("response_lid"))
    if len(responses) != 1:
        return
    labels = {str(one.get("ident") or "") for one in responses[0].iter("response_label")}
    name = str(responses[0].get("ident") or "")
    for together in item.iter("and"):
        tests = list(together)
        if {str(one.get("respident") or "") for one in tests} != labels or len(tests) < 2:
            continue
        for test in tests:
            if test.tag != TESTED or plain(test) not in {"0", "1"}:
                return
        for test in tests:
            is_chosen, option = plain(test) == "1", str(test.get("respident"))
            test.set("respident", name)
            test.text = option
            if not is_chosen:
                wrapper = etree.Element("not")
                together.replace(test, wrapper)
                wrapper.append(test)


def _each_statement_by_itself(item: Element) -> None:
    """OpenOLAT says of each option whether it is right (KPRIM): “a:correct”, “b:wrong”, and gives a part of
    the score for each. What is right is put into one condition that gives it all."""
    responses = list(item.iter("response_lid"))
    labels = {str(one.get("ident") or "") for one in item.iter("response_label")}
    tests = list(item.iter(TESTED))
    told = {test: plain(test).rpartition(":") for test in tests}
    if len(responses) != 1 or not tests or any(not _is_statement(one, labels) for one in told.values()):
        return
    is_right: dict[str, bool] = {}
    total = Decimal(0)
    for condition in list(item.iter("respcondition")):
        scores = [number(plain(one)) or Decimal(0) for one in condition.iter("setvar")]
        asked = [one for one in condition.iter(TESTED) if next(one.iterancestors("not"), None) is None]
        if len(scores) == 1 and scores[0] > 0:
            total += scores[0]
            is_right |= {told[one][0]: told[one][2] == "correct" for one in asked}
    processing = next(item.iter("resprocessing"), None)
    if processing is None or set(is_right) != labels:
        return
    item.set(PARTS, "yes")
    for condition in list(item.iter("respcondition")):
        if any(True for _ in condition.iter(TESTED)):
            _take_out(condition)
    together = etree.SubElement(processing, "respcondition")
    each = etree.SubElement(etree.SubElement(together, "conditionvar"), "and")
    for option, right in is_right.items():
        place = each if right else etree.SubElement(each, "not")
        etree.SubElement(place, TESTED, respident=str(responses[0].get("ident") or "")).text = option
    etree.SubElement(together, "setvar", action="Set").text = str(total)


def _is_statement(told: tuple[str, str, str], labels: set[str]) -> bool:
    return told[0] in labels and told[2] in {"correct", "wrong"}


def _key_by_feedback(item: Element) -> None:
    """Blackboard and Sakai write no score for some types: a right answer is one that shows the feedback
    “correct”. Such a condition is given the whole score."""
    conditions = [one for one in item.iter("respcondition") if any(True for _ in _comparisons(one))]
    if any(_score(setting) for one in conditions for setting in one.iter("setvar")):
        return
    for condition in conditions:
        links = {
            str(one.get("linkrefid") or "").strip("_").lower() for one in condition.iter("displayfeedback")
        }
        title = str(condition.get("title") or "").strip().lower()
        if "correct" not in links and title not in {"correct", "mastery"}:
            continue
        for setting in list(condition.iter("setvar")):
            _take_out(setting)
        etree.SubElement(condition, "setvar", action="Set").text = "1"


def _comparisons(condition: Element) -> Iterator[Element]:
    for variables in condition.findall("conditionvar"):
        yield from variables.iter(TESTED, "varsubstring", "vargte", "varlte", "vargt", "varlt")


def _score(setting: Element) -> bool:
    text = plain(setting)
    value = number(text)
    return text.lower().endswith(".max") or (value is not None and value > 0)
