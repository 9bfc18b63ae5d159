import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.certificates.rules.serial import ALPHABET, RANDOM_BITS, normalised, serial_of

RANDOM = st.integers(0, (1 << RANDOM_BITS) - 1)
YEARS = st.integers(2026, 2099)


def test_ten_thousand_numbers_are_all_different_and_valid() -> None:
    made = [serial_of(2026, secrets.randbits(RANDOM_BITS)) for _ in range(10_000)]
    assert len(set(made)) == 10_000
    assert all(normalised(one) == one for one in made)


def test_different_random_bits_give_different_numbers_at_every_bit() -> None:
    assert len({serial_of(2026, 1 << bit) for bit in range(RANDOM_BITS)}) == RANDOM_BITS


@given(YEARS, RANDOM)
def test_every_wrong_character_is_detected(year: int, random: int) -> None:
    right = serial_of(year, random)
    for at, letter in enumerate(right):
        if letter != "-":
            for other in ALPHABET:
                if other != letter:
                    assert normalised(right[:at] + other + right[at + 1 :]) is None


@given(YEARS, RANDOM)
def test_every_exchange_of_two_characters_is_detected(year: int, random: int) -> None:
    plain = serial_of(year, random).replace("-", "")
    for first in range(len(plain)):
        for second in range(first + 1, len(plain)):
            if plain[first] != plain[second]:
                letters = list(plain)
                letters[first], letters[second] = letters[second], letters[first]
                assert normalised("".join(letters)) is None


@given(YEARS, RANDOM)
def test_what_people_type_is_understood(year: int, random: int) -> None:
    right = serial_of(year, random)
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter != "-" else "－" for letter in right)
    for typed in (
        right.lower(),
        right.replace("-", ""),
        right.replace("-", " "),
        f"  {right.replace('-', '—')}。",
        right.replace("0", "O").replace("1", "l"),
        right.replace("0", "o").replace("1", "I"),
        right.removeprefix("JS"),
        wide,
        wide.lower(),
    ):
        assert normalised(typed) == right


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "JS26",
        "JS26-7K3M9-QXA2H-TC5Z",
        "XX26-00000-00000-00000",
        "JS2A-00000-00000-00000",
        "王" * 19,
        "JSU6" * 5,
    ],
)
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert normalised(typed) is None


@given(st.text(max_size=40))
def test_any_text_is_either_a_number_or_nothing(typed: str) -> None:
    found = normalised(typed)
    assert found is None or normalised(found) == found


def test_more_random_bits_than_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="70"):
        serial_of(2026, 1 << RANDOM_BITS)
