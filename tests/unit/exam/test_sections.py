"""Sections that are entered by themselves: forward only, with times of their own; examples and properties."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.exam.blueprints import cell, section
from webapp.contests.rules.blueprint import Section
from webapp.exam.rules.sections import (
    Grant,
    SectionStand,
    Stand,
    Visit,
    closes_at,
    first_visits,
    next_section,
    stands,
)

AT = datetime(2026, 5, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def part(duration_s: int | None = None, forward_only: bool = False) -> Section:
    return section("single", cell(None, None, 3), duration_s=duration_s, forward_only=forward_only)


def stand_of(one: Section, visit: Visit | None, now: datetime, grace_s: int = 0) -> Stand:
    found = stands([one], {} if visit is None else {0: visit}, now, Decimal(1), grace_s=grace_s)
    return found[0].stand


def test_a_section_with_a_time_ends_exactly_then() -> None:
    timed, entered = part(60), Visit(AT)
    assert stand_of(timed, entered, AT + 60 * SECOND - timedelta(microseconds=1)) is Stand.CURRENT
    assert stand_of(timed, entered, AT + 60 * SECOND) is Stand.OVER
    assert stand_of(timed, entered, AT + 69 * SECOND, grace_s=10) is Stand.CURRENT
    assert stand_of(timed, entered, AT + 70 * SECOND, grace_s=10) is Stand.OVER


def test_a_section_without_a_way_back_is_left_for_good() -> None:
    left = Visit(AT, AT + SECOND)
    assert stand_of(part(forward_only=True), left, AT + 2 * SECOND) is Stand.LEFT
    assert stand_of(part(), left, AT + 2 * SECOND) is Stand.OPEN


def test_the_time_of_a_section_runs_on_while_another_is_written() -> None:
    assert stand_of(part(60), Visit(AT, AT + SECOND), AT + 61 * SECOND) is Stand.OVER


def test_only_a_grant_during_the_section_lengthens_it() -> None:
    timed = part(60)
    for given_at, more in ((-1, 0), (0, 300), (59, 300), (60, 0)):
        grants = [Grant(AT + given_at * SECOND, 300)]
        assert closes_at(timed, AT, Decimal(1), grants) == AT + (60 + more) * SECOND


def test_a_second_grant_counts_in_the_time_that_the_first_gave() -> None:
    grants = [Grant(AT + 300 * SECOND, 60), Grant(AT + 59 * SECOND, 300)]
    assert closes_at(part(60), AT, Decimal(1), grants) == AT + 420 * SECOND


def test_the_first_section_is_entered_with_the_start() -> None:
    assert first_visits({}, AT) == {0: Visit(AT)}
    left = {0: Visit(AT, AT + SECOND), 1: Visit(AT + SECOND)}
    assert first_visits(left, AT - SECOND) == left


def test_the_next_section_is_a_later_one_before_an_earlier_one() -> None:
    parts = [part(), part(forward_only=True), part(60)]
    here = first_visits({}, AT)
    assert next_section(stands(parts, here, AT, Decimal(1))) == 1
    gone = {0: Visit(AT, AT), 1: Visit(AT, AT), 2: Visit(AT)}
    assert next_section(stands(parts, gone, AT, Decimal(1))) == 0
    assert next_section(stands(parts[1:], {0: Visit(AT, AT), 1: Visit(AT)}, AT, Decimal(1))) is None


@given(
    st.integers(1, 36_000),
    st.decimals(Decimal(1), Decimal(4), places=2),
    st.lists(st.tuples(st.integers(-100, 50_000), st.integers(1, 7200)), max_size=6),
)
def test_grants_and_extra_time_never_shorten(
    seconds: int, factor: Decimal, given_at: list[tuple[int, int]]
) -> None:
    """A16: the personal factor is exact to the second, rounded up; each grant adds all or nothing."""
    grants = [Grant(AT + at * SECOND, extra) for at, extra in given_at]
    plain = closes_at(part(seconds), AT, factor, [])
    assert plain == AT + int((seconds * factor).to_integral_value(ROUND_CEILING)) * SECOND
    longer = closes_at(part(seconds), AT, factor, grants)
    assert longer is not None
    assert plain is not None
    assert plain <= longer <= plain + sum(grant.extra_s for grant in grants) * SECOND


@given(
    st.integers(0, 7200),
    st.integers(0, 7200),
    st.one_of(st.none(), st.integers(0, 7200)),
    st.one_of(st.none(), st.integers(1, 7200)),
    st.booleans(),
)
def test_what_is_closed_stays_closed(
    now_s: int, later_s: int, left_s: int | None, duration_s: int | None, forward_only: bool
) -> None:
    """Time alone never opens a section again, and left forward-only ones stay left."""
    one = part(duration_s, forward_only)
    visit = Visit(AT, None if left_s is None else AT + left_s * SECOND)
    now, later = sorted((AT + now_s * SECOND, AT + later_s * SECOND))
    before: SectionStand = stands([one], {0: visit}, now, Decimal(1))[0]
    after: SectionStand = stands([one], {0: visit}, later, Decimal(1))[0]
    assert before.is_written or not after.is_written
    assert not (forward_only and left_s is not None and (before.is_written or before.may_enter))
