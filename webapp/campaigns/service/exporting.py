"""The totals of a campaign and its units as a workbook; each taking away is noted."""

import hashlib
from collections.abc import Sequence

from webapp.audit.service import record
from webapp.campaigns.queries.campaigns import CampaignView
from webapp.leaderboard.formats.workbook import Cell, workbook


def as_workbook(
    view: CampaignView,
    title: str,
    notes: Sequence[str],
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    why: str,
) -> bytes:
    """The lines as .xlsx, cells neutralised."""
    made = workbook(title, notes, head, rows)
    record(
        "campaign.export", "contest", view.contest_id, why=why, campaign=view.code, rows=len(rows),
        digest=hashlib.sha256(made).hexdigest(),
    )  # fmt: skip
    return made
