"""The transition table and the review chain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.registration.errors import StepNotPossible
from webapp.registration.rules.numbering import check_digit, contestant_number
from webapp.registration.rules.review import (
    FINAL,
    ORGANISER,
    STATE_TEXTS,
    TRANSITIONS,
    Action,
    Decision,
    Link,
    Node,
    State,
    action_of,
    after,
    build_chain,
    is_allowed,
    read_chain,
    reason_is_needed,
)

FIRM, COUNTY, CITY, PROVINCE = Node(1, "unit"), Node(2, "county"), Node(3, "city"), Node(4, "province")
LEVELS = ("unit", "county", "city", "province")

ALLOWED = {
    ("invited", "submit", "in_review"),
    ("invited", "join", "confirmed"),
    ("invited", "withdraw", "withdrawn"),
    ("in_review", "hand_on", "in_review"),
    ("in_review", "complete", "confirmed"),
    ("in_review", "return", "returned"),
    ("in_review", "refuse", "refused"),
    ("in_review", "withdraw", "withdrawn"),
    ("returned", "resubmit", "in_review"),
    ("returned", "join", "confirmed"),
    ("returned", "withdraw", "withdrawn"),
    ("confirmed", "withdraw", "withdrawn"),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_only_the_steps_of_the_regulations_are_possible(state: State, action: Action) -> None:
    following = {to for came, did, to in ALLOWED if (came, did) == (state.value, action.value)}
    if following:
        assert {after(state, action).value} == following
        assert is_allowed(state, action)
    else:
        assert not is_allowed(state, action)
        with pytest.raises(StepNotPossible):
            after(state, action)


def test_final_states_have_no_way_out() -> None:
    assert not [came for came, _ in TRANSITIONS if came in FINAL]


def test_every_state_has_words() -> None:
    assert set(STATE_TEXTS) == set(State)


def test_a_full_tree_gives_every_level_and_the_organiser_last() -> None:
    chain = build_chain(LEVELS, [FIRM, COUNTY, CITY, PROVINCE], 9)
    assert [(link.level, link.organisation_id) for link in chain] == [
        ("unit", 1),
        ("county", 2),
        ("city", 3),
        ("province", 4),
        ("organiser", 9),
    ]


def test_levels_the_unit_lacks_are_skipped() -> None:
    chain = build_chain(LEVELS, [FIRM, CITY], 9)
    assert [link.level for link in chain] == ["unit", "city", "organiser"]


def test_levels_the_file_does_not_name_are_left_out() -> None:
    assert [link.level for link in build_chain(("city",), [FIRM, COUNTY, CITY], 9)] == ["city", "organiser"]


def test_of_two_organisations_of_one_level_the_nearest_decides() -> None:
    assert build_chain(("city",), [FIRM, CITY, Node(33, "city")], 9)[0] == Link("city", 3)


def test_a_person_without_unit_goes_straight_to_the_organiser() -> None:
    assert build_chain(LEVELS, [], 9) == (Link(ORGANISER, 9),)


def test_an_event_without_organiser_still_ends_with_its_hosts() -> None:
    assert build_chain((), [], None) == (Link(ORGANISER, None),)


def test_the_popularisation_track_has_no_chain() -> None:
    assert build_chain((), [FIRM, CITY], 9, with_organiser=False) == ()


def test_a_file_that_names_the_organiser_does_not_get_it_twice() -> None:
    assert build_chain(("city", "organiser", "city"), [CITY], 9) == (Link("city", 3), Link(ORGANISER, 9))


nodes = st.lists(st.builds(Node, st.integers(1, 50), st.sampled_from(LEVELS)), max_size=6)


@given(st.lists(st.sampled_from((*LEVELS, "industry", ORGANISER)), max_size=7), nodes, st.integers(1, 99))
def test_any_chain_ends_with_the_one_organiser_and_survives_storage(
    levels: list[str], ancestors: list[Node], organiser_id: int
) -> None:
    chain = build_chain(levels, ancestors, organiser_id)
    assert [place for place, link in enumerate(chain) if link.is_organiser] == [len(chain) - 1]
    assert {link.level for link in chain[:-1]} == {node.level for node in ancestors} & set(levels)
    assert read_chain([link.as_json() for link in chain]) == chain


@given(st.integers(1, 8).flatmap(lambda length: st.tuples(st.just(length), st.integers(0, length - 1))))
def test_only_the_last_confirmation_completes(where: tuple[int, int]) -> None:
    length, step = where
    wanted = Action.COMPLETE if step == length - 1 else Action.HAND_ON
    assert action_of(Decision.CONFIRM, step, length) is wanted
    assert action_of(Decision.RETURN, step, length) is Action.RETURN
    assert action_of(Decision.REFUSE, step, length) is Action.REFUSE


def test_a_step_beyond_the_chain_is_a_fault() -> None:
    with pytest.raises(ValueError, match="step 2 of 2"):
        action_of(Decision.CONFIRM, 2, 2)


@pytest.mark.parametrize(
    ("decision", "open_warnings", "needed"),
    [
        (Decision.CONFIRM, 0, False),
        (Decision.CONFIRM, 1, True),
        (Decision.RETURN, 0, True),
        (Decision.REFUSE, 0, True),
    ],
)
def test_a_reason_is_needed_unless_all_is_well(decision: Decision, open_warnings: int, needed: bool) -> None:
    assert reason_is_needed(decision, open_warnings) is needed


def test_the_check_digit_is_the_one_of_the_standard() -> None:
    assert check_digit("7992739871") == "3"


@given(st.integers(0, 999), st.integers(1, 10**7), st.integers(0, 999), st.integers(1, 10**7))
def test_two_participations_never_share_a_number(first: int, one: int, second: int, other: int) -> None:
    same = contestant_number(first, one) == contestant_number(second, other)
    assert same is ((first, one) == (second, other))


@given(st.integers(0, 999), st.integers(1, 10**6 - 1), st.integers(0, 8), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(position: int, serial: int, place: int, shift: int) -> None:
    number = contestant_number(position, serial)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert check_digit(wrong[:-1]) != wrong[-1]
