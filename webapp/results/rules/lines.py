"""The boards of a document as lines of results, which leaderboard/rules/verify.py checks."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from webapp.leaderboard.rules.verify import Line


def lines_of(document: Mapping[str, Any]) -> list[Line]:
    """Every row of every board, board after board. raise (KeyError, ValueError): a value is missing or no number."""
    contest = document["contest"]["code"]
    return [
        _line(contest, event["code"], name, board["rules"], row)
        for event in document["events"]
        for stage in event["stages"]
        for name, board in _boards(stage)
        for row in board["rows"]
    ]


def _boards(stage: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    found = [(f"{stage['code']}/{one['number']}", one["board"]) for one in stage["lists"]]
    return found if stage["board"] is None else [*found, (stage["code"], stage["board"])]


def _line(contest: str, event: str, stage: str, rules: Mapping[str, Any], row: Mapping[str, Any]) -> Line:
    return Line(
        contest=contest,
        event=event,
        stage=stage,
        rank=row["rank"],
        number=row["number"],
        terms=tuple(
            (part["component"], Decimal(row["scores"][part["component"]]), Decimal(part["weight_pct"]))
            for part in rules["weights"]
        ),
        combined=Decimal(row["combined"]),
        time_used_s=row["time_used_s"],
        submitted_at=datetime.fromisoformat(row["submitted_at"]) if row["submitted_at"] else None,
        display=rules["display"],
        breakers=tuple(rules["breakers"]),
        sort_key=row["sort_key"],
    )
