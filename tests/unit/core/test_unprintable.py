"""Which signs print as boxes: asked of the fonts, not guessed."""

import pytest

from webapp.core.typesetting import unprintable


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("欧阳䶮", set()),
        ("阿卜杜热合曼·艾力", set()),
        ('Zoë D\'Arc "A" `b`', set()),
        ("王\U00030000华", {"\U00030000"}),
        ("\U00030000\U00030001", {"\U00030000", "\U00030001"}),
        ("བསོད", {"བ", "སོ", "ད"}),
        ("李\ue001", {"\ue001"}),
        ("葛\U000e0100飾", set()),
    ],
)
def test_signs_without_a_picture_are_named_with_their_marks(words: str, missing: set[str]) -> None:
    for _again in range(2):
        assert unprintable([words]) == missing
