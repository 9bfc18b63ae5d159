"""Blind numbers can be repeated by whoever knows the secret, and by nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.judging.rules import pieces
from webapp.judging.rules.blind import blind_numbers, commitment, proves

SECRET = bytes(range(32))


@given(st.sets(st.integers(1, 10**9), max_size=60), st.binary(min_size=32, max_size=32))
def test_every_entry_has_one_number_and_the_order_asked_in_does_not_matter(
    ids: set[int], secret: bytes
) -> None:
    made = blind_numbers(secret, "m1", ids)
    assert sorted(made.values()) == list(range(1, len(ids) + 1))
    assert blind_numbers(secret, "m1", sorted(ids, reverse=True)) == made


def test_another_module_and_another_secret_give_another_order() -> None:
    ids = range(1, 41)
    assert blind_numbers(SECRET, "m1", ids) != blind_numbers(SECRET, "m2", ids)
    assert blind_numbers(SECRET, "m1", ids) != blind_numbers(SECRET[::-1], "m1", ids)


def test_this_draw_stays_the_same_for_ever() -> None:
    assert blind_numbers(SECRET, "m1", [11, 12, 13, 14]) == blind_numbers(SECRET, "m1", [14, 13, 12, 11])
    assert set(blind_numbers(SECRET, "m1", [15], after=4).values()) == {5}


def test_a_secret_proves_only_its_own_promise() -> None:
    assert proves(SECRET, commitment(SECRET))
    assert not proves(SECRET[::-1], commitment(SECRET))


@given(st.integers(1, 10_000), st.integers(1, 500))
def test_pieces_add_up_to_the_file(size: int, piece: int) -> None:
    assert sum(pieces.length(n, size, piece) for n in range(pieces.count(size, piece))) == size
    with pytest.raises(ValueError, match="no piece"):
        pieces.length(pieces.count(size, piece), size, piece)
