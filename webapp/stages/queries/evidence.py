"""Everything results are made of, read afresh for the second computation: ledger, grades, filed scores."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.contests.queries import StageView
from webapp.contests.rules.schema import Contest
from webapp.contests.rules.schema import Stage as StageRules
from webapp.core.db import db
from webapp.stages.queries.admissions import is_for_places
from webapp.stages.rules.second_sum import Evidence, Paper, SumRules

_PEOPLE = text(
    """
    SELECT p.id, p.number FROM participations p
    WHERE p.event_id = :event_id AND p.state = 'active' AND (NOT :for_places OR p.id IN (
        SELECT n.participation_id FROM stage_admissions a JOIN entries n ON n.id = a.entry_id
        WHERE a.stage_id = :stage_id AND a.state IN ('confirmed', 'admitted')))
      AND NOT EXISTS (SELECT FROM team_members m WHERE m.participation_id = p.id AND NOT m.is_leader)
    """
)
_LEDGER = text(
    """
    SELECT l.participation_id, l.points FROM point_entries l
    JOIN participations p ON p.id = l.participation_id
    WHERE p.event_id = :event_id AND l.contest_id = :contest_id
    """
)
_PAPERS = text(
    """
    SELECT s.participation_id, a.number, g.score, coalesce(s.time_used_s, 0) AS used, s.submitted_at
    FROM sheets s
    JOIN exams x ON x.id = s.exam_id
    JOIN attempts a ON a.id = s.attempt_id
    JOIN grades g ON g.attempt_id = s.attempt_id
    WHERE x.stage_id = :stage_id AND x.kind = 'formal' AND s.state = 'graded' AND g.id = s.current_grade_id
      AND a.id NOT IN (SELECT n.supersedes_id FROM attempts n
                       WHERE n.supersedes_id IS NOT NULL AND n.origin IN ('reopened', 'resit', 'redrawn'))
    """
)
_FILED = text(
    """
    SELECT participation_id, component, score FROM component_scores
    WHERE stage_id = :stage_id AND component <> ALL(:made_here) ORDER BY version
    """
)


def evidence_of(stage: StageView, rules: StageRules) -> list[Evidence]:
    """What stands behind the result of everybody who takes part, plainly read: no sums in SQL."""
    values: dict[str, Any] = {
        "event_id": stage.event_id,
        "contest_id": stage.contest_id,
        "stage_id": stage.stage_id,
        "for_places": is_for_places(stage.stage_id),
    }
    points: dict[int, list[Decimal]] = defaultdict(list)
    for row in db.session.execute(_LEDGER, values):
        points[row.participation_id].append(row.points)
    papers: dict[int, list[Paper]] = defaultdict(list)
    for row in db.session.execute(_PAPERS, values):
        papers[row.participation_id].append(Paper(row.number, row.score, row.used, row.submitted_at))
    made_here = ["learning"] + (["theory"] if rules.exam else [])
    filed: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in db.session.execute(_FILED, {**values, "made_here": made_here}):
        filed[row.participation_id][row.component] = row.score
    return [
        Evidence(row.number, points.get(row.id, []), papers.get(row.id, []), filed.get(row.id, {}))
        for row in db.session.execute(_PEOPLE, values)
    ]


def sum_rules(contest: Contest, stage: StageView, rules: StageRules) -> SumRules:
    """What the file says about the sum."""
    learning = contest.profile_of(contest.event(stage.event_code)).learning
    return SumRules(
        contest=stage.contest_code,
        weights={part.key: part.weight_pct for part in rules.components},
        full_points=learning.full_points if learning else None,
        counting=rules.exam.counting_attempt if rules.exam else "first",
        breakers=rules.rank.breakers,
        display=rules.rank.display,
    )
