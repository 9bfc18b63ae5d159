"""What a step of a list needs, and which one changes a single row only."""

import pytest

from webapp.access.permissions import Permission
from webapp.core.progress import heard_by, tell
from webapp.stages.queries.runs import NOT_DONE, WORDS
from webapp.stages.rules.orders import Kind, Order
from webapp.stages.service.ordering import _DOING


@pytest.mark.parametrize("kind", Kind)
def test_every_step_has_its_permission_words_and_work(kind: Kind) -> None:
    wanted = Permission.RECHECK_ELIGIBILITY if kind is Kind.DECIDE else Permission.PUBLISH_RESULTS
    assert kind.permission is wanted
    assert kind in WORDS
    assert kind in NOT_DONE
    assert (kind in _DOING) is (kind is not Kind.CLOSE), "the program closes open stages for nobody"


def test_only_a_refusal_is_light() -> None:
    light = {
        (kind, agree) for kind in Kind for agree in (True, False) if Order(kind, 1, {"agree": agree}).is_light
    }
    assert light == {(Kind.AGREE, False)}


def test_progress_is_heard_by_whoever_listens_and_by_nobody_else() -> None:
    heard: list[tuple[str, int, int | None]] = []
    tell("rows", 1)
    with heard_by(lambda *said: heard.append(said)):
        tell("rows", 2, 9)
        with heard_by(lambda *_said: None):
            tell("rows", 3)
    tell("rows", 4)
    assert heard == [("rows", 2, 9)]
