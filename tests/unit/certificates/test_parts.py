"""Parts of an issuing are kept and read back as they were; the bar neither falls nor overshoots."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.certificates.rules.parts import (
    Broken,
    Kind,
    Part,
    Why,
    broken_from,
    looked_at,
    parts_from,
    people_in,
    still_due,
)

PARTS = st.lists(
    st.builds(
        Part,
        kind=st.sampled_from(Kind),
        stage_id=st.integers(1, 9),
        total=st.integers(0, 50),
        award_code=st.sampled_from(("", "medal", "e-promotion")),
        source_id=st.integers(0, 9),
    ),
    min_size=1,
    max_size=6,
)


@given(PARTS)
def test_parts_are_read_back_as_written(parts: list[Part]) -> None:
    assert list(parts_from(json.loads(json.dumps([one.as_json() for one in parts])))) == parts


@given(PARTS, st.sampled_from(Why))
def test_what_could_not_go_on_is_read_back_as_written(parts: list[Part], why: Why) -> None:
    said = [Broken(one, why, {"zh": "焊工"}, {"zh": "决赛"}, {}) for one in parts]
    assert list(broken_from(json.loads(json.dumps([one.as_json() for one in said])))) == said


@given(PARTS, PARTS, PARTS, st.booleans())
def test_looking_again_takes_what_is_new_and_ends(
    done: list[Part], broken: list[Part], due: list[Part], is_fruitful: bool
) -> None:
    more = still_due(done, broken, due, is_fruitful=is_fruitful)
    known, closed = {one.ground for one in done}, {one.ground for one in broken}
    assert {one.ground for one in due} - known - closed <= {one.ground for one in more}
    assert not {one.ground for one in more} & closed
    if not is_fruitful:
        assert not {one.ground for one in more} & known
    assert still_due([*done, *more], broken, due, is_fruitful=False) == ()


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="lottery"):
        parts_from([{"kind": "lottery", "stage_id": 1, "total": 1, "award_code": "", "source_id": 0}])


@given(PARTS, st.lists(st.integers(1, 30), max_size=40))
def test_the_bar_neither_falls_nor_overshoots(parts: list[Part], batches: list[int]) -> None:
    """Batches may hold people who came due after counting: more than the part was counted for."""
    phase, done, of_part = 0, 0, 0
    for more in batches:
        before = done
        done = looked_at(parts, phase, done, more)
        of_part += more
        assert before <= done <= people_in(parts[: phase + 1])
        if of_part >= parts[phase].total:
            assert done == people_in(parts[: phase + 1])
            phase, of_part = phase + 1, 0
            if phase == len(parts):
                assert done == people_in(parts)
                return
