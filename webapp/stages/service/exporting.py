"""Taking lists away, and the notice as a document."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.audit.service import record
from webapp.config import ROOT
from webapp.core.paging import Pages
from webapp.core.typesetting import forget, pdf
from webapp.leaderboard.formats.workbook import Cell, workbook
from webapp.stages.queries.candidates import Candidate
from webapp.stages.queries.circulars import CircularView
from webapp.stages.queries.notices import NoticeView

CIRCULAR = ROOT / "webapp" / "stages" / "typst" / "circular.typ"
TEMPLATE = ROOT / "webapp" / "stages" / "typst" / "notice.typ"
PDF_LINES = 1_000
"""So many lines of a notice stand in one document: 20,000 in one took eleven seconds and two gigabytes of memory."""


@dataclass(frozen=True)
class TableWords:
    """The words of a workbook, in the reader's language. result: of one candidate, the score or who nominated; cells: the
    texts after it."""

    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    result: Callable[[Candidate], str]
    cells: Callable[[Candidate], Sequence[str]]


def recheck_table(
    stage_id: int, rows: Sequence[Candidate], words: TableWords, reason: str, *, whole_names: bool
) -> bytes:
    """The re-check table as .xlsx, its cells neutralised; noted with reason, size and digest."""
    cells: list[list[Cell]] = [
        [
            row.rank or "",
            row.number,
            row.name,
            row.unit_then,
            row.unit_now,
            words.result(row),
            *words.cells(row),
        ]
        for row in rows
    ]
    made = workbook(words.title, words.notes, words.head, cells)
    record(
        "list.export", "stage", stage_id, why=reason, rows=len(rows), whole_names=whole_names,
        digest=hashlib.sha256(made).hexdigest(),
    )  # fmt: skip
    return made


def pdf_parts(notice: NoticeView) -> int:
    """How many documents a notice comes in."""
    return Pages.of(1, len(notice.rows), PDF_LINES).pages


def notice_pdf(notice: NoticeView, words: dict[str, Any], at: datetime, part: int = 1) -> bytes:
    """The notice as a document, or a part of a long one: equal versions give equal bytes.

    words: the texts around the rows. The digest is always of the whole list."""
    pages = Pages.of(part, len(notice.rows), PDF_LINES)
    shown = enumerate(pages.cut(notice.rows), (pages.page - 1) * PDF_LINES + 1)
    if notice.is_nominated:
        rows = [[str(at), row.number, row.name, row.unit, row.nominated_by] for at, row in shown]
    else:
        remark = {True: words["substitute"], False: ""}
        rows = [
            [str(row.rank), row.number, row.name, row.unit, row.combined, remark[row.is_substitute]]
            for _at, row in shown
        ]
    made = pdf(
        TEMPLATE,
        {**words, "rows": rows, "digest": notice.digest, "version": notice.version},
        at=at.replace(microsecond=0),
    )
    if pages.pages > 1:
        forget()
    return made


def circular_pdf(one: CircularView, words: dict[str, Any]) -> bytes:
    """An issued circular as a document: equal circulars give equal bytes. words: title, tables, agreements."""
    at = one.issued_at or one.prepared_at
    return pdf(CIRCULAR, {**words, "digest": one.digest}, at=at.replace(microsecond=0))
