"""Lists for finance, honours, levels, certificates and recuperation, as workbook and document; each is noted."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.audit.service import record
from webapp.awards.queries.lists import Line
from webapp.config import ROOT
from webapp.contests.rules.schema import Award
from webapp.core.typesetting import pdf
from webapp.leaderboard.formats.workbook import Cell, workbook, workbook_in_parts

TEMPLATE = ROOT / "webapp" / "awards" / "typst" / "list.typ"


_SPLITS: Mapping[str, Callable[[Line], str]] = {
    "union": lambda line: line.union_name,
    "region": lambda line: line.region,
}


@dataclass(frozen=True)
class Sheet:
    """A list in the reader's language. around: further words of the document. parts: the same rows divided (by union
    or region) with the name of each part; empty: the list is one."""

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    around: Mapping[str, Any]
    parts: Sequence[tuple[str, Sequence[Sequence[Cell]]]] = ()


@dataclass(frozen=True)
class Taken:
    """What is noted of a list that is taken away."""

    stage_id: int
    kind: str
    reason: str
    whole_names: bool


def chosen(lines: Sequence[Line], awards: Sequence[Award], kind: str) -> list[tuple[str, list[Line]]]:
    """The given awards of one kind; divided by union or by region where the file asks for it (CONTESTS 1: each person's
    own union runs the recuperation), with the name of each part; else one part without a name."""
    wanted = {award.code: award for award in awards if award.kind == kind}
    found = [line for line in lines if line.award_code in wanted and line.decision == "granted"]
    by = _SPLITS.get(
        next((split for award in wanted.values() if (split := award.conditions.get("split"))), "")
    )
    if by is None:
        return [("", found)]
    parts: dict[str, list[Line]] = {}
    for line in found:
        parts.setdefault(by(line), []).append(line)
    return sorted(parts.items())


def as_workbook(sheet: Sheet, taken: Taken) -> bytes:
    """The list as .xlsx, its cells neutralised."""
    made = (
        workbook_in_parts(sheet.title, sheet.notes, sheet.head, sheet.rows, sheet.parts)
        if sheet.parts
        else workbook(sheet.title, sheet.notes, sheet.head, sheet.rows)
    )
    _note(taken, "xlsx", len(sheet.rows), made)
    return made


def as_document(sheet: Sheet, taken: Taken, at: datetime) -> bytes:
    """The list as PDF for signatures, each part on pages of its own: equal lists give equal bytes."""
    parts = [
        {"name": name, "rows": [["" if cell is None else str(cell) for cell in row] for row in rows]}
        for name, rows in sheet.parts or [("", sheet.rows)]
    ]
    data = {**sheet.around, "title": sheet.title, "notes": list(sheet.notes), "head": list(sheet.head)}
    made = pdf(TEMPLATE, {**data, "parts": parts}, at=at.replace(microsecond=0))
    _note(taken, "pdf", len(sheet.rows), made)
    return made


def _note(taken: Taken, form: str, rows: int, made: bytes) -> None:
    record(
        "awards.export", "stage", taken.stage_id, why=taken.reason, kind=taken.kind, form=form, rows=rows,
        whole_names=taken.whole_names, digest=hashlib.sha256(made).hexdigest(),
    )  # fmt: skip
