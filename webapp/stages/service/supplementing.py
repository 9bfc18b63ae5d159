"""The list as it stands after somebody gave a place up: what a supplementary notice (补充公示) says."""

from dataclasses import replace

from webapp.contests.queries import stage_by_id
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.stages.errors import NothingSupplementary
from webapp.stages.models import StageList
from webapp.stages.queries import notices
from webapp.stages.queries.admissions import seats
from webapp.stages.queries.candidates import Outcome, outcome
from webapp.stages.rules.attendance import HOLDING


def supplement(one: StageList, next_stage_id: int) -> Outcome:
    """The final list with those who hold a place in the next stage now, in rank order.

    substitutes: whoever was not on the final list. raise (NothingSupplementary): as it stands on the present
    notice, or nobody moved up: who only left needs no notice of others."""
    stage = stage_by_id(one.stage_id)
    made = outcome(stage, one)
    holding = {seat.entry_id for seat in seats(next_stage_id) if seat.state in HOLDING}
    going = tuple(entry for entry in made.rows if entry in holding)
    posted = notices.current(one.stage_id)
    shown = {row["entry_id"] for row in rows_by_id(posted.snapshot_id)} if posted else set()
    if not set(going) - shown:
        raise NothingSupplementary
    first = {row["entry_id"] for row in rows_by_id(one.final_snapshot_id or one.snapshot_id)}
    earlier = set(made.promotion.substitutes)
    moved_up = tuple(entry for entry in going if entry not in first or entry in earlier)
    return replace(made, promotion=replace(made.promotion, going_on=going, substitutes=moved_up))
