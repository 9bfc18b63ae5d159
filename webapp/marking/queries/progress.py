"""How far the marking of an exam is: by question, and by marker."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.queries.essays import essay_place
from webapp.exam.queries.plans import plan
from webapp.marking.rules.agreement import Given, MarkerFigures, figures
from webapp.marking.rules.scales import scale_of


@dataclass(frozen=True)
class ExamLine:
    """An exam with written answers. unmarked, one, differing, settled add up to total; mine: answers this
    account has marked."""

    exam_id: int
    contest_id: int
    event_id: int
    title: dict[str, str]
    event_title: dict[str, str]
    total: int
    unmarked: int
    one: int
    differing: int
    settled: int
    mine: int

    @property
    def open(self) -> int:
        """Answers that still need a marker."""
        return self.unmarked + self.one


@dataclass(frozen=True)
class QuestionProgress:
    """One question (part of one) of an exam; the counts add up to total. part: from 0."""

    version_id: int
    part: int
    stem: str
    total: int
    unmarked: int
    one: int
    differing: int
    settled: int


_COUNTS = """
    count(*) AS total,
    count(*) FILTER (WHERE e.mark IS NULL AND m.marks = 0) AS unmarked,
    count(*) FILTER (WHERE e.mark IS NULL AND m.marks = 1) AS one,
    count(*) FILTER (WHERE e.mark IS NULL AND m.marks > 1) AS differing,
    count(*) FILTER (WHERE e.mark IS NOT NULL) AS settled
"""
_ANSWERS = """
    FROM essay_answers e JOIN sheets s ON s.attempt_id = e.attempt_id AND s.state IN ('submitted', 'graded')
    CROSS JOIN LATERAL (
        SELECT count(*) AS marks, count(*) FILTER (WHERE k.account_id = :me) AS mine
        FROM essay_marks k WHERE k.answer_id = e.id) m
"""
_EXAMS = text(
    f"""
    SELECT x.id AS exam_id, ev.contest_id, x.event_id, x.title, ev.title AS event_title, n.*
    FROM (SELECT e.exam_id AS id_of, {_COUNTS}, sum(m.mine) AS mine {_ANSWERS} GROUP BY e.exam_id) n
    JOIN exams x ON x.id = n.id_of JOIN events ev ON ev.id = x.event_id
    ORDER BY x.closes_at DESC, x.id
    """  # noqa: S608 - no value of anybody is spliced in
)
_QUESTIONS = text(
    f"""
    SELECT e.question_version_id AS version_id, e.part, left(q.stem, 200) AS stem, {_COUNTS}
    {_ANSWERS} JOIN question_versions q ON q.id = e.question_version_id
    WHERE e.exam_id = :exam_id GROUP BY e.question_version_id, e.part, q.stem
    ORDER BY e.question_version_id, e.part
    """
)
_GIVEN = text(
    """
    SELECT k.answer_id, k.account_id, k.mark / e.out_of AS share, e.section, e.out_of
    FROM essay_marks k JOIN essay_answers e ON e.id = k.answer_id
    WHERE e.exam_id = :exam_id AND k.kind = 'marker' ORDER BY k.answer_id, k.id
    """
)
_DIFFERING = text(
    """
    SELECT e.id FROM essay_answers e JOIN sheets s ON s.attempt_id = e.attempt_id AND s.state = 'submitted'
    WHERE e.exam_id = :exam_id AND e.mark IS NULL
      AND (SELECT count(*) FROM essay_marks m WHERE m.answer_id = e.id) > 1
      AND NOT EXISTS (SELECT FROM essay_marks m WHERE m.answer_id = e.id AND m.account_id = :me)
    ORDER BY e.question_version_id, e.part, md5(e.id || ':' || :me) LIMIT 100
    """
)


def exams_with_answers(account_id: int) -> list[ExamLine]:
    """Every exam with written answers, those that ended last first; the caller leaves out what is not in scope."""
    found = []
    for row in db.session.execute(_EXAMS, {"me": account_id}).mappings():
        values = {name: value for name, value in row.items() if name != "id_of"}
        found.append(ExamLine(**{**values, "mine": int(row["mine"])}))
    return found


def questions_of(exam_id: int) -> list[QuestionProgress]:
    """How far each question of an exam is."""
    rows = db.session.execute(_QUESTIONS, {"exam_id": exam_id, "me": 0}).mappings()
    return [QuestionProgress(**row) for row in rows]


def markers_of(exam_id: int) -> list[MarkerFigures]:
    """How each marker of an exam marks."""
    sections = plan(exam_id).blueprint.sections
    given, tolerance = [], {}
    for row in db.session.execute(_GIVEN, {"exam_id": exam_id}):
        scale = scale_of(sections[row.section], Decimal(row.out_of))
        tolerance[row.answer_id] = float(scale.tolerance / scale.out_of)
        given.append(Given(row.answer_id, row.account_id, float(row.share)))
    return figures(given, tolerance)


def to_decide(exam_id: int, account_id: int) -> list[int]:
    """Answers whose two marks differ too much and that this account has not marked itself; 100 at most."""
    return list(db.session.scalars(_DIFFERING, {"exam_id": exam_id, "me": account_id}))


def exam_of_answer(answer_id: int) -> int | None:
    """The exam in which an answer was written."""
    place = essay_place(answer_id)
    return None if place is None else place.exam_id
