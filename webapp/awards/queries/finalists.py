"""The rows of a final list with what the conditions of awards ask about their bearers."""

from collections.abc import Mapping, Sequence

from sqlalchemy import text

from webapp.awards.rules.levels import SkillLevel, level_named
from webapp.awards.rules.standing import Finalist
from webapp.core.db import db
from webapp.leaderboard.queries.finals import final_list

_BEARERS = text(
    """
    SELECT e.id AS entry_id, e.kind, p.person_id, p.number, h.sex, h.born_on,
           (CAST(:local_id AS bigint) IS NULL OR EXISTS (
               SELECT FROM organisation_closure c
               WHERE c.ancestor_id = :local_id AND c.descendant_id = p.unit_id)) AS is_local
    FROM entries e
    JOIN participations p ON p.id = e.participation_id
    JOIN persons h ON h.id = p.person_id
    WHERE e.id = ANY(:entry_ids)
    """
)
_LEVELS = text(
    "SELECT person_id, level FROM skill_levels WHERE person_id = ANY(:person_ids) AND trade = :trade"
)
_NAMED = text(
    "SELECT award_code, entry_id FROM award_nominations WHERE stage_id = :stage_id AND withdrawn_at IS NULL"
)


def finalists(snapshot_id: int, trade: str, local_id: int | None = None) -> list[Finalist]:
    """The people of a final list in its order, their highest known level in `trade` with them.

    local_id: the organisation below whose units contestants are local; None: everybody is."""
    rows = final_list(snapshot_id).rows
    found = db.session.execute(
        _BEARERS, {"entry_ids": [row.entry_id for row in rows], "local_id": local_id}
    ).mappings()
    bearers = {one["entry_id"]: one for one in found}
    levels = held_levels([one["person_id"] for one in bearers.values()], trade)
    return [
        Finalist(
            entry_id=row.entry_id,
            person_id=bearers[row.entry_id]["person_id"],
            rank=row.rank,
            sex=bearers[row.entry_id]["sex"],
            born_on=bearers[row.entry_id]["born_on"],
            held=levels.get(bearers[row.entry_id]["person_id"]),
            is_local=bearers[row.entry_id]["is_local"],
            is_team=bearers[row.entry_id]["kind"] == "team",
        )
        for row in rows
    ]


def held_levels(person_ids: Sequence[int], trade: str) -> dict[int, SkillLevel]:
    """The highest level that each of these people is known to hold in a trade."""
    order = list(SkillLevel)
    found: dict[int, SkillLevel] = {}
    for row in db.session.execute(_LEVELS, {"person_ids": list(person_ids), "trade": trade}):
        level = level_named(row.level)
        if level is not None and order.index(level) >= order.index(found.get(row.person_id, level)):
            found[row.person_id] = level
    return found


def named(stage_id: int) -> Mapping[str, set[int]]:
    """Award code -> the entries that the organiser names for it."""
    found: dict[str, set[int]] = {}
    for row in db.session.execute(_NAMED, {"stage_id": stage_id}):
        found.setdefault(row.award_code, set()).add(row.entry_id)
    return found
