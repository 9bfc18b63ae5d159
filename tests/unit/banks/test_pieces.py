"""Staged questions in pieces: nothing is lost, and a page finds its own."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.banks.rules.pieces import PIECE, packed, pieces_of, unpacked

questions = st.lists(st.builds(lambda word: {"stem": word}, st.text(max_size=3)), max_size=3 * PIECE)


@given(questions)
def test_all_come_back_in_their_order(told: list[dict[str, str]]) -> None:
    pieces = list(packed(told))
    assert unpacked(pieces) == told
    assert [len(unpacked([piece])) for piece in pieces[:-1]] == [PIECE] * (len(pieces) - 1)


@given(count=st.integers(0, 4 * PIECE), start=st.integers(0, 5 * PIECE), size=st.integers(1, 2 * PIECE))
def test_a_page_is_in_its_pieces(count: int, start: int, size: int) -> None:
    told = [{"number": number} for number in range(count)]
    pieces = dict(enumerate(packed(told)))
    numbers, before = pieces_of(start, start + size)
    found = unpacked(pieces[number] for number in numbers if number in pieces)
    assert found[start - before :][:size] == told[start : start + size]
