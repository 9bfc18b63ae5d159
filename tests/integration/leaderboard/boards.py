"""A contest with its real rules, people in it, graded papers and points, for the tests of boards."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests.factories import make_organisation, make_participation, make_person
from tests.integration.exam.exams import make_exam
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.contests.models import Event, Stage
from webapp.contests.queries import StageView
from webapp.core import clock
from webapp.core.db import db
from webapp.core.outbox import OutboxRow
from webapp.core.queue import Job
from webapp.leaderboard import jobs
from webapp.registration.models import Participation

DEFINITION = Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml"
START = datetime(2026, 5, 22, 1, tzinfo=UTC)
_sources = itertools.count(1)

_GRADE = text(
    """
    WITH fresh AS (
        INSERT INTO grades (attempt_id, version, marks, sections, mark, full_mark, score, input_digest,
                            code_version)
        SELECT r.attempt_id, (SELECT coalesce(max(g.version), 0) + 1 FROM grades g
                              WHERE g.attempt_id = r.attempt_id),
               '[]', '[]', r.score, 100, r.score, '', 'test'
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(attempt_id bigint, score numeric)
        RETURNING id, attempt_id
    )
    UPDATE sheets s SET current_grade_id = fresh.id FROM fresh WHERE s.attempt_id = fresh.attempt_id
    """
)
_LEARN = text(
    """
    INSERT INTO point_entries (contest_id, participation_id, source_kind, source_id, points)
    SELECT :contest_id, r.participation_id, 'test', r.source, r.points
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(participation_id bigint, source text, points numeric)
    """
)


OPEN_AFTER = {"quota = 30\n": 'quota = "undecided"\n'}
"""For boards with a small quota: the stage after it may not let more people through."""


@dataclass(frozen=True)
class Contestant:
    """Somebody with a closed paper."""

    participation_id: int
    entry_id: int
    attempt_id: int
    person_id: int
    number: str


@dataclass(frozen=True)
class Board:
    """A stage with its contestants."""

    stage_id: int
    event_id: int
    contest_id: int
    exam_id: int
    people: tuple[Contestant, ...]

    @property
    def view(self) -> StageView:
        return contests.stage_by_id(self.stage_id)

    @property
    def address(self) -> str:
        view = self.view
        return f"{view.contest_code}/{view.event_code}/{view.code}"


def make_board(
    people: int = 5,
    event: str = "welding",
    stage: str = "preliminary",
    names: Sequence[str] = (),
    changes: Mapping[str, str] = {},
) -> Board:
    """The Jilin contest with graded papers of score 0. changes: texts of the definition to replace."""
    definition = DEFINITION.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in definition
        definition = definition.replace(old, new)
    contest_service.load_contest(definition)
    row = contests.stage_by_codes("jilin-5", event, stage)
    exam_id = make_exam(db.session.get_one(Stage, row.stage_id))
    made = [_contestant(exam_id, row.event_id, names[n] if n < len(names) else "", n) for n in range(people)]
    db.session.commit()
    return Board(row.stage_id, row.event_id, row.contest_id, exam_id, tuple(made))


def time_used_s(n: int) -> int:
    """Seconds that the n-th contestant (from 0) took: neighbours in pairs took the same."""
    return 600 + (n + 1) // 2 % 5


def _contestant(exam_id: int, event_id: int, name: str, n: int) -> Contestant:
    unit = make_organisation(name=f"第{n + 1}机械厂", kind="unit", level="unit")
    person = make_person(name, unit=unit)
    one: Participation = make_participation(db.session.get_one(Event, event_id), person, unit_id=unit.id)
    values: dict[str, Any] = {"exam": exam_id, "participation": one.id, "person": person.id}
    attempt_id = db.session.execute(
        text(
            "INSERT INTO attempts (exam_id, participation_id, paper, sections, option_seed, draw_version,"
            " paper_digest) VALUES (:exam, :participation, '{}', '{}', '', 1, '') RETURNING id"
        ),
        values,
    ).scalar_one()
    db.session.execute(
        text(
            "INSERT INTO sheets (attempt_id, exam_id, participation_id, person_id, state, answers, seqs, flags,"
            " grace_s, submitted_at, time_used_s)"
            " VALUES (:attempt, :exam, :participation, :person, 'graded', '{}', '{}', '{}', 10, :at, :used)"
        ),
        {**values, "attempt": attempt_id, "at": START + timedelta(minutes=n), "used": time_used_s(n)},
    )
    entry_id = db.session.execute(
        text("SELECT id FROM entries WHERE participation_id = :participation"), values
    ).scalar_one()
    return Contestant(one.id, entry_id, attempt_id, person.id, one.number)


def grade(results: Sequence[tuple[Contestant, Decimal | str | int]]) -> None:
    """New grades (score on 0-100), committed; at most one a contestant."""
    rows = [{"attempt_id": one.attempt_id, "score": str(score)} for one, score in results]
    db.session.execute(_GRADE, {"rows": json.dumps(rows)})
    db.session.commit()


def learn(board: Board, points: Sequence[tuple[Contestant, Decimal | str | int]]) -> None:
    """Ledger entries, committed."""
    rows = [
        {"participation_id": one.participation_id, "source": str(next(_sources)), "points": str(amount)}
        for one, amount in points
    ]
    db.session.execute(_LEARN, {"contest_id": board.contest_id, "rows": json.dumps(rows)})
    db.session.commit()


def combine(board: Board, people: Sequence[Contestant] | None = None) -> int:
    """Run the job for these people; how many standings changed."""
    chosen = board.people if people is None else people
    return combine_for(board.stage_id, [one.participation_id for one in chosen])


def combine_for(stage_id: int, participation_ids: Sequence[int]) -> int:
    """Ask for these people's scores to be combined, and run the job; how many standings changed."""
    ids = ",".join(map(str, participation_ids))
    row = OutboxRow(job=Job.COMBINE_SCORES.value, args={"stage_id": stage_id, "participation_ids": ids})
    db.session.add(row)
    db.session.commit()
    return int(jobs.combine())


def recheck(board: Board) -> None:
    contest_service.mark_rechecked(board.stage_id, clock.now())
    db.session.commit()


def publish(board: Board) -> None:
    contest_service.mark_published(board.stage_id, clock.now())
    db.session.commit()
