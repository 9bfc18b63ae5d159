"""Lists for finance, honours, levels, certificates and recuperation, as workbook and document; each is noted."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.audit.service import record
from webapp.awards.queries.lists import Line
from webapp.config import ROOT
from webapp.contests.rules.schema import Award
from webapp.core.typesetting import pdf
from webapp.leaderboard.formats.workbook import Cell, workbook

TEMPLATE = ROOT / "webapp" / "awards" / "typst" / "list.typ"


@dataclass(frozen=True)
class Sheet:
    """A list in the reader's language. around: further words of the document."""

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    around: Mapping[str, Any]


@dataclass(frozen=True)
class Taken:
    """What is noted of a list that is taken away."""

    stage_id: int
    kind: str
    reason: str
    whole_names: bool


def chosen(lines: Sequence[Line], awards: Sequence[Award], kind: str) -> list[Line]:
    """The given awards of one kind; split by union or by region where the file asks for it (CONTESTS 1)."""
    wanted = {award.code: award for award in awards if award.kind == kind}
    found = [line for line in lines if line.award_code in wanted and line.decision == "granted"]
    splits = {award.conditions.get("split") for award in wanted.values()}
    if "union" in splits:
        return sorted(found, key=lambda line: line.union_name)
    return sorted(found, key=lambda line: line.region) if "region" in splits else found


def as_workbook(sheet: Sheet, taken: Taken) -> bytes:
    """The list as .xlsx, its cells neutralised."""
    made = workbook(sheet.title, sheet.notes, sheet.head, [list(row) for row in sheet.rows])
    _note(taken, "xlsx", len(sheet.rows), made)
    return made


def as_document(sheet: Sheet, taken: Taken, at: datetime) -> bytes:
    """The list as PDF for signatures: equal lists give equal bytes."""
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.rows]
    data = {**sheet.around, "title": sheet.title, "notes": list(sheet.notes), "head": list(sheet.head)}
    made = pdf(TEMPLATE, {**data, "rows": rows}, at=at.replace(microsecond=0))
    _note(taken, "pdf", len(rows), made)
    return made


def _note(taken: Taken, form: str, rows: int, made: bytes) -> None:
    record(
        "awards.export", "stage", taken.stage_id, why=taken.reason, kind=taken.kind, form=form, rows=rows,
        whole_names=taken.whole_names, digest=hashlib.sha256(made).hexdigest(),
    )  # fmt: skip
