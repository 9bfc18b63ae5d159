"""What opening a decided list again would change: every given award is accounted for once."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.awards.rules.derive import AwardLine, LineState
from webapp.awards.rules.reopening import Given, compare


def line(
    entry: int, rank: int = 1, state: LineState = LineState.CANDIDATE, amount: int | None = None
) -> AwardLine:
    return AwardLine("prize", entry, entry, rank, state, amount, None, ())


def held(entry: int, rank: int = 1, amount: int | None = None) -> Given:
    return Given(entry, "prize", entry, rank, amount, "")


def test_gone_changed_kept_and_added_are_told_apart() -> None:
    before = [held(1), held(2, 2), held(3, 3), held(4, 4)]
    after = [line(1), line(2, 1), line(3, 3, LineState.NOT_DUE), line(5, 5), line(6, 6, LineState.OPEN)]
    found = compare(before, after)
    assert [one.entry_id for one in found.gone] == [3, 4]
    assert [(one.entry_id, now.rank) for one, now in found.changed] == [(2, 1)]
    assert [one.entry_id for one in found.kept] == [1]
    assert [one.entry_id for one in found.added] == [5]


def test_another_amount_is_a_change() -> None:
    assert [now.amount for _one, now in compare([held(1, amount=5000)], [line(1, amount=4000)]).changed] == [
        4000
    ]


ENTRIES = st.lists(st.integers(1, 12), unique=True)


@given(ENTRIES, ENTRIES, st.integers(1, 3))
def test_every_given_award_is_accounted_for_once(before: list[int], after: list[int], rank: int) -> None:
    found = compare([held(entry) for entry in before], [line(entry, rank) for entry in after])
    told = [one.entry_id for one in found.gone + found.kept] + [one.entry_id for one, _now in found.changed]
    assert sorted(told) == sorted(before)
    assert {one.entry_id for one in found.added} == set(after) - set(before)
