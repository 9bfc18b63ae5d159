"""A populated world for the tests of access: what belongs to alice, and people who have no business with it."""

from tests.functional.world.looking import FORM, SEEN_MARKERS, all_rows, changed, comparable
from tests.functional.world.making import World, make_world

__all__ = ["FORM", "SEEN_MARKERS", "World", "all_rows", "changed", "comparable", "make_world"]
