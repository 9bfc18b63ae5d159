"""The gate before publication: a second, independent computation of every score."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.queries.essays import ESSAY_MARKS
from webapp.exam.queries.keys import marked_questions
from webapp.exam.queries.plans import plan
from webapp.exam.rules.regrade import second_score
from webapp.exam.service.grading import sheet_input

BATCH = 500

_GRADED = text(
    f"""
    SELECT s.attempt_id, s.answers, a.paper, a.sections, a.option_seed, a.paper_digest, g.mark, g.score,
           {ESSAY_MARKS}
    FROM sheets s
    JOIN attempts a ON a.id = s.attempt_id
    JOIN grades g ON g.id = s.current_grade_id
    WHERE s.exam_id = :exam_id AND s.state = 'graded' AND s.attempt_id > :after
    ORDER BY s.attempt_id LIMIT :batch
    """  # noqa: S608 - no value of anybody is spliced in
)
_EXAMS = text("SELECT id FROM exams WHERE stage_id = :stage_id AND kind = 'formal' ORDER BY id")
_WAITING = text(
    """
    SELECT count(*) FROM sheets s JOIN exams e ON e.id = s.exam_id
    WHERE e.stage_id = :stage_id AND e.kind = 'formal' AND s.state IN ('open', 'submitted')
    """
)


@dataclass(frozen=True)
class Difference:
    """A grade that the second computation does not confirm."""

    attempt_id: int
    stored_score: Decimal
    second_score: Decimal


@dataclass(frozen=True)
class RegradeReport:
    """What the second grader found. waiting: attempts that are not graded yet."""

    checked: int
    waiting: int
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        return not self.differences and not self.waiting


def regrade_check(stage_id: int) -> RegradeReport:
    """Compute every graded attempt of a stage a second time and compare; changes nothing.

    Publication needs `agrees`: no difference, nobody still writing or ungraded."""
    differences: list[Difference] = []
    checked = 0
    for exam_id in db.session.scalars(_EXAMS, {"stage_id": stage_id}).all():
        after = 0
        while rows := db.session.execute(_GRADED, {"exam_id": exam_id, "after": after, "batch": BATCH}).all():
            questions = marked_questions({version_id for row in rows for version_id in row.paper}, exam_id)
            for row in rows:
                mark, score = second_score(sheet_input(row), plan(exam_id).blueprint.sections, questions)
                if score != row.score or _rounded(mark) != row.mark:
                    differences.append(Difference(row.attempt_id, row.score, score))
            checked += len(rows)
            after = rows[-1].attempt_id
    waiting = db.session.scalar(_WAITING, {"stage_id": stage_id}) or 0
    return RegradeReport(checked, waiting, tuple(differences))


def _rounded(mark: Fraction) -> Decimal:
    """As the column keeps it: four places, half away from zero."""
    return (Decimal(mark.numerator) / Decimal(mark.denominator)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
