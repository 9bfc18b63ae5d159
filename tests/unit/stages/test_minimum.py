"""How many contestants an event needs: which limit counts, and when a hard one keeps the first stage from beginning."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.schema import Rule, Window
from webapp.stages.rules.minimum import Shortage, holds_back, is_entry_over, too_few

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = timedelta(days=1)

rules = st.builds(
    Rule,
    st.just("min-contestants"),
    st.sampled_from(["hard", "normal"]),
    st.one_of(st.none(), st.integers(0, 50)),
    classes=st.sampled_from([(), ("one",), ("two",)]),
)
windows = st.one_of(
    st.none(), st.integers(-9, 9).map(lambda end: Window(NOW + (end - 20) * DAY, NOW + end * DAY))
)


@given(st.lists(rules, max_size=6), st.integers(0, 60), st.randoms(use_true_random=False))
def test_of_the_limits_that_are_not_met_a_hard_one_counts_whatever_their_order(
    limits: list[Rule], people: int, random: object
) -> None:
    mine = [one for one in limits if one.value is not None and one.classes in ((), ("one",))]
    broken = [one for one in mine if people < one.value]
    found = too_few(limits, people, "one")
    assert (found is None) == (not broken)
    if found is not None:
        assert found.is_hard == any(one.force == "hard" for one in broken)
        counted = [one.value for one in broken if (one.force == "hard") == found.is_hard]
        assert (found.needed, found.people) == (max(counted), people)
    shuffled = list(limits)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert too_few(shuffled, people, "one") == found


@given(windows, windows, st.integers(0, 3))
def test_nobody_comes_any_more_only_once_registration_and_every_review_is_over(
    registration: Window | None, review: Window | None, waiting: int
) -> None:
    is_over = is_entry_over(registration, review, waiting, NOW)
    if registration is None or registration.closes_at > NOW:
        assert not is_over, "somebody may still register"
    elif waiting == 0:
        assert is_over
    else:
        assert is_over == (review is not None and review.closes_at <= NOW)
    later = NOW + 40 * DAY
    assert not is_over or is_entry_over(registration, review, waiting, later), "what is over stays over"


@given(st.one_of(st.none(), st.builds(Shortage, st.just(9), st.integers(0, 8), st.booleans())), st.booleans())
def test_only_a_hard_minimum_holds_back_and_never_who_has_begun(few: Shortage | None, is_over: bool) -> None:
    assert not holds_back(few, entry_is_over=is_over, has_begun=True)
    held = holds_back(few, entry_is_over=is_over, has_begun=False)
    assert held == (few is not None and few.is_hard and is_over)
