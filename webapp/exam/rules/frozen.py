"""A blueprint as canonical JSON and back: an exam keeps the blueprint it was opened with."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from webapp.contests.rules.blueprint import Blueprint, Cell, Section


def freeze(blueprint: Blueprint) -> dict[str, Any]:
    """JSON values of a blueprint; decimals as text. `thaw` gives an equal blueprint back."""
    frozen = _plain(blueprint)
    assert isinstance(frozen, dict)
    return frozen


def thaw(facts: Mapping[str, Any]) -> Blueprint:
    """The blueprint of `freeze`. raise (TypeError, KeyError): the facts come from elsewhere."""
    return Blueprint(**{**facts, "sections": tuple(_section(section) for section in facts["sections"])})


def _section(facts: Mapping[str, Any]) -> Section:
    decimals = {
        name: Decimal(facts[name])
        for name in ("mark", "per_pick_mark", "wrong_true_false_mark")
        if facts.get(name) is not None
    }
    cells = tuple(Cell(**cell) for cell in facts["cells"])
    return Section(**{**facts, **decimals, "cells": cells})


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value
