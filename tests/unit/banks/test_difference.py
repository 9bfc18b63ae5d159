"""The readable difference of two versions of a question."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from webapp.banks.rules.difference import Kind, Piece, changes, word_difference
from webapp.banks.rules.schema import Difficulty, PublicQuestion, Question, QuestionKey, QuestionType

BASE = Question(
    "k",
    PublicQuestion(QuestionType.SINGLE, "触电后先断电", ("断电", "跑开")),
    QuestionKey(letters="A", explanation="因为"),
    "用电",
    Difficulty.EASY,
)


@given(st.text("甲乙ab 1.", max_size=30), st.text("甲乙ab 1.", max_size=30))
def test_the_pieces_hold_both_texts_whole(before: str, after: str) -> None:
    pieces = word_difference(before, after)
    assert "".join(one.text for one in pieces if one.kind != Kind.NEW) == before
    assert "".join(one.text for one in pieces if one.kind != Kind.GONE) == after


def test_chinese_differs_by_character_and_english_by_word() -> None:
    assert word_difference("先断电后救人", "先断水后救人") == (
        Piece(Kind.SAME, "先断"),
        Piece(Kind.GONE, "电"),
        Piece(Kind.NEW, "水"),
        Piece(Kind.SAME, "后救人"),
    )
    assert [one.text for one in word_difference("turn power off", "turn water off")] == [
        "turn ",
        "power",
        "water",
        " off",
    ]


def test_only_fields_that_differ_are_told() -> None:
    assert changes(BASE, BASE) == ()
    after = replace(
        BASE,
        public=replace(BASE.public, options=("断电", "报警", "等待")),
        secret=replace(BASE.secret, letters="B"),
        difficulty=Difficulty.HARD,
    )
    told = [(one.label.text, dict(one.label.params)) for one in changes(BASE, after)]
    assert told == [
        ("Option %(letter)s", {"letter": "B"}),
        ("Option %(letter)s", {"letter": "C"}),
        ("Right answer", {}),
        ("Difficulty", {}),
    ]


def test_a_changed_part_of_a_passage_is_told_with_its_number() -> None:
    part, key = PublicQuestion(QuestionType.TRUE_FALSE, "对吗"), QuestionKey(truth=True)
    passage = replace(
        BASE,
        public=PublicQuestion(QuestionType.PASSAGE, "文", parts=(part,)),
        secret=QuestionKey(parts=(key,), part_weights=()),
    )
    after = replace(passage, secret=replace(passage.secret, parts=(replace(key, truth=False),)))
    (told,) = changes(passage, after)
    assert told.label.params["number"] == "1"
    assert [one.text for one in told.pieces] == ["✓", "✗"]
