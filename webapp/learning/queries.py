"""Reading the points ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from webapp.core.db import db
from webapp.learning.models import PointEntry


@dataclass(frozen=True)
class Balance:
    """The sum of a participation's ledger. position: id of its last entry, 0 without any."""

    points: Decimal
    position: int


NOTHING = Balance(Decimal(0), 0)


def balances(contest_id: int, participation_ids: Collection[int]) -> dict[int, Balance]:
    """The balance of each participation that has ledger entries; reversals are counted."""
    rows = db.session.execute(
        select(
            PointEntry.participation_id,
            func.sum(PointEntry.points).label("points"),
            func.max(PointEntry.id).label("position"),
        )
        .where(PointEntry.contest_id == contest_id, PointEntry.participation_id.in_(participation_ids))
        .group_by(PointEntry.participation_id)
    )
    return {row.participation_id: Balance(row.points, row.position) for row in rows}
