"""A table of a report as a workbook: numbers only; each is noted."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from webapp.audit.service import record
from webapp.leaderboard.formats.workbook import Cell, workbook


def as_workbook(
    title: str,
    notes: Sequence[str],
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    reason: str,
    contest_id: int | None,
    facts: Mapping[str, Any],
) -> bytes:
    """The table as .xlsx, its cells neutralised. facts: what was looked at; contest_id None: all contests."""
    made = workbook(title, notes, head, rows)
    record(
        "report.export", "contest" if contest_id else "contests", contest_id or 0, why=reason, rows=len(rows),
        digest=hashlib.sha256(made).hexdigest(), **facts,
    )  # fmt: skip
    return made
