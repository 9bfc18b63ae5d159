"""What higher packages tell this one: where people stand, and whether a stage's list is frozen.

They register at import; without them nobody is ranked and nothing is frozen."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from webapp.exam.errors import ListFrozen, ListPosted
from webapp.exam.rules.rulings import Place

Scores = Mapping[int, Decimal]
Places = dict[int, Place]

_weigh: list[Callable[[int, Scores], tuple[Places, Places]]] = []
_is_frozen: list[Callable[[int], bool]] = []
_is_posted: list[Callable[[int], bool]] = []


def register_weighing(function: Callable[[int, Scores], tuple[Places, Places]]) -> None:
    """function(stage_id, {attempt_id: score}) -> places by participation before and after these scores."""
    _weigh[:] = [function]


def register_lists(is_frozen: Callable[[int], bool], is_posted: Callable[[int], bool]) -> None:
    """Both of a stage id: whether its list is under way, from the freeze until it is posted; whether it is posted or
    final."""
    _is_frozen[:], _is_posted[:] = [is_frozen], [is_posted]


def weigh(stage_id: int, scores: Scores) -> tuple[Places, Places]:
    """Places before and after other scores of these attempts; nothing is changed."""
    return _weigh[0](stage_id, scores) if _weigh else ({}, {})


def require_not_frozen(stage_id: int) -> None:
    """raise (ListFrozen): the stage's list is under way. Once it is posted nothing of it follows by itself, so that an
    objection can be met: what changes a rank goes the whole way to a new list."""
    if any(function(stage_id) for function in _is_frozen):
        raise ListFrozen


def require_no_list(stage_id: int) -> None:
    """raise (ListFrozen): the stage's list is under way. raise (ListPosted): it is posted or final."""
    require_not_frozen(stage_id)
    if any(function(stage_id) for function in _is_posted):
        raise ListPosted
