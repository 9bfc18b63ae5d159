"""The rows of a final list with what the conditions of awards ask about their bearers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import text

from webapp.awards.rules.levels import SkillLevel, level_named
from webapp.awards.rules.standing import Finalist
from webapp.certificates.queries.reached import reached
from webapp.contests.queries import StageView
from webapp.contests.rules.schema import Award
from webapp.core.db import db
from webapp.leaderboard.queries.finals import final_list

_BEARERS = text(
    """
    SELECT e.id AS entry_id, e.kind, p.id AS participation_id, p.person_id, h.sex, h.born_on,
           (CAST(:local_id AS bigint) IS NULL OR EXISTS (
               SELECT FROM organisation_closure c
               WHERE c.ancestor_id = :local_id AND c.descendant_id = p.unit_id)) AS is_local,
           ARRAY(SELECT DISTINCT place FROM organisation_closure c
                 JOIN organisations o ON o.id = c.ancestor_id
                 CROSS JOIN LATERAL unnest(ARRAY[o.code, o.region, o.name]) AS place
                 WHERE c.descendant_id = p.unit_id AND place <> '') AS places
    FROM entries e
    JOIN participations p ON p.id = e.participation_id
    JOIN persons h ON h.id = p.person_id
    WHERE e.id = ANY(:entry_ids)
    """
)
# Of what staff saw the newest counts, so that a mistake can be put right; what awards gave stays. What this very stage
# gave does not count: deriving its awards again must give the same.
_LEVELS = text(
    """
    SELECT s.person_id, s.level FROM skill_levels s
    WHERE s.person_id = ANY(:person_ids) AND s.trade = :trade
      AND s.recorded_at <= coalesce(CAST(:until AS timestamptz), s.recorded_at)
      AND (s.source = 'award' OR NOT EXISTS (
        SELECT FROM skill_levels n WHERE n.person_id = s.person_id AND n.trade = s.trade
          AND n.source = 'checked' AND n.id > s.id
          AND n.recorded_at <= coalesce(CAST(:until AS timestamptz), n.recorded_at)))
      AND NOT EXISTS (
        SELECT FROM skill_level_ends x WHERE x.level_id = s.id
          AND x.ended_at <= coalesce(CAST(:until AS timestamptz), x.ended_at))
      AND (s.award_line_id IS NULL OR NOT EXISTS (
        SELECT FROM award_lines a JOIN award_lists l ON l.id = a.list_id
        WHERE a.id = s.award_line_id AND l.stage_id = :stage_id))
    """
)
_NAMED = text(
    "SELECT award_code, entry_id FROM award_nominations WHERE stage_id = :stage_id AND withdrawn_at IS NULL"
)
_FINISHED = ("learning", "exam")


def finalists(
    stage: StageView,
    snapshot_id: int,
    trade: str,
    awards: Sequence[Award],
    local_id: int | None = None,
    until: datetime | None = None,
) -> list[Finalist]:
    """The people of a final list in its order, with what the awards' conditions ask about them.

    An entry is borne by the person of its participation: of a team, that is the leader. Their highest known level
    in `trade` is with them. local_id: the organisation below whose units contestants are local; None: everybody
    is. until: levels that were known by then; None: by now."""
    rows = final_list(snapshot_id).rows
    found = db.session.execute(
        _BEARERS, {"entry_ids": [row.entry_id for row in rows], "local_id": local_id}
    ).mappings()
    bearers = {one["entry_id"]: one for one in found}
    levels = held_levels([one["person_id"] for one in bearers.values()], trade, stage.stage_id, until)
    finished = _finished(stage, awards, [one["participation_id"] for one in bearers.values()])
    return [
        Finalist(
            entry_id=row.entry_id,
            person_id=one["person_id"],
            rank=row.rank,
            sex=one["sex"],
            born_on=one["born_on"],
            held=levels.get(one["person_id"]),
            is_local=one["is_local"],
            is_team=one["kind"] == "team",
            goes_on=row.goes_on,
            finished=finished.get(one["participation_id"], frozenset()),
            places=frozenset(one["places"]),
        )
        for row in rows
        for one in (bearers[row.entry_id],)
    ]


def _finished(
    stage: StageView, awards: Sequence[Award], participation_ids: Sequence[int]
) -> dict[int, frozenset[str]]:
    """Who has finished learning or the exam; asked only where an award wants to know."""
    if not any(name in award.conditions for award in awards for name in _FINISHED):
        return {}
    return {
        one: frozenset(
            name
            for name, is_done in zip(_FINISHED, (facts.learning_finished, facts.exam_finished), strict=True)
            if is_done
        )
        for one, facts in reached(stage, participation_ids).items()
    }


def held_levels(
    person_ids: Sequence[int], trade: str, stage_id: int, until: datetime | None = None
) -> dict[int, SkillLevel]:
    """The highest level that each of these people is known to have held in a trade before a stage's awards.

    until: as far as it was recorded by then; None: by now."""
    order = list(SkillLevel)
    found: dict[int, SkillLevel] = {}
    for row in db.session.execute(
        _LEVELS, {"person_ids": list(person_ids), "trade": trade, "stage_id": stage_id, "until": until}
    ):
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
