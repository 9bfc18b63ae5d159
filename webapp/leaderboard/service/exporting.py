"""Taking lists away: masked unless allowed, always noted."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from webapp.audit.service import record
from webapp.contests.queries import StageView
from webapp.leaderboard.formats.workbook import Cell, workbook
from webapp.leaderboard.queries.rows import WHOLE_NAMES, BoardRow, page_of

MOST_ROWS = 100_000


@dataclass(frozen=True)
class ListWords:
    """The words of a list, in the reader's language."""

    title: str
    notes: tuple[str, ...]
    rank: str
    number: str
    name: str
    unit: str
    combined: str
    component: Callable[[str], str]


def top_list(stage: StageView, words: ListWords, reason: str, *, whole_names: bool) -> bytes:
    """The list down to the cut line (the whole board without a quota) as .xlsx; the export is noted with its
    reason, size and digest in the caller's transaction."""
    mask = WHOLE_NAMES if whole_names else "first_character"
    page = page_of(stage, 1, mask, MOST_ROWS if stage.rules.quota is None else stage.rules.quota)
    if page.cut is not None and page.cut.position > len(page.rows):
        page = page_of(stage, 1, mask, page.cut.position)
    rows = page.rows[: page.cut.position] if page.cut else page.rows
    head = [
        words.rank,
        words.number,
        words.name,
        words.unit,
        *map(words.component, page.components),
        words.combined,
    ]
    made = workbook(words.title, words.notes, head, [_cells(row) for row in rows])
    record(
        "board.export",
        "stage",
        stage.stage_id,
        why=reason,
        rows=len(rows),
        whole_names=whole_names,
        digest=hashlib.sha256(made).hexdigest(),
    )
    return made


def note_unmasking(stage: StageView, page: int, reason: str) -> None:
    """Somebody is shown the whole names of one page."""
    record("board.unmask", "stage", stage.stage_id, why=reason, page=page)


def _cells(row: BoardRow) -> list[Cell]:
    return [row.rank, row.number, row.name, row.unit, *row.parts, row.combined]
