"""What was posted of the delegations."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.contingents.models import ContingentPosting
from webapp.core.db import db


@dataclass(frozen=True)
class PostingView:
    """One posted list. told: what it says."""

    number: int
    digest: str
    posted_at: datetime
    told: dict[str, Any]


def newest(contest_id: int, stage: str) -> PostingView | None:
    """The list that counts."""
    row = db.session.scalars(
        select(ContingentPosting)
        .where(ContingentPosting.contest_id == contest_id, ContingentPosting.stage_code == stage)
        .order_by(ContingentPosting.number.desc())
        .limit(1)
    ).one_or_none()
    return PostingView(row.number, row.digest, row.posted_at, json.loads(row.body)) if row else None
