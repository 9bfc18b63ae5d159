"""Who is proposed for a delegation, and who is one too many."""

from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.rules.delegation import DelegationRule
from webapp.contests.rules.parse_delegation import read_delegation
from webapp.contests.rules.reader import Reader, Report
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


def test_the_rule_is_read_and_what_is_wrong_in_it_is_named() -> None:
    def limit(value: object) -> tuple[object, list[str]]:
        report = Report("x.toml", {})
        return read_delegation(Reader({"value": value}, "limits[0]", report)), [
            problem.column for problem in report.problems
        ]

    value = {
        "stage": "final",
        "sent_by": ["county", "city"],
        "members": ["judges"],
        "per_event_of": {"welding": 5},
    }
    found, problems = limit({**value, "per_event": 3, "judges": "undecided"})
    assert problems == []
    assert isinstance(found, DelegationRule)
    assert (found.most("welding"), found.most("milling"), found.judges) == (5, 3, None)
    assert limit({**value, "sent_by": "undecided"})[0] == DelegationRule(
        "final", (), ("judges",), None, {"welding": 5}
    )
    assert limit({**value, "per_event": 0, "head": "x"})[1] == [
        "limits[0].value.per_event",
        "limits[0].value.head",
    ]
    assert limit(3) == (None, ["limits[0].value"])
