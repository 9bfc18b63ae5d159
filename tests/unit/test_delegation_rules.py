"""Who is proposed for a delegation, and who is one too many."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.delegation import DelegationRule
from webapp.contingents.rules.choosing import Choosable, best, changed, over

PEOPLE = st.lists(
    st.tuples(st.sampled_from(["welding", "milling", "quiz"]), st.integers(1, 40)), max_size=30
).map(lambda rows: [Choosable(at, event, place) for at, (event, place) in enumerate(rows, 1)])
RULES = st.builds(
    DelegationRule,
    per_event=st.none() | st.integers(1, 5),
    per_event_of=st.dictionaries(st.just("welding"), st.integers(1, 8), max_size=1),
)


@given(PEOPLE, RULES)
def test_the_best_are_proposed_and_nobody_is_one_too_many(
    people: list[Choosable], rule: DelegationRule
) -> None:
    chosen = set(best(people, rule))
    assert over(chosen, people, rule) == {}
    for one in people:
        better = [each for each in people if each.event == one.event and each.position < one.position]
        if one.entry_id in chosen:
            assert all(each.entry_id in chosen for each in better)
        else:
            most = rule.most(one.event)
            assert most is not None
            assert sum(each.entry_id in chosen and each.event == one.event for each in people) == most


@given(PEOPLE, RULES)
def test_everybody_chosen_is_over_exactly_where_a_limit_is_broken(
    people: list[Choosable], rule: DelegationRule
) -> None:
    found = over([one.entry_id for one in people], people, rule)
    for event in {one.event for one in people}:
        count, most = sum(one.event == event for one in people), rule.most(event)
        assert (event in found) == (most is not None and count > most)


def test_a_change_says_who_comes_and_goes() -> None:
    found = changed({"entries": [1, 2], "judges": [9]}, {"entries": [2, 3], "judges": []})
    assert found == {"entries_in": (3,), "entries_out": (1,), "judges_in": (), "judges_out": (9,)}
