"""Rounds of questions: start one, answer, go on. Marked here and now; the key stays behind until then."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from webapp.banks.queries.banks import keys
from webapp.banks.queries.practice import AskedQuestion, asked, practice_bank, practice_pool, practised
from webapp.banks.rules.answers import form_of
from webapp.banks.rules.marking import MarkingPolicy, mark
from webapp.banks.rules.schema import QuestionKey
from webapp.contests.rules.schema import ActivityKind
from webapp.core.db import db, keys_scope
from webapp.core.errors import NotFound
from webapp.learning.errors import NotThisQuestion, QuizEmpty, QuizNotAvailable, TakeYourTime
from webapp.learning.models import BookQuestion, QuizAnswer, QuizRound
from webapp.learning.queries import quizzes as queries
from webapp.learning.queries.quizzes import BOOK, AnswerView
from webapp.learning.rules.quizzes import (
    BookState,
    PoolQuestion,
    book_after,
    choose,
    is_too_fast,
    option_order,
    read_answer,
    wait_left_s,
)
from webapp.learning.service.learners import Learner, of_participation
from webapp.learning.service.ledger import credit

SOURCE = "question"
FAST = "fast"
KEY_SHOWN = "key-shown"
NO_POINTS = Decimal(0)
WHOLE = MarkingPolicy(full=Decimal(1))
MOST_OF_BOOK = 10
"""Questions of one round from the wrong-answer book: what fits into a break."""

_LOCK_LEARNER = text("SELECT id FROM participations WHERE id = :id FOR NO KEY UPDATE")
# The participation's row makes one person's answers follow each other, in however many tabs.
_LOCK_ROUND = text(
    """
    SELECT r.id FROM participations p JOIN quiz_rounds r ON r.participation_id = p.id
    WHERE r.id = :round_id AND p.person_id = :person_id AND p.state IN ('active', 'provisional') FOR NO KEY UPDATE OF p
    """
)


@dataclass(frozen=True)
class Quiz:
    """What a quiz lesson asks for. topics: none = all of the bank. count: questions of one round."""

    lesson_id: int
    title: Mapping[str, str]
    bank: str
    topics: tuple[str, ...]
    count: int


def start(learner: Learner, quiz: Quiz, now: datetime) -> int:
    """The id of the open round of this quiz, or of a new one.

    Raise QuizNotAvailable: the bank is sealed. QuizEmpty: no question. TakeYourTime: after fast answers."""
    db.session.execute(_LOCK_LEARNER, {"id": learner.participation_id})
    held = queries.open_round(learner.participation_id, quiz.lesson_id)
    if held is not None:
        return held
    return _begin(learner, quiz.lesson_id, quiz.title, pool_of(quiz), quiz.topics, quiz.count, now)


def start_book(learner: Learner, title: Mapping[str, str], topic: str, now: datetime) -> int:
    """The id of the open round from the wrong-answer book, or of a new one; topic: 'bank:topic', '' = all.

    Raise QuizEmpty: nothing in the book (any more). TakeYourTime."""
    db.session.execute(_LOCK_LEARNER, {"id": learner.participation_id})
    held = queries.open_round(learner.participation_id, BOOK)
    if held is not None:
        return held
    lines = practised([line.question_id for line in queries.book(learner.participation_id)])
    pool = [
        PoolQuestion(one.question_id, one.version_id, f"{one.bank_code}:{one.topic}")
        for one in lines.values()
    ]
    return _begin(learner, BOOK, title, pool, (topic,) if topic else (), MOST_OF_BOOK, now)


def pool_of(quiz: Quiz) -> list[PoolQuestion]:
    """The questions that a quiz may ask now. Raise QuizNotAvailable: its bank is sealed. QuizEmpty: no bank."""
    bank = practice_bank(quiz.bank)
    if bank is None or bank.version_id is None:
        raise QuizEmpty
    if bank.is_sealed:
        raise QuizNotAvailable
    return [
        PoolQuestion(one.question_id, one.version_id, one.topic) for one in practice_pool(bank.version_id)
    ]


def _begin(
    learner: Learner,
    lesson_id: int,
    title: Mapping[str, str],
    pool: Collection[PoolQuestion],
    topics: tuple[str, ...],
    count: int,
    now: datetime,
) -> int:
    _refuse_haste(learner.participation_id, now)
    seed = secrets.token_hex(16)
    taken = choose(pool, queries.past(learner.participation_id), topics, count, seed)
    if not taken:
        raise QuizEmpty
    made = QuizRound(
        contest_id=learner.contest_id,
        participation_id=learner.participation_id,
        lesson_id=lesson_id,
        title=dict(title),
        question_ids=[one.question_id for one in taken],
        version_ids=[one.version_id for one in taken],
        option_seed=seed,
        shown_at=now,
        started_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made.id


def answer(
    round_id: int, person_id: int, slot: int, posted: Mapping[str, Sequence[str]], now: datetime
) -> AnswerView:
    """Mark and store the answer to a round's present question; again for the same slot: the first verdict.

    posted: the fields of the page's form. now: when the request arrived. Points follow for an answer that is
    right as a whole, was not too fast and came before its key was seen in another round; once per question and
    period, under the caps. Raise NotFound, NotThisQuestion, AnswerMissing, AnswerTooLong, QuizNotAvailable,
    TakeYourTime."""
    row = _locked(round_id, person_id)
    stored = queries.answers(row.contest_id, round_id)
    if slot in stored:
        return stored[slot]
    if slot != row.slot or row.finished_at is not None:
        raise NotThisQuestion
    _refuse_haste(row.participation_id, now)
    question = asked([row.version_ids[slot]])[row.version_ids[slot]]
    if question.is_sealed:
        raise QuizNotAvailable
    order = option_order(row.option_seed, slot, len(question.public.options))
    canonical = read_answer(form_of(question.public), posted, slot, order, question.content.listed)
    is_right = mark(question.public, key_of(question.version_id), canonical, WHOLE).is_right
    made = _store(row, question, canonical, is_right, now)
    if len(stored) + 1 == len(row.version_ids):
        row.finished_at = now
    db.session.flush()
    return queries.answer_view(made)


def go_on(round_id: int, person_id: int, slot: int, now: datetime) -> None:
    """Show the question after the answered `slot`; nothing when the round is past it already.

    Raise NotFound; NotThisQuestion: not answered yet; TakeYourTime: three answers in a row were too fast."""
    row = _locked(round_id, person_id)
    if row.finished_at is not None or slot < row.slot:
        return
    if slot != row.slot or slot not in queries.answers(row.contest_id, round_id):
        raise NotThisQuestion
    _refuse_haste(row.participation_id, now)
    row.slot, row.shown_at = slot + 1, now
    db.session.flush()


def key_of(version_id: int) -> QuestionKey:
    """The key of a question version, through the engine that may read it."""
    return keys_of([version_id])[version_id]


def keys_of(version_ids: Collection[int]) -> dict[int, QuestionKey]:
    """The keys of versions that the person has answered, by version. Write nothing before it: a flush inside
    would leave by the other engine."""
    with keys_scope(), db.session.no_autoflush:
        return keys(version_ids)


def wait_s(participation_id: int, now: datetime) -> int:
    """Seconds until the next question may be asked; 0 = at once."""
    flags, last_at = queries.latest_fast(participation_id)
    return wait_left_s(flags, last_at, now)


def _locked(round_id: int, person_id: int) -> QuizRound:
    if db.session.scalar(_LOCK_ROUND, {"round_id": round_id, "person_id": person_id}) is None:
        raise NotFound
    return db.session.get_one(QuizRound, round_id, populate_existing=True)


def _refuse_haste(participation_id: int, now: datetime) -> None:
    left = wait_s(participation_id, now)
    if left:
        raise TakeYourTime(seconds=left)


def _store(
    row: QuizRound, question: AskedQuestion, canonical: str, is_right: bool, now: datetime
) -> QuizAnswer:
    learner = of_participation(row.participation_id, now)
    activity = learner.learning.activity(ActivityKind.QUIZ)
    took_s = max(Decimal(0), Decimal(str((now - row.shown_at).total_seconds())).quantize(Decimal("0.001")))
    is_fast = is_too_fast(took_s, activity.min_time_s if activity else 0)
    points, cut_by = _points(learner, row, question, is_right, is_fast, took_s, now)
    made = QuizAnswer(
        contest_id=row.contest_id,
        round_id=row.id,
        participation_id=row.participation_id,
        slot=row.slot,
        question_id=question.question_id,
        question_version_id=question.version_id,
        answer=canonical,
        is_right=is_right,
        took_s=took_s,
        is_fast=is_fast,
        points=points,
        cut_by=cut_by,
        answered_at=now,
    )
    db.session.add(made)
    if not (is_right and is_fast):
        _note_in_book(row.participation_id, question.question_id, is_right, now)
    return made


def _points(
    learner: Learner,
    row: QuizRound,
    question: AskedQuestion,
    is_right: bool,
    is_fast: bool,
    took_s: Decimal,
    now: datetime,
) -> tuple[Decimal, str]:
    """What the answer earns, and why that is less than the question is worth."""
    if not is_right:
        return NO_POINTS, ""
    if is_fast:
        return NO_POINTS, FAST
    if queries.key_was_shown(row.participation_id, question.question_id, row.shown_at):
        return NO_POINTS, KEY_SHOWN
    facts = {
        "round": row.id,
        "lesson": row.lesson_id,
        "version": question.version_id,
        "took_s": str(took_s),
    }
    made = credit(learner, ActivityKind.QUIZ, SOURCE, str(question.question_id), facts=facts, now=now)
    return made.points, made.cut_by


def _note_in_book(participation_id: int, question_id: int, is_right: bool, now: datetime) -> None:
    held = db.session.get(BookQuestion, (participation_id, question_id), populate_existing=True)
    before = BookState(held.wrong_count, held.right_streak, held.is_in) if held else None
    after = book_after(before, is_right)
    if after is None:
        return
    if held is None:
        held = BookQuestion(participation_id=participation_id, question_id=question_id)
        db.session.add(held)
    held.wrong_count, held.right_streak, held.is_in = after.wrong_count, after.right_streak, after.is_in
    held.last_at = now
