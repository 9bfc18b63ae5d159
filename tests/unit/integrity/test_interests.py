"""Who has to stand aside from what (回避)."""

import pytest

from webapp.integrity.rules.interests import Interests, Subject, conflict

EVENT, OTHER_EVENT, PERSON, ME = 1, 2, 10, 20


@pytest.mark.parametrize(
    ("mine", "subject"),
    [
        (Interests(ME), Subject(frozenset({EVENT}), frozenset({ME}))),
        (Interests(ME, competes_in=frozenset({EVENT})), Subject(frozenset({EVENT}))),
        (Interests(ME, events=frozenset({EVENT})), Subject(frozenset({EVENT}))),
        (Interests(ME, people=frozenset({PERSON})), Subject(frozenset({EVENT}), frozenset({PERSON}))),
        (
            Interests(ME, people=frozenset({PERSON})),
            Subject(frozenset({EVENT}), contestants=frozenset({PERSON})),
        ),
        (Interests(ME, organisations=frozenset({5})), Subject(frozenset({EVENT}), unit_path=(7, 5, 1))),
    ],
)
def test_an_interest_in_what_the_deed_is_about_keeps_away(mine: Interests, subject: Subject) -> None:
    assert conflict(mine, subject) is not None


@pytest.mark.parametrize(
    "mine",
    [
        Interests(ME),
        Interests(ME, competes_in=frozenset({OTHER_EVENT}), events=frozenset({OTHER_EVENT})),
        Interests(ME, organisations=frozenset({8}), people=frozenset({11})),
    ],
)
def test_an_interest_in_something_else_does_not(mine: Interests) -> None:
    subject = Subject(frozenset({EVENT}), frozenset({PERSON}), (7, 5, 1), frozenset({PERSON}))
    assert conflict(mine, subject) is None


@pytest.mark.parametrize(("kept", "stands_aside"), [(7, True), (8, False), (None, False)])
def test_people_of_the_same_unit_are_kept_away_where_the_file_says_so(
    kept: int | None, stands_aside: bool
) -> None:
    mine = Interests(ME, unit_id=7)
    subject = Subject(frozenset({EVENT}), frozenset({PERSON}), (7, 5), kept_unit=kept)
    assert (conflict(mine, subject) is not None) is stands_aside
    assert conflict(Interests(ME), subject) is None
