"""Where everybody would stand with other exam scores: computed beside the board, nothing is written."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import text

from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.exam.rules.rulings import Place
from webapp.leaderboard.queries.inputs import inputs
from webapp.leaderboard.rules.combine import combine
from webapp.leaderboard.rules.rank import cut_size, tie_part
from webapp.leaderboard.service.combining import key_of

BATCH = 500

_STANDINGS = text(
    """
    SELECT e.participation_id, p.number, s.sort_key
    FROM standings s JOIN entries e ON e.id = s.entry_id JOIN participations p ON p.id = e.participation_id
    WHERE s.stage_id = :stage_id
    """
)
_PEOPLE = text("SELECT DISTINCT participation_id FROM sheets WHERE attempt_id = ANY(:ids)")


def weigh(stage_id: int, scores: Mapping[int, Decimal]) -> tuple[dict[int, Place], dict[int, Place]]:
    """Places by participation now and with these scores instead. scores: attempt -> 0-100."""
    stage = stage_by_id(stage_id)
    rows = db.session.execute(_STANDINGS, {"stage_id": stage_id}).all()
    now = {row.participation_id: bytes(row.sort_key) for row in rows}
    numbers = {row.participation_id: row.number for row in rows}
    then = dict(now)
    people = [one for one in db.session.scalars(_PEOPLE, {"ids": list(scores)}) if one in now]
    for start in range(0, len(people), BATCH):
        for one, found in inputs(stage, people[start : start + BATCH], scores).items():
            made = combine(found.scores, stage.rules.components)
            if made is not None:
                then[one] = key_of(stage, numbers[one], found, made)
    return _places(stage, now), _places(stage, then)


def _places(stage: StageView, keys: Mapping[int, bytes]) -> dict[int, Place]:
    order = sorted(keys, key=lambda one: keys[one])
    ties = sorted(tie_part(key) for key in keys.values())
    inside = _inside(stage, ties)
    return {
        one: Place(bisect_left(ties, tie_part(keys[one])) + 1, None if inside is None else position <= inside)
        for position, one in enumerate(order, 1)
    }


def _inside(stage: StageView, ties: list[bytes]) -> int | None:
    """How many stand above the cut line; None without one."""
    quota = stage.rules.quota
    if quota is None or not ties:
        return None
    last = ties[min(quota, len(ties)) - 1]
    better = bisect_left(ties, last)
    tied = bisect_right(ties, last) - better
    return cut_size(len(ties), quota, better, tied, stage.rules.rank.cut)
