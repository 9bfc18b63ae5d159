"""What higher packages tell this one: where people stand, and whether a stage's list is frozen.

They register at import; without them nobody is ranked and nothing is frozen."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from webapp.exam.errors import ListFrozen
from webapp.exam.rules.rulings import Place

Scores = Mapping[int, Decimal]
Places = dict[int, Place]

_weigh: list[Callable[[int, Scores], tuple[Places, Places]]] = []
_is_frozen: list[Callable[[int], bool]] = []


def register_weighing(function: Callable[[int, Scores], tuple[Places, Places]]) -> None:
    """function(stage_id, {attempt_id: score}) -> places by participation before and after these scores."""
    _weigh[:] = [function]


def register_freeze(function: Callable[[int], bool]) -> None:
    """function(stage_id) -> whether a list of this stage is frozen or published."""
    _is_frozen[:] = [function]


def weigh(stage_id: int, scores: Scores) -> tuple[Places, Places]:
    """Places before and after other scores of these attempts; nothing is changed."""
    return _weigh[0](stage_id, scores) if _weigh else ({}, {})


def require_not_frozen(stage_id: int) -> None:
    """raise (ListFrozen): the stage's list is frozen, posted or final."""
    if any(function(stage_id) for function in _is_frozen):
        raise ListFrozen
