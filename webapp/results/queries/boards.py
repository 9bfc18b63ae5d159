"""The rows of boards: live, frozen, or final without a review."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import text

from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.rules.rank import tie_part
from webapp.results.formats.document import BATCH, Rows
from webapp.results.queries.entrants import Entrants
from webapp.results.rules.shapes import instant, stage_rules

_LIVE = text(
    "SELECT entry_id, sort_key, combined, derivation FROM standings WHERE stage_id = :stage_id"
    " ORDER BY sort_key, entry_id"
)
_ANY = text("SELECT EXISTS (SELECT FROM standings WHERE stage_id = :stage_id)")


def live(stage: StageView, who: Entrants) -> dict[str, Any] | None:
    """The board as it stands now; None while nobody has a standing."""
    if not db.session.scalar(_ANY, {"stage_id": stage.stage_id}):
        return None
    return {
        "source": "live",
        "rules": stage_rules(stage.rules),
        "rows": Rows(lambda: _live_rows(stage, who)),
    }


def _live_rows(stage: StageView, who: Entrants) -> Iterator[dict[str, Any]]:
    """The standings of a stage, a batch of them in memory at a time."""
    found = db.session.execute(_LIVE, {"stage_id": stage.stage_id}, execution_options={"yield_per": BATCH})
    is_shared = stage.rules.rank.display == "shared"
    rank, tie = 0, b""
    for place, row in enumerate(found, 1):
        own = tie_part(bytes(row.sort_key))
        if own != tie or not is_shared:
            rank, tie = place, own
        values = {
            "entry_id": row.entry_id,
            "rank": rank,
            "scores": {term["component"]: term["score"] for term in row.derivation["terms"]},
            "combined": f"{row.combined:.2f}",
            "time_used_s": row.derivation["time_used_s"],
            "submitted_at": row.derivation["submitted_at"],
            "sort_key": bytes(row.sort_key).hex(),
        }
        yield _row(who, values)


def kept(snapshot: BoardSnapshot, rules: Mapping[str, Any], who: Entrants, source: str) -> dict[str, Any]:
    """A kept board whose rows hold their scores."""
    return {
        "source": source,
        "rules": dict(rules),
        "taken_at": instant(snapshot.taken_at),
        "digest": snapshot.digest,
        "rows": [_row(who, row) for row in snapshot.rows],
    }


def final(snapshot: BoardSnapshot, who: Entrants) -> dict[str, Any]:
    """A final list: numbers with their ranks, and who goes on where the list decides it."""
    return {
        "taken_at": instant(snapshot.taken_at),
        "digest": snapshot.digest,
        "rows": listed(snapshot.rows, who, "promoted"),
    }


def listed(rows: Sequence[Mapping[str, Any]], who: Entrants, *more: str) -> list[dict[str, Any]]:
    """Rows of a list: number, rank, combined score where the row has it, and these values besides."""
    names = ("rank", "combined", *more)
    return [
        {"number": who[row["entry_id"]].number, **{name: row[name] for name in names if name in row}}
        for row in rows
    ]


def _row(who: Entrants, row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("rank", "scores", "combined", "time_used_s", "submitted_at", "sort_key")
    return who[row["entry_id"]].told() | {name: row[name] for name in names}
