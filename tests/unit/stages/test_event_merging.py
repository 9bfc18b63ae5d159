"""Whose participation goes on when two events become one."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from webapp.stages.rules.merging import Facts, Held, Stays, forbidden, who_stays

HELD = st.builds(
    Held,
    st.sampled_from(["active", "provisional", "withdrawn", "disqualified"]),
    st.decimals(0, 100, places=2),
)


@given(HELD, HELD)
def test_a_live_one_goes_on_unless_the_person_was_excluded_there(old: Held, new: Held) -> None:
    stays = who_stays(old, new)
    going_on = old if stays is Stays.OLD else new
    if new.state == "disqualified":
        assert going_on is new, "who was excluded stays excluded"
    elif old.is_live or new.is_live:
        assert going_on.is_live
    if old.is_live and new.is_live:
        assert going_on.points == max(old.points, new.points)


@given(st.builds(Facts, *[st.integers(0, 3)] * 10))
def test_anything_begun_in_either_forbids_it(facts: Facts) -> None:
    found = forbidden(facts, {"zh": "甲"}, {"zh": "乙"})
    assert len(found) == sum(value > 0 for value in vars(facts).values())


def test_without_points_the_event_that_stays_decides() -> None:
    assert who_stays(Held("active", Decimal(0)), Held("active", Decimal(0))) is Stays.NEW
