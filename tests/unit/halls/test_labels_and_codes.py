"""Seats, networks and ticket codes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.halls.errors import LabelsWrong, NetworkWrong
from webapp.halls.rules import codes, labels


@given(st.integers(1, 30), st.integers(1, 30))
def test_rows_times_columns_make_that_many_seats_and_read_back(rows: int, columns: int) -> None:
    found = labels.seats(f" {rows} × {columns} ")
    assert len(found.labels) == rows * columns
    assert found.labels[-1] == f"{rows}-{columns}"
    assert labels.seats(labels.as_text(found)) == found


def test_a_list_of_labels_keeps_its_order() -> None:
    assert labels.seats("A1，A2、B1\nB2") == labels.Seats(("A1", "A2", "B1", "B2"), 0)


@pytest.mark.parametrize("text", ["", "0x5", "A1 A1", "1000x2", "x" * 13])
def test_seats_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(LabelsWrong):
        labels.seats(text)


def test_networks_are_kept_in_their_shortest_form() -> None:
    assert labels.networks("203.0.113.7/24, 2001:db8::1") == ("203.0.113.0/24", "2001:db8::1/128")
    with pytest.raises(NetworkWrong):
        labels.networks("203.0.113.0/24 nowhere")


def test_an_address_is_inside_or_not_and_without_a_list_everywhere_is_inside() -> None:
    assert labels.is_inside("203.0.113.9", ("203.0.113.0/24",))
    assert not labels.is_inside("198.51.100.9", ("203.0.113.0/24",))
    assert not labels.is_inside("unknown", ("203.0.113.0/24",))
    assert labels.is_inside("198.51.100.9", ())


@given(st.lists(st.integers(0, len(codes.ALPHABET) - 1), min_size=codes.LENGTH, max_size=codes.LENGTH))
def test_a_code_is_read_as_it_is_printed_in_any_case(numbers: list[int]) -> None:
    code = codes.code_of(numbers)
    assert codes.typed(codes.shown(code).lower()) == code
    assert codes.opened(["new", "old"], codes.signed("old", 7, code)) == (7, code)


def test_a_forged_token_opens_nothing() -> None:
    token = codes.signed("secret", 7, "ABCDEFGH")
    assert codes.opened(["other"], token) is None
    assert codes.opened(["secret"], token.replace("7.", "8.", 1)) is None
    assert codes.typed("ABC") == ""
