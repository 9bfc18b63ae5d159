"""All results of a contest in order, for files that others can check."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text

from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.leaderboard.rules.rank import ranks, tie_part
from webapp.leaderboard.rules.verify import Line

_STAGES = text(
    """
    SELECT st.id FROM stages st JOIN events e ON e.id = st.event_id JOIN contests c ON c.id = e.contest_id
    WHERE c.code = :contest AND (:event = '' OR e.code = :event) AND (:stage = '' OR st.code = :stage)
      AND EXISTS (SELECT FROM standings s WHERE s.stage_id = st.id)
    ORDER BY e.position, st.position
    """
)
_ROWS = text(
    "SELECT entry_id, sort_key, combined, derivation FROM standings WHERE stage_id = :stage_id"
    " ORDER BY sort_key, entry_id"
)


def results(contest: str, event: str = "", stage: str = "") -> Iterator[Line]:
    """Every standing of a contest, board after board, best first; event, stage: only these codes."""
    values = {"contest": contest, "event": event, "stage": stage}
    for stage_id in db.session.scalars(_STAGES, values).all():
        found = contests.stage_by_id(stage_id)
        rows = db.session.execute(_ROWS, {"stage_id": stage_id}).all()
        shown = ranks([tie_part(bytes(row.sort_key)) for row in rows], found.rules.rank.display)
        for rank, row in zip(shown, rows, strict=True):
            yield _line(found, rank, row)


def _line(stage: StageView, rank: int, row: Row[Any]) -> Line:
    told = row.derivation
    return Line(
        contest=stage.contest_code,
        event=stage.event_code,
        stage=stage.code,
        rank=rank,
        number=told["number"],
        terms=tuple(
            (term["component"], Decimal(term["score"]), Decimal(term["weight_pct"])) for term in told["terms"]
        ),
        combined=row.combined,
        time_used_s=told["time_used_s"],
        submitted_at=datetime.fromisoformat(told["submitted_at"]) if told["submitted_at"] else None,
        display=stage.rules.rank.display,
        breakers=tuple(told["breakers"]),
        sort_key=bytes(row.sort_key).hex(),
    )
