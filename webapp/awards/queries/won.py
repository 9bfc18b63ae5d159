"""What people won in a contest that was held here, for the registers of later ones."""

from sqlalchemy import text

from webapp.contests import queries as contests
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.registration.service.winners import OwnResult

_GRANTED = text(
    """
    SELECT DISTINCT n.person_id, n.entry_id, l.snapshot_id, l.closed_at, e.code AS event, s.code AS stage, s.position
    FROM award_lines n
    JOIN award_lists l ON l.id = n.list_id AND l.state IN ('decided', 'reopened')
    JOIN stages s ON s.id = l.stage_id
    JOIN events e ON e.id = s.event_id
    WHERE e.contest_id = :contest_id AND n.decision = 'granted'
    ORDER BY s.position DESC, n.person_id
    """
)


def won(contest_id: int) -> list[OwnResult]:
    """Everybody who was given an award, with the rank of the final list; the last stage of an event first."""
    rules = contests.rules_of(contest_id)
    rows = db.session.execute(_GRANTED, {"contest_id": contest_id}).all()
    ranks = {
        snapshot_id: {each["entry_id"]: each["rank"] for each in rows_by_id(snapshot_id)}
        for snapshot_id in {row.snapshot_id for row in rows}
    }
    found = []
    for row in rows:
        event = rules.event(row.event)
        found.append(
            OwnResult(
                person_id=row.person_id,
                contest=rules.title.zh,
                edition=rules.edition,
                year=row.closed_at.astimezone(SHANGHAI).year,
                trade=event.trade or event.title.zh,
                rank=ranks[row.snapshot_id][row.entry_id],
                source=f"{rules.code}/{row.event}/{row.stage}",
            )
        )
    return found
