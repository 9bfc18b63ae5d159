"""Small blueprints and pools for tests of the exam rules."""

import itertools
from decimal import Decimal
from typing import Any

from webapp.contests.rules.blueprint import Blueprint, Cell, Section, Text
from webapp.exam.rules.draw import PoolQuestion


def cell(topic: str | None, difficulty: str | None, count: int) -> Cell:
    return Cell(topic=topic, difficulty=difficulty, count=count)


def section(question_type: str, *cells: Cell, key: str = "", **changes: Any) -> Section:
    values: dict[str, Any] = {
        "key": key or question_type,
        "title": Text("部分", "Part"),
        "question_type": question_type,
        "mark": Decimal(1),
        "cells": cells,
        "marking_rule": "all_or_nothing",
        "per_pick_mark": None,
        "wrong_true_false_mark": Decimal(0),
        "shuffle_questions": True,
        "shuffle_options": True,
    }
    return Section(**values | changes)


def blueprint(*sections: Section, **changes: Any) -> Blueprint:
    """Sections get the keys s0, s1, … unless the test names one."""
    keyed = [
        Section(**{**part.__dict__, "key": f"s{at}" if part.key == part.question_type else part.key})
        for at, part in enumerate(sections)
    ]
    values: dict[str, Any] = {
        "bank": "bank",
        "duration_s": 3600,
        "grace_s": 10,
        "attempts_allowed": 1,
        "counting_attempt": "last",
        "sections": tuple(keyed),
        "key_release": "after_close",
    }
    return Blueprint(**values | changes)


def pool_of(*kinds: tuple[str, str, str, int]) -> list[PoolQuestion]:
    """(type, topic, difficulty, how many) rows to questions numbered from 1."""
    ids = itertools.count(1)
    return [
        PoolQuestion(next(ids), question_type, topic, difficulty)
        for question_type, topic, difficulty, count in kinds
        for _ in range(count)
    ]
