"""How many certificates are due: counted for many stages at once, read from nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from webapp.core.db import db

# Who is ranked, with the points that finish learning, takes part, and never had this certificate (as queries/reached.py).
_FINISHED = text(
    """
    SELECT w.stage_id, w.award_code, count(*) AS due
    FROM unnest(CAST(:stages AS bigint[]), CAST(:codes AS text[]), CAST(:needed AS numeric[]))
        AS w(stage_id, award_code, needed)
    JOIN standings s ON s.stage_id = w.stage_id
    JOIN entries e ON e.id = s.entry_id
    JOIN participations p ON p.id = e.participation_id AND p.state = 'active'
    WHERE coalesce(CAST(s.derivation #>> '{sources,learning,points}' AS numeric), w.needed) >= w.needed
      AND NOT EXISTS (SELECT FROM certificates c WHERE c.stage_id = w.stage_id AND c.entry_id = s.entry_id
                      AND c.award_code = w.award_code)
    GROUP BY w.stage_id, w.award_code
    """
)
# Who stands in the band of an award, or goes on where the band is for that, and never had this certificate.
_RANKED = text(
    """
    SELECT w.stage_id, w.award_code, count(*) AS due
    FROM unnest(CAST(:stages AS bigint[]), CAST(:codes AS text[]), CAST(:lists AS bigint[]), CAST(:first AS int[]),
                CAST(:last AS int[]), CAST(:going_on AS boolean[]))
        AS w(stage_id, award_code, snapshot_id, first, last, going_on)
    JOIN stages st ON st.id = w.stage_id
    JOIN board_snapshots b ON b.id = w.snapshot_id
    CROSS JOIN LATERAL jsonb_to_recordset(b.rows) AS r(entry_id bigint, rank int, promoted boolean)
    JOIN entries e ON e.id = r.entry_id AND e.event_id = st.event_id
    JOIN participations p ON p.id = e.participation_id AND p.state = 'active'
    WHERE CASE WHEN w.going_on AND r.promoted IS NOT NULL THEN r.promoted ELSE r.rank BETWEEN w.first AND w.last END
      AND NOT EXISTS (SELECT FROM certificates c WHERE c.stage_id = w.stage_id AND c.entry_id = r.entry_id
                      AND c.award_code = w.award_code)
    GROUP BY w.stage_id, w.award_code
    """
)


@dataclass(frozen=True)
class ForFinishing:
    """A certificate for finishing a stage. needed: learning points."""

    stage_id: int
    award_code: str
    needed: int


@dataclass(frozen=True)
class ByRank:
    """A certificate that goes by a final list: ranks first to last; is_for_going_on: whoever goes on, where the list says."""

    stage_id: int
    award_code: str
    snapshot_id: int
    first: int
    last: int
    is_for_going_on: bool


Due = dict[tuple[int, str], int]
"""(stage, award) -> people; what is due to nobody is missing."""


def due_for_finishing(wanted: Sequence[ForFinishing]) -> Due:
    """To how many each is due. One statement, however many they are."""
    values = {
        "stages": [one.stage_id for one in wanted],
        "codes": [one.award_code for one in wanted],
        "needed": [one.needed for one in wanted],
    }
    return {(row.stage_id, row.award_code): row.due for row in db.session.execute(_FINISHED, values)}


def due_by_rank(wanted: Sequence[ByRank]) -> Due:
    """To how many each may be due; a further condition, as finished learning, is looked at when it is issued. One statement."""
    values = {
        "stages": [one.stage_id for one in wanted],
        "codes": [one.award_code for one in wanted],
        "lists": [one.snapshot_id for one in wanted],
        "first": [one.first for one in wanted],
        "last": [one.last for one in wanted],
        "going_on": [one.is_for_going_on for one in wanted],
    }
    return {(row.stage_id, row.award_code): row.due for row in db.session.execute(_RANKED, values)}
