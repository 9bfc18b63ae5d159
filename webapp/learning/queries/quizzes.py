"""Reading quizzes: one's own rounds and answers, the wrong-answer book, progress. Never keys."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, text

from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.learning.models import QuizAnswer, QuizRound
from webapp.learning.rules.progress import Progress, State
from webapp.learning.rules.quizzes import FAST_IN_A_ROW, Past

BOOK = 0
"""The lesson id of rounds from the wrong-answer book."""


@dataclass(frozen=True)
class AnswerView:
    """One stored answer with its verdict."""

    slot: int
    question_id: int
    version_id: int
    answer: str
    is_right: bool
    took_s: Decimal
    is_fast: bool
    points: Decimal
    cut_by: str
    answered_at: datetime


@dataclass(frozen=True)
class RoundView:
    """One's own round. slot: the present question, from 0. is_provisional: the review is pending."""

    round_id: int
    participation_id: int
    lesson_id: int
    title: dict[str, str]
    question_ids: tuple[int, ...]
    version_ids: tuple[int, ...]
    option_seed: str
    slot: int
    shown_at: datetime
    finished_at: datetime | None
    contest_code: str
    event_code: str
    event_title: dict[str, str]
    is_provisional: bool = False
    answers: dict[int, AnswerView] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.version_ids)

    @property
    def right(self) -> int:
        return sum(answer.is_right for answer in self.answers.values())

    @property
    def points(self) -> Decimal:
        return sum((answer.points for answer in self.answers.values()), Decimal(0))


@dataclass(frozen=True)
class RoundLine:
    """A round in a list."""

    round_id: int
    started_at: datetime
    finished_at: datetime | None
    count: int
    answered: int
    right: int
    points: Decimal


@dataclass(frozen=True)
class BookLine:
    """A question in the book with the last wrong answer to it. version_id: the version that was answered."""

    question_id: int
    wrong_count: int
    right_streak: int
    last_at: datetime
    version_id: int
    answer: str


_ROUND = text(
    """
    SELECT r.*, c.code AS contest_code, e.code AS event_code, e.title AS event_title,
           p.state = 'provisional' AS is_provisional
    FROM quiz_rounds r JOIN participations p ON p.id = r.participation_id
    JOIN events e ON e.id = p.event_id JOIN contests c ON c.id = e.contest_id
    WHERE r.id = :round_id AND p.person_id = :person_id AND p.state IN ('active', 'provisional')
    """
)
_LINES = text(
    """
    SELECT r.id AS round_id, r.started_at, r.finished_at, cardinality(r.version_ids) AS count,
           count(a.id) AS answered, count(a.id) FILTER (WHERE a.is_right) AS right,
           coalesce(sum(a.points), 0) AS points
    FROM quiz_rounds r LEFT JOIN quiz_answers a ON a.contest_id = r.contest_id AND a.round_id = r.id
    WHERE r.participation_id = :participation_id AND r.lesson_id = :lesson_id
    GROUP BY r.id ORDER BY r.id DESC LIMIT :most
    """
)
# A right answer that came too fast was a click, not knowledge: the question comes again.
_PAST = text(
    """
    SELECT question_id, bool_or(is_right AND NOT is_fast) AS ever_right,
           (array_agg(is_right AND NOT is_fast ORDER BY id DESC))[1] AS last_right,
           max(answered_at) AS last_at
    FROM quiz_answers WHERE participation_id = :participation_id GROUP BY question_id
    """
)
_BOOK = text(
    """
    SELECT b.question_id, b.wrong_count, b.right_streak, b.last_at, a.question_version_id AS version_id, a.answer
    FROM quiz_book b CROSS JOIN LATERAL (
        SELECT question_version_id, answer FROM quiz_answers
        WHERE participation_id = b.participation_id AND question_id = b.question_id AND NOT is_right
        ORDER BY id DESC LIMIT 1) a
    WHERE b.participation_id = :participation_id AND b.is_in ORDER BY b.last_at DESC, b.question_id
    """
)
_KEY_SHOWN = text(
    """
    SELECT EXISTS (SELECT FROM quiz_answers WHERE participation_id = :participation_id
                   AND question_id = :question_id AND answered_at > :since)
    """
)
_PROGRESS = text(
    """
    SELECT lesson_id, bool_or(is_done) AS is_done, max(pct) AS pct, sum(points) AS points
    FROM (
        SELECT r.lesson_id, r.finished_at IS NOT NULL AS is_done,
               (100 * count(a.id) / cardinality(r.version_ids))::int AS pct, coalesce(sum(a.points), 0) AS points
        FROM quiz_rounds r LEFT JOIN quiz_answers a ON a.contest_id = r.contest_id AND a.round_id = r.id
        WHERE r.participation_id = :participation_id AND r.lesson_id = ANY(:lesson_ids) GROUP BY r.id
    ) rounds GROUP BY lesson_id
    """
)


