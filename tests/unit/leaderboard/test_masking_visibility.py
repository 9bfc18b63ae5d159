"""Who sees what: names behind stars, cells without formulas, boards at their time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.schema import BoardRule
from webapp.leaderboard.rules.masking import masked_name, neutral
from webapp.leaderboard.rules.visibility import Shown, Steps, shown_to_public

NOW = datetime(2026, 6, 1, tzinfo=UTC)
AGO = NOW - timedelta(days=1)
LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王芳", "王*"),
        ("欧阳䶮", "欧**"),
        ("王", "王*"),
        ("𠮷田", "𠮷*"),
        ("葛\U000e0100某", "葛*"),
        ("阿卜杜拉·热合曼", "阿***"),
        ("Ann Lee", "A***"),
        ("", "*"),
    ],
)
def test_only_the_first_character_shows(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@given(st.text(min_size=1, max_size=30))
def test_no_name_gets_through_the_mask(name: str) -> None:
    shown = masked_name(name)
    assert shown[1:].strip("*") == ""
    assert 1 <= len(shown) <= 4


def test_a_file_may_show_whole_names() -> None:
    assert masked_name("王芳", "none") == "王芳"
    with pytest.raises(ValueError, match="blur"):
        masked_name("王芳", "blur")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_cells_that_look_like_formulas_are_neutralised(text: str) -> None:
    assert neutral(text) == f"'{text}"


def test_other_cells_stay() -> None:
    assert neutral("长春第一机械厂") == "长春第一机械厂"
    assert neutral("") == ""


@pytest.mark.parametrize(
    ("public_from", "rechecked_at", "published_at", "shown"),
    [
        ("at_once", None, None, Shown.PROVISIONAL),
        ("at_once", None, AGO, Shown.PUBLISHED),
        ("recheck", None, None, Shown.NOT_YET),
        ("recheck", LATER, None, Shown.NOT_YET),
        ("recheck", NOW, None, Shown.PROVISIONAL),
        ("recheck", AGO, AGO, Shown.PUBLISHED),
        ("recheck", None, AGO, Shown.PUBLISHED),
        ("publication", AGO, None, Shown.NOT_YET),
        ("publication", AGO, LATER, Shown.NOT_YET),
        ("publication", AGO, NOW, Shown.PUBLISHED),
        ("never", AGO, AGO, Shown.NEVER),
    ],
)
def test_the_public_sees_a_board_from_its_step_on(
    public_from: str, rechecked_at: datetime | None, published_at: datetime | None, shown: Shown
) -> None:
    rule = BoardRule(public_from, "first_character")
    found = shown_to_public(rule, Steps(rechecked_at, published_at), NOW)
    assert found is shown
    assert found.is_visible == (shown in {Shown.PROVISIONAL, Shown.PUBLISHED})


def test_a_step_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        shown_to_public(BoardRule("tomorrow", "none"), Steps(None, None), NOW)
