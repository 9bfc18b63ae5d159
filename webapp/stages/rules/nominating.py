"""A line of a list that was brought in from a selection outside (基层选拔)."""

from typing import Any

_FIELD_BYTES, _LAST_BYTES = 8, 16


def line(position: int, entry_id: int, number: str, unit: str, nominated_by: str) -> dict[str, Any]:
    """As a row of a frozen list, without rank or scores: people who were nominated are not compared.

    position: from 1, in the order in which they were brought in; the order key says nothing else. nominated_by: the unit or
    county as the workbook names it, at most 80 characters."""
    return {
        "entry_id": entry_id,
        "position": position,
        "rank": None,
        "number": number,
        "unit": unit,
        "nominated_by": nominated_by[:80],
        "scores": {},
        "combined": "",
        "time_used_s": None,
        "submitted_at": None,
        "sort_key": (position.to_bytes(_FIELD_BYTES, "big") + bytes(_LAST_BYTES)).hex(),
    }
