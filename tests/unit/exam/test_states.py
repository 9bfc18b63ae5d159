"""The transition table of an attempt, in full."""

import itertools

import pytest

from webapp.exam.errors import TransitionRefused
from webapp.exam.rules.states import AttemptState, may_become, step

ALLOWED = {
    ("created", "open"),
    ("created", "void"),
    ("open", "submitted"),
    ("open", "void"),
    ("submitted", "graded"),
    ("submitted", "void"),
    ("graded", "void"),
}


@pytest.mark.parametrize(("state", "target"), list(itertools.product(AttemptState, repeat=2)))
def test_only_the_steps_of_the_table_are_allowed(state: AttemptState, target: AttemptState) -> None:
    if (state.value, target.value) in ALLOWED:
        assert may_become(state, target)
        assert step(state, target) is target
    else:
        assert not may_become(state, target)
        with pytest.raises(TransitionRefused):
            step(state, target)
