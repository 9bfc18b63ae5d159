"""How far people have come after registration. What stands above this package tells it: exams and learning
register a sub-select of the people who have taken a step, so the roster needs no knowledge of theirs."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy import Select, literal, union_all

from webapp.core.clock import datetime
from webapp.core.db import db


class Step(StrEnum):
    """LEARNED: earned points. MOCK_OFFERED: may try a mock exam now. MOCK_TRIED: has started one.
    SAT: has started a formal exam."""

    LEARNED = "learned"
    MOCK_OFFERED = "mock-offered"
    MOCK_TRIED = "mock-tried"
    SAT = "sat"


Teller = Callable[[datetime], Select[int]]

_tellers: dict[Step, Teller] = {}


def tells(step: Step) -> Callable[[Teller], Teller]:
    """Register the function that gives the person ids of a step as a sub-select; it takes the present."""

    def register(teller: Teller) -> Teller:
        _tellers[step] = teller
        return teller

    return register


def people(step: Step, now: datetime) -> Select[int]:
    """Person ids of everybody who has taken the step, as a sub-select. Raise KeyError: nobody tells it."""
    return _tellers[step](now)


def steps_of(person_ids: Sequence[int], now: datetime) -> dict[int, frozenset[Step]]:
    """The steps each of these people has taken. One statement, however many people."""
    found: dict[int, set[Step]] = {person_id: set() for person_id in person_ids}
    if not person_ids or not _tellers:
        return {person_id: frozenset() for person_id in person_ids}
    parts = []
    for step, teller in _tellers.items():
        ids = teller(now)
        column = ids.selected_columns[0]
        parts.append(ids.where(column.in_(person_ids)).add_columns(literal(step.value)).distinct())
    for person_id, step in db.session.execute(union_all(*parts)):
        found[person_id].add(Step(step))
    return {person_id: frozenset(steps) for person_id, steps in found.items()}
