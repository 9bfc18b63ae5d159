"""What is remembered is what would be read, and never weighs too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core.weighed import Weighed

MOST = 10


@given(st.lists(st.integers(1, 15), max_size=60))
def test_the_lately_used_are_kept_within_the_weight(asked: list[int]) -> None:
    """A model beside it: the longest run of lately used keys that together weigh no more, at least the last one."""
    read: list[int] = []

    def noted(key: int) -> str:
        read.append(key)
        return "x" * key

    kept = Weighed(noted, len, MOST)
    recent: list[int] = []
    for key in asked:
        read.clear()
        assert kept(key) == "x" * key
        assert read == ([] if key in recent else [key])
        recent = [key, *(one for one in recent if one != key)]
        while sum(recent) > MOST and len(recent) > 1:
            recent.pop()


def test_what_cannot_be_read_is_not_kept() -> None:
    is_away = iter([True, False])

    def read(_key: int) -> str:
        if next(is_away):
            raise KeyError("away")
        return "there"

    kept = Weighed(read, len, MOST)
    with pytest.raises(KeyError):
        kept(1)
    assert kept(1) == "there"
