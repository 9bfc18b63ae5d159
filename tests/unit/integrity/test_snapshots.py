"""The moments of camera pictures, and which one is due."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from webapp.integrity.formats.camera import MAX_BYTES, MAX_SIDE, rewritten
from webapp.integrity.rules.snapshots import LATE_S, due_count, is_due, moments, next_of

SEEDS = st.binary(min_size=32, max_size=32)


@given(SEEDS, st.integers(1, 30), st.integers(60, 36_000))
def test_every_part_of_the_time_has_one_moment(seed: bytes, count: int, duration_s: int) -> None:
    made = moments(seed, count, duration_s)
    assert made == moments(seed, count, duration_s)
    assert len(made) == count
    for number, moment in enumerate(made):
        assert duration_s * number // count <= moment < duration_s * (number + 1) // count


def test_other_seeds_give_other_moments() -> None:
    assert len({moments(bytes([n]) * 32, 5, 3600) for n in range(50)}) == 50


@given(SEEDS, st.integers(1, 10), st.integers(0, 4000), st.sets(st.integers(0, 9)))
def test_the_next_moment_is_neither_done_nor_past(
    seed: bytes, count: int, elapsed: int, done: set[int]
) -> None:
    planned = moments(seed, count, 3600)
    found = next_of(planned, done, elapsed)
    open_ones = [n for n in range(count) if n not in done and planned[n] + LATE_S >= elapsed]
    assert (found.number if found else None) == (open_ones[0] if open_ones else None)
    if found and found.in_s == 0:
        assert is_due(planned, found.number, elapsed)
    assert due_count(planned, elapsed) <= count


def test_only_a_number_of_the_plan_is_due() -> None:
    assert not is_due((100,), -1, 100)
    assert not is_due((100,), 1, 100)
    assert not is_due((100,), 0, 80)
    assert is_due((100,), 0, 100 + LATE_S)
    assert not is_due((100,), 0, 101 + LATE_S)


def jpeg(width: int, height: int, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "gray").save(out, "JPEG", **more)
    return out.getvalue()


def test_a_picture_is_written_anew_and_small() -> None:
    clean = rewritten(jpeg(1200, 800, comment=b"hidden words"))
    assert clean is not None
    assert b"hidden words" not in clean
    assert max(Image.open(io.BytesIO(clean)).size) == MAX_SIDE


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"\xff\xd8\xff" + b"x" * 90, jpeg(9, 9) + b"x" * MAX_BYTES]
)
def test_anything_else_is_no_picture(content: bytes) -> None:
    assert rewritten(content) is None


def test_a_picture_of_another_kind_or_of_too_many_pixels_is_none() -> None:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG")
    assert rewritten(out.getvalue()) is None
    assert rewritten(jpeg(2000, 1100)) is None
