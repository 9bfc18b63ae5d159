"""Lists for finance, honours, levels and recuperation, as workbook and as document; each is noted."""

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
from webapp.leaderboard.formats.workbook import Cell, workbook

TEMPLATE = ROOT / "webapp" / "awards" / "typst" / "list.typ"
RECUPERATION = "recuperation"


@dataclass(frozen=True)
class ListWords:
    """The words of a list in the reader's language. cells: what stands in one line; around: for the document."""

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    cells: Callable[[Line], Sequence[Cell]]
    around: Mapping[str, Any]


def chosen(lines: Sequence[Line], awards: Sequence[Award], kind: str) -> list[Line]:
    """The given awards of one kind; recuperation by union, because each union runs its own (CONTESTS 1)."""
    codes = {award.code for award in awards if award.kind == kind}
    found = [line for line in lines if line.award_code in codes and line.decision == "granted"]
    return sorted(found, key=lambda line: line.union_name) if kind == RECUPERATION else found


def as_workbook(stage_id: int, kind: str, lines: Sequence[Line], words: ListWords, reason: str) -> bytes:
    """The list as .xlsx, its cells neutralised."""
    made = workbook(words.title, words.notes, words.head, [list(words.cells(line)) for line in lines])
    _note(stage_id, kind, "xlsx", lines, made, reason)
    return made


def as_document(
    stage_id: int, kind: str, lines: Sequence[Line], words: ListWords, reason: str, at: datetime
) -> bytes:
    """The list as PDF for signatures: equal lists give equal bytes."""
    rows = [["" if cell is None else str(cell) for cell in words.cells(line)] for line in lines]
    data = {**words.around, "title": words.title, "notes": list(words.notes), "head": list(words.head)}
    made = pdf(TEMPLATE, {**data, "rows": rows}, at=at.replace(microsecond=0))
    _note(stage_id, kind, "pdf", lines, made, reason)
    return made


def _note(stage_id: int, kind: str, form: str, lines: Sequence[Line], made: bytes, reason: str) -> None:
    record(
        "awards.export", "stage", stage_id, why=reason, kind=kind, form=form, rows=len(lines),
        digest=hashlib.sha256(made).hexdigest(),
    )  # fmt: skip
