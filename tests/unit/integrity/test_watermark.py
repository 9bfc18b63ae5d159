"""The code behind the questions."""

import pytest

from webapp.integrity.errors import BadCode
from webapp.integrity.rules.watermark import ALPHABET, LENGTH, code_of, matching, read_code

KEY = b"k" * 32


def test_a_code_is_short_stable_and_different_for_each_attempt() -> None:
    codes = [code_of(KEY, attempt) for attempt in range(1, 5000)]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)
    assert code_of(KEY, 1) == codes[0] != code_of(b"other" * 8, 1)


def test_a_code_leads_back_to_its_attempt_also_with_two_unreadable_places() -> None:
    code = code_of(KEY, 77)
    assert matching(KEY, read_code(f" {code[:3].lower()}-{code[3:]} "), range(1, 2000)) == [77]
    assert 77 in matching(KEY, read_code("?" + code[1:-1] + "？"), range(1, 2000))


@pytest.mark.parametrize("text", ["", "ABCDEF", "ABCDEFGH", "ABCDE0G", "???ABCD", "ABCDE;G"])
def test_what_no_code_can_be_is_refused(text: str) -> None:
    with pytest.raises(BadCode):
        read_code(text)