def own_round(round_id: int, person_id: int) -> RoundView:
    """A person's own round with its answers. Two queries. Raise NotFound: missing or somebody else's."""
    row = db.session.execute(_ROUND, {"round_id": round_id, "person_id": person_id}).one_or_none()
    if row is None:
        raise NotFound
    return RoundView(
        round_id=row.id,
        participation_id=row.participation_id,
        lesson_id=row.lesson_id,
        title=row.title,
        question_ids=tuple(row.question_ids),
        version_ids=tuple(row.version_ids),
        option_seed=row.option_seed,
        slot=row.slot,
        shown_at=row.shown_at,
        finished_at=row.finished_at,
        contest_code=row.contest_code,
        event_code=row.event_code,
        event_title=row.event_title,
        is_provisional=row.is_provisional,
        answers=answers(row.contest_id, row.id),
    )


def answers(contest_id: int, round_id: int) -> dict[int, AnswerView]:
    """The answers of a round, by slot."""
    rows = db.session.scalars(
        select(QuizAnswer)
        .where(QuizAnswer.contest_id == contest_id, QuizAnswer.round_id == round_id)
        .order_by(QuizAnswer.slot)
    )
    return {row.slot: answer_view(row) for row in rows}


def answer_view(row: QuizAnswer) -> AnswerView:
    """The view of a stored answer."""
    return AnswerView(
        slot=row.slot,
        question_id=row.question_id,
        version_id=row.question_version_id,
        answer=row.answer,
        is_right=row.is_right,
        took_s=row.took_s,
        is_fast=row.is_fast,
        points=row.points,
        cut_by=row.cut_by,
        answered_at=row.answered_at,
    )


def open_round(participation_id: int, lesson_id: int) -> int | None:
    """The id of the round that is not finished yet, or None."""
    return db.session.scalar(
        select(QuizRound.id).where(
            QuizRound.participation_id == participation_id,
            QuizRound.lesson_id == lesson_id,
            QuizRound.finished_at.is_(None),
        )
    )


def round_lines(participation_id: int, lesson_id: int, most: int = 6) -> list[RoundLine]:
    """The latest rounds of a lesson, newest first."""
    values = {"participation_id": participation_id, "lesson_id": lesson_id, "most": most}
    return [RoundLine(**row) for row in db.session.execute(_LINES, values).mappings()]


def past(participation_id: int) -> dict[int, Past]:
    """What the person did with each question before, by question id. Too fast right answers count as wrong."""
    rows = db.session.execute(_PAST, {"participation_id": participation_id})
    return {row.question_id: Past(row.ever_right, row.last_right, row.last_at) for row in rows}


def latest_fast(participation_id: int) -> tuple[list[bool], datetime | None]:
    """Whether the latest answers were too fast, newest first, and when the newest came."""
    rows = db.session.execute(
        select(QuizAnswer.is_fast, QuizAnswer.answered_at)
        .where(QuizAnswer.participation_id == participation_id)
        .order_by(QuizAnswer.id.desc())
        .limit(FAST_IN_A_ROW)
    ).all()
    return [row.is_fast for row in rows], rows[0].answered_at if rows else None


def key_was_shown(participation_id: int, question_id: int, since: datetime) -> bool:
    """Whether the person saw the question's answer, in any round, since this instant."""
    values = {"participation_id": participation_id, "question_id": question_id, "since": since}
    return bool(db.session.scalar(_KEY_SHOWN, values))


def book(participation_id: int) -> list[BookLine]:
    """The wrong-answer book, last touched first."""
    rows = db.session.execute(_BOOK, {"participation_id": participation_id}).mappings()
    return [BookLine(**row) for row in rows]


def progress(participation_id: int, lesson_ids: Collection[int]) -> dict[int, Progress]:
    """How far each quiz lesson is: done with its first finished round. One query."""
    values = {"participation_id": participation_id, "lesson_ids": list(lesson_ids)}
    rows = db.session.execute(_PROGRESS, values)
    return {
        row.lesson_id: Progress(
            State.DONE if row.is_done else State.BEGUN, 100 if row.is_done else row.pct, points=row.points
        )
        for row in rows
    }
