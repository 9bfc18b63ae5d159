"""Unified social credit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.organisations.rules import credit_code

BODIES = st.text(credit_code.ALPHABET, min_size=17, max_size=17)


def test_check_character_follows_the_published_algorithm() -> None:
    # The example of GB 32100-2015, annex B.
    assert credit_code.is_valid("91350100M000100Y43")


@given(BODIES)
def test_a_code_with_its_check_character_is_valid(body: str) -> None:
    assert credit_code.is_valid(body + credit_code.check_character(body))


@given(BODIES, st.integers(0, 16), st.integers(1, 30))
def test_every_single_wrong_character_is_noticed(body: str, place: int, step: int) -> None:
    code = body + credit_code.check_character(body)
    other = credit_code.ALPHABET[(credit_code.ALPHABET.index(code[place]) + step) % 31]
    assert not credit_code.is_valid(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "9135", "91350100M000100Y4", "91350100I000100Y43", "91350100M000100Y431"]
)
def test_wrong_shapes_are_invalid(text: str) -> None:
    assert not credit_code.is_valid(text)


def test_spellings_of_one_code_are_one() -> None:
    assert credit_code.clean(" 91350100-m000100y43　") == "91350100M000100Y43"
