"""An analysis as JSON and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from webapp.exam.rules.item_analysis.shapes import Analysis, ItemFigures, OptionFigures, TotalFigures


def to_json(analysis: Analysis) -> dict[str, Any]:
    """Numbers, texts, lists and None only."""
    return asdict(analysis)


def from_json(data: Mapping[str, Any]) -> Analysis:
    """The analysis of `to_json`."""
    return Analysis(
        is_mixed=data["is_mixed"],
        test=_total(data["test"]),
        items=tuple(_item(item) for item in data["items"]),
        variants=tuple(_total(variant) for variant in data["variants"]),
    )


def _total(data: Mapping[str, Any]) -> TotalFigures:
    return TotalFigures(**{**data, "bins": tuple(data["bins"]), "readings": tuple(data["readings"])})


def _item(data: Mapping[str, Any]) -> ItemFigures:
    options = tuple(OptionFigures(**option) for option in data["options"])
    return ItemFigures(**{**data, "options": options, "readings": tuple(data["readings"])})
